"""One Spark for all tests that need it: starting it takes longer than they do."""

import os
import sys
from collections.abc import Iterator

import ibis
import pytest

from genderlens.engines import connect


@pytest.fixture(scope="session")
def duck() -> ibis.BaseBackend:
    return connect("duckdb", threads=1)


@pytest.fixture(scope="session")
def spark() -> Iterator[ibis.BaseBackend]:
    os.environ["PYSPARK_PYTHON"] = sys.executable
    # Small tables: compiling costs more than it saves.
    os.environ["JDK_JAVA_OPTIONS"] = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC"
    os.environ["PYSPARK_SUBMIT_ARGS"] = "--conf spark.sql.codegen.wholeStage=false pyspark-shell"
    engine = connect("local[2]")
    engine._session.sparkContext.setLogLevel("ERROR")
    yield engine
    engine._session.stop()
