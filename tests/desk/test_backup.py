"""What was kept comes back whole, on another machine and engine; what is not whole does not come back."""

from __future__ import annotations

import hashlib
import json
import re
import threading
import zipfile
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from jwp.core.access import system
from jwp.core.door import open_door
from jwp.desk import backup as backups
from jwp.desk.proof import prove
from jwp.evidence import files
from jwp.evidence.models import StoredFile
from jwp.partners.models import Office, Organisation, Person
from jwp.plans.models import Plan
from tests.cast import TODAY, cast, person, target
from tests.desk.installation import Installation


def manifest(file: Path) -> dict[str, Any]:
    with zipfile.ZipFile(file) as book:
        said: dict[str, Any] = json.loads(book.read("manifest.json"))
    return said


def rewritten(file: Path, target: Path, change: dict[str, bytes | None]) -> Path:
    """The same zip with some of its pages changed or left out."""
    with zipfile.ZipFile(file) as old, zipfile.ZipFile(target, "w") as new:
        for name in old.namelist():
            page = change.get(name, old.read(name))
            if page is not None:
                new.writestr(name, page)
    return target


@pytest.mark.django_db(transaction=True)
def test_an_installation_moves_to_another_engine_and_back(kept: Path, tmp_path: Path) -> None:
    """From SQLite into this run's engine, and from there into SQLite."""
    backups.restore(kept)
    backups.backup(tmp_path / "second.zip")
    back = Installation(tmp_path / "back")
    restored = back.jwp("restore", tmp_path / "second.zip")
    assert restored.returncode == 0, restored.stderr
    assert "Everything holds." in restored.stdout
    back.jwp("backup", tmp_path / "third.zip")
    first, second, third = (manifest(file) for file in (kept, tmp_path / "second.zip", tmp_path / "third.zip"))
    assert (first["engine"], second["engine"], third["engine"]) == ("sqlite", connection.vendor, "sqlite")
    assert first["journal"]["entries"] > 40
    assert first["journal"]["head"] in restored.stdout
    # Every row of every table, byte by byte, after two moves; and every file.
    for part in ("tables", "journal", "files"):
        assert first[part] == second[part] == third[part]
    assert [path.read_bytes() for path in back.data.glob("files/??/*")] == [b"what was agreed"]


@pytest.mark.django_db(transaction=True)
def test_work_goes_on_after_a_restore(kept: Path) -> None:
    backups.restore(kept)
    person("Zoe")  # a key of its own, on both engines
    target(Plan.objects.get(), Office.objects.latest("pk"), "t9")
    found = prove()
    assert not found.broken
    assert found.journal.entries == manifest(kept)["journal"]["entries"] + 2


@pytest.mark.django_db(transaction=True)
def test_nothing_is_restored_over_something(kept: Path) -> None:
    backups.restore(kept)
    before = list(Person.objects.values())
    with pytest.raises(backups.Unfit, match="the database is not empty"):
        backups.restore(kept)
    assert list(Person.objects.values()) == before


@pytest.mark.django_db(transaction=True)
def test_what_is_not_a_whole_backup_is_refused_and_nothing_is_changed(kept: Path, tmp_path: Path) -> None:
    said = manifest(kept)
    table = "tables/partners.person.jsonl"
    forged = zipfile.ZipFile(kept).read(table).replace(b"Olga", b"Ulga")
    file = next(name for name in zipfile.ZipFile(kept).namelist() if name.startswith("files/"))
    cut = tmp_path / "cut.zip"
    cut.write_bytes(kept.read_bytes()[:-2000])
    notes = rewritten(kept, tmp_path / "notes.zip", {"manifest.json": None})

    def with_manifest(name: str, **fields: Any) -> Path:
        return rewritten(kept, tmp_path / name, {"manifest.json": json.dumps(said | fields).encode()})

    newer = [*said["migrations"], ["plans", "0999_from_the_future"]]
    cases = {
        "is not a whole backup": cut,
        "does not exist": tmp_path / "nowhere.zip",
        "not a backup of jwp": notes,
        "format 99": with_manifest("format.zip", format=99),
        "0999_from_the_future": with_manifest("newer.zip", migrations=newer),
        f"{table} in this backup is not what it was": rewritten(kept, tmp_path / "a.zip", {table: forged}),
        f"{table} is missing": rewritten(kept, tmp_path / "b.zip", {table: None}),
        f"{file} in this backup is not what it was": rewritten(kept, tmp_path / "c.zip", {file: b"else"}),
    }
    for why, damaged in cases.items():
        with pytest.raises(backups.Unfit, match=re.escape(why)):
            backups.restore(damaged)
    assert not Person.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_rows_that_do_not_fit_leave_none_behind(kept: Path, tmp_path: Path) -> None:
    """A backup whose own references lead nowhere: the database says no at the end, to all of it."""
    said, table = manifest(kept), "tables/partners.seat.jsonl"
    pages = zipfile.ZipFile(kept).read(table).splitlines(keepends=True)
    person_id = said["tables"]["partners.seat"]["fields"].index("person_id")
    seats = [json.loads(line) for line in pages]
    seats[0][person_id] = 999_999
    lines = "".join(json.dumps(seat) + "\n" for seat in seats).encode()
    said["tables"]["partners.seat"]["sha256"] = hashlib.sha256(lines).hexdigest()
    forged = rewritten(kept, tmp_path / "d.zip", {table: lines, "manifest.json": json.dumps(said).encode()})
    with pytest.raises(backups.Unfit, match="do not fit"):
        backups.restore(forged)
    assert not Person.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_a_missing_file_does_not_stop_a_backup_and_is_said(kept: Path, tmp_path: Path, settings: Any) -> None:
    settings.FILES = tmp_path / "files"
    backups.restore(kept)
    lost = StoredFile.objects.get()
    files.path_of(lost.sha256).write_text("forged")
    assert backups.backup(tmp_path / "forged.zip").damaged == [lost.sha256]
    with zipfile.ZipFile(tmp_path / "forged.zip") as book:
        assert book.read(f"damaged/{lost.sha256}") == b"forged"
    files.path_of(lost.sha256).unlink()
    assert backups.backup(tmp_path / "again.zip").damaged == [lost.sha256]
    assert prove().broken == [f"file {lost.sha256} (minutes.txt) is missing"]


def test_a_backup_is_for_its_owner_only_and_leaves_nothing_else(filled: Installation, tmp_path: Path) -> None:
    place = tmp_path / "backups"
    place.mkdir()
    done = filled.jwp("backup", place / "kept.zip")
    assert done.returncode == 0, done.stderr
    assert [path.name for path in place.iterdir()] == ["kept.zip"]
    assert (place / "kept.zip").stat().st_mode & 0o777 == 0o600
    assert filled.jwp("backup", tmp_path / "nowhere" / "kept.zip").returncode == 2
    with zipfile.ZipFile(place / "kept.zip") as book:
        assert not [name for name in book.namelist() if "session" in name]
        assert (filled.data / "secret").read_bytes() not in [book.read(name) for name in book.namelist()]


@pytest.mark.django_db(transaction=True)
def test_a_backup_that_fails_leaves_no_file_and_the_old_one_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "kept.zip"
    target.write_text("the backup of yesterday")

    def fail(*_: Any) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(backups, "_write", fail)
    with pytest.raises(OSError, match="disk full"):
        backups.backup(target)
    assert [path.name for path in tmp_path.iterdir()] == ["kept.zip"]
    assert target.read_text() == "the backup of yesterday"


@pytest.mark.django_db(transaction=True)
def test_a_backup_is_of_one_moment_while_others_work_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cast()
    write, organisations = backups._write, Organisation.objects.count()

    def somebody_adds() -> None:
        try:
            with open_door(system(TODAY)) as door:
                door.add(Organisation(name="Added meanwhile"))
        finally:
            connection.close()

    def slowly(book: Any, model: Any, progress: Any) -> dict[str, Any]:
        if model is Organisation:
            other = threading.Thread(target=somebody_adds)
            other.start()
            other.join()
        return write(book, model, progress)

    monkeypatch.setattr(backups, "_write", slowly)
    summary = backups.backup(tmp_path / "kept.zip")
    with zipfile.ZipFile(tmp_path / "kept.zip") as book:
        tables = json.loads(book.read("manifest.json"))["tables"]
    assert Organisation.objects.count() == organisations + 1
    assert tables["partners.organisation"]["rows"] == organisations
    assert tables["core.entry"]["rows"] == summary.journal_entries
