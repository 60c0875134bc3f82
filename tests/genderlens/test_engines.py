"""Where queries run, and what is read."""

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from genderlens.engines import connect, read
from genderlens.findings import Refused

pytestmark = pytest.mark.rules


def test_several_files_are_one_table(tmp_path: Path) -> None:
    for name, values in (("a", [1, 2]), ("b", [3])):
        pq.write_table(pa.table({"y": values}), tmp_path / f"{name}.parquet")
    table = read(connect(), [tmp_path / "a.parquet", tmp_path / "b.parquet"])
    assert table.y.sum().to_pyarrow().as_py() == 6


def test_yes_and_no_stay_words(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("safe,y\nYes,1\nNo,2\n")
    table = read(connect(), tmp_path / "a.csv").to_pyarrow()
    assert table["safe"].to_pylist() == ["Yes", "No"]
    assert table["y"].to_pylist() == [1, 2]


def test_memory_and_threads_are_bounded_and_the_rest_is_spilled(tmp_path: Path) -> None:
    engine = connect(memory="60MB", threads=1, spill=tmp_path / "spill")
    settings = "select current_setting('threads'), current_setting('memory_limit'), current_setting('temp_directory')"
    threads, memory, folder = engine.raw_sql(settings).fetchone()
    assert (threads, Path(folder)) == (1, tmp_path / "spill")
    assert memory.startswith("57.2 MiB")
    # Six million hashes do not fit; sorting them works all the same.
    many = "select max(h) from (select h from (select hash(range) as h from range(6000000)) order by h offset 1)"
    assert engine.raw_sql(many).fetchone() is not None


@pytest.mark.parametrize(("name", "code"), [("gone.csv", "no-file"), ("book.xlsx", "unknown-format")])
def test_what_cannot_be_read_is_refused(tmp_path: Path, name: str, code: str) -> None:
    (tmp_path / "book.xlsx").write_bytes(b"")
    with pytest.raises(Refused) as refused:
        read(connect(), tmp_path / name)
    assert refused.value.findings[0].code == code


def test_an_unknown_engine_is_refused() -> None:
    with pytest.raises(Refused, match="is not an engine"):
        connect("oracle")
