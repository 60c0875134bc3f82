"""Where queries run: DuckDB inside this process, or a Spark cluster that is already there.

The same expressions give the same answers on both.

`connect("duckdb")` is the default and needs nothing. `connect("spark://host:7077")`, or `connect("local[2]")` for two
threads of this machine, needs the `spark` extra, Java, and `PYSPARK_PYTHON` naming the Python of the workers.
"""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from genderlens.findings import Finding, Refused

if TYPE_CHECKING:
    import ibis

Format = Literal["parquet", "csv"]


def connect(
    engine: str = "duckdb", *, memory: str = "1GB", threads: int | None = None, spill: Path | None = None
) -> ibis.BaseBackend:
    """An ibis backend to read tables with.

    `memory` and `threads` bound DuckDB (Spark has its own settings); what does not fit goes to the folder `spill`, a
    temporary one when not named.

    Raises:
        Refused: for an engine that is neither `duckdb` nor a Spark master, or whose library is not installed.
    """
    import ibis

    if engine == "duckdb":
        folder = spill or Path(tempfile.gettempdir()) / f"genderlens-spill-{os.getpid()}"
        bounds: dict[str, object] = {"memory_limit": memory, "temp_directory": str(folder)}
        if threads:
            bounds["threads"] = threads
        backend = ibis.duckdb.connect(**bounds)
        # Order costs memory and means nothing here.
        backend.raw_sql("SET preserve_insertion_order = false")
        return backend
    if not engine.startswith(("spark://", "local", "yarn", "k8s://")):
        mend = "Use duckdb, local[2], or the address of a cluster such as spark://host:7077."
        raise Refused(Finding("stop", "unknown-engine", engine, "is not an engine.", mend))
    try:
        from pyspark.sql import SparkSession
    except ImportError as missing:
        mend = "Install the extra: pip install 'jwp[lens,spark]'."
        raise Refused(Finding("stop", "no-spark", engine, "needs pyspark, which is not here.", mend)) from missing
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    settings = SparkSession.builder.master(engine).appName("genderlens")
    if engine.startswith("local"):
        # On one machine the many partitions and the web page meant for clusters only cost time.
        settings = settings.config("spark.ui.enabled", "false").config("spark.sql.shuffle.partitions", "2")
        settings = settings.config("spark.ui.showConsoleProgress", "false")
    session = settings.config("spark.sql.session.timeZone", "UTC").getOrCreate()
    return ibis.pyspark.connect(session)


def read(engine: ibis.BaseBackend, paths: Path | Sequence[Path], form: Format | None = None) -> ibis.Table:
    """One table out of one or more files of the same columns; nothing is loaded yet.

    `form` is told from the first file's name when not given.

    Raises:
        Refused: when a file is not there or is neither Parquet nor CSV.
    """
    files = [paths] if isinstance(paths, Path) else list(paths)
    for path in files:
        if not path.exists():
            raise Refused(Finding("stop", "no-file", str(path), "is not there."))
    kind = form or files[0].suffix.lower().lstrip(".")
    names = [str(path) for path in files]
    if kind in ("parquet", "csv") and engine.name == "pyspark":
        # Its reader takes one path.
        options = {"header": True, "inferSchema": True} if kind == "csv" else {}
        parts = [getattr(engine, f"read_{kind}")(name, **options) for name in names]
        return parts[0].union(*parts[1:]) if parts[1:] else parts[0]
    if kind == "parquet":
        return engine.read_parquet(names)
    if kind == "csv":
        # Yes and No stay words: they are categories. The whole file decides what type a column is.
        types = ["NULL", "BIGINT", "DOUBLE", "DATE", "TIMESTAMP", "VARCHAR"]
        return engine.read_csv(names, auto_type_candidates=types, sample_size=-1)
    what = f"is neither Parquet nor CSV but {kind or 'without a suffix'}."
    raise Refused(Finding("stop", "unknown-format", names[0], what, "Convert it first."))
