"""One file that holds a whole installation: every table, every file, and the head of the journal.

Tables are JSON lines that name no engine, so that SQLite and PostgreSQL read each other's. Rows come back raw
(no defaults, no "now"), into the tables as they were when the backup was made; later migrations follow.
"""

from __future__ import annotations

import base64
import hashlib
import json
import os
import re
import tempfile
import zipfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from decimal import Decimal
from functools import partial
from importlib.metadata import version
from itertools import islice
from pathlib import Path
from typing import IO, Any
from uuid import UUID

from django.apps import apps
from django.apps.registry import Apps
from django.core.management import call_command
from django.core.management.color import no_style
from django.db import DatabaseError, connection, models, transaction
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.recorder import MigrationRecorder

from jwp.core.models import Head
from jwp.desk.proof import digest_of
from jwp.evidence import files
from jwp.evidence.models import StoredFile

FORMAT = 1
# Made anew by every installation: sign-ins end with the move, Django fills in the rest itself.
LEFT_OUT = {"sessions", "contenttypes", "auth"}
MANIFEST, FILE = "manifest.json", re.compile(r"files/([0-9a-f]{64})")
BATCH = 1000
Progress = Callable[[str, int], None]  # what is being done, and how many rows or files so far


class Unfit(Exception):
    """The backup, or the place it should go to, is not what it must be. The database is as it was."""


@dataclass
class Summary:
    """What a backup holds, as its manifest says it."""

    rows: int = 0
    files: int = 0
    journal_entries: int = 0
    journal_head: str = ""
    # Files that rows mention and that are not there, or not what they were.
    damaged: list[str] = field(default_factory=list)


def quiet(what: str, done: int) -> None:
    """The progress of somebody who is not looking."""


def tables(registry: Apps) -> list[type[models.Model]]:
    return [
        model
        for model in registry.get_models(include_auto_created=True)
        if model._meta.managed and not model._meta.proxy and model._meta.app_label not in LEFT_OUT
    ]


# ------------------------------------------------------------------------------------------------- backup


def backup(target: Path, progress: Progress = quiet) -> Summary:
    """Write everything into `target`, as of one moment, while others go on working."""
    summary = Summary()
    with arriving(target) as draft, zipfile.ZipFile(draft, "w", zipfile.ZIP_DEFLATED) as book, _one_moment():
        head = Head.objects.first() or Head()
        summary.journal_entries, summary.journal_head = head.seq, head.hash
        manifest = {
            "format": FORMAT,
            "jwp": version("jwp"),
            "made_at": datetime.now(UTC).isoformat(timespec="seconds"),
            "engine": connection.vendor,
            "migrations": sorted(MigrationRecorder(connection).applied_migrations()),
            "journal": {"entries": head.seq, "head": head.hash},
            "tables": {model._meta.label_lower: _write(book, model, progress) for model in tables(apps)},
        }
        digests = StoredFile.objects.order_by("sha256").values_list("sha256", flat=True).distinct()
        for sha256 in digests.iterator(chunk_size=BATCH):
            if not _write_file(book, sha256):
                summary.damaged.append(sha256)
            summary.files += 1
            progress("files", summary.files)
        summary.rows = sum(table["rows"] for table in manifest["tables"].values())  # type: ignore[attr-defined]
        book.writestr(MANIFEST, json.dumps(manifest | {"files": summary.files}, indent=1))
    return summary


@contextmanager
def arriving(target: Path) -> Iterator[IO[bytes]]:
    """A file that gets its name only when it is whole and on the disk; only its owner may read it."""
    if not target.parent.is_dir():
        raise Unfit(f"the folder {target.parent} does not exist")
    with tempfile.NamedTemporaryFile(dir=target.parent, prefix=f".{target.name}-", delete=False) as draft:
        try:
            yield draft
            draft.flush()
            os.fsync(draft.fileno())
            Path(draft.name).replace(target)
        except BaseException:
            Path(draft.name).unlink(missing_ok=True)
            raise


@contextmanager
def _one_moment() -> Iterator[None]:
    """Everything read inside is as of one moment. Nobody who writes has to wait."""
    if connection.vendor == "sqlite":
        # Not `atomic`: our transactions on SQLite begin IMMEDIATE, which would keep writers out.
        with connection.cursor() as cursor:
            cursor.execute("BEGIN DEFERRED")
            try:
                yield
            finally:
                cursor.execute("ROLLBACK")
    else:
        with transaction.atomic(durable=True), connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            yield


def _write(book: zipfile.ZipFile, model: type[models.Model], progress: Progress) -> dict[str, Any]:
    names = [column.attname for column in model._meta.concrete_fields]
    digest, rows, label = hashlib.sha256(), 0, model._meta.label_lower
    with book.open(f"tables/{label}.jsonl", "w", force_zip64=True) as page:
        for row in model._base_manager.order_by("pk").values_list(*names).iterator(chunk_size=BATCH):
            line = json.dumps(row, default=_plain, sort_keys=True, separators=(",", ":")).encode() + b"\n"
            digest.update(line)
            page.write(line)
            rows += 1
            if rows % BATCH == 0:
                progress(label, rows)
    return {"fields": names, "rows": rows, "sha256": digest.hexdigest()}


def _plain(value: object) -> str:
    """What JSON has no word for. (Django's encoder would cut times to milliseconds and break the journal.)"""
    if isinstance(value, date | time):  # a datetime is a date
        return value.isoformat()
    if isinstance(value, Decimal | UUID):
        return str(value)
    if isinstance(value, bytes | memoryview):
        return base64.b64encode(value).decode()
    raise TypeError(f"a backup cannot hold a {type(value).__name__}")


def _write_file(book: zipfile.ZipFile, sha256: str) -> bool:
    """Whether the file was there, and still what it was. A changed one is kept, but not passed for it."""
    path = files.path_of(sha256)
    if not path.is_file():
        return False
    whole = digest_of(path) == sha256
    # Not compressed: pictures and documents are already.
    book.write(path, f"{'files' if whole else 'damaged'}/{sha256}", zipfile.ZIP_STORED)
    return whole


# ------------------------------------------------------------------------------------------------ restore


def restore(source: Path, progress: Progress = quiet) -> Summary:
    """Bring a backup back into an empty database and its files into the data folder."""
    try:
        with zipfile.ZipFile(source) as book:
            manifest = _manifest(book)
            _refuse_if_changed(book, manifest["tables"])
            _refuse_if_inhabited()
            registry = _tables_as_they_were(manifest["migrations"])
            kept = _restore_files(book, progress)
            rows = _restore_rows(book, manifest["tables"], registry, progress)
    except FileNotFoundError as error:
        raise Unfit(f"{source} does not exist") from error
    except (zipfile.BadZipFile, OSError, EOFError) as error:
        raise Unfit(f"{source} is not a whole backup: {error}") from error
    call_command("migrate", verbosity=0)
    journal = manifest["journal"]
    return Summary(rows, kept, journal["entries"], journal["head"])


def _manifest(book: zipfile.ZipFile) -> dict[str, Any]:
    try:
        manifest: dict[str, Any] = json.loads(book.read(MANIFEST))
    except (KeyError, ValueError) as error:
        raise Unfit("this file is not a backup of jwp") from error
    if manifest.get("format") != FORMAT:
        raise Unfit(f"this backup has format {manifest.get('format')}; this version reads {FORMAT}")
    return manifest


def _refuse_if_changed(book: zipfile.ZipFile, described: dict[str, dict[str, Any]]) -> None:
    """Read it all before anything is written: what is not whole must not make half an installation."""
    expected = {f"tables/{label}.jsonl": table["sha256"] for label, table in described.items()}
    expected |= {name: match[1] for name in book.namelist() if (match := FILE.fullmatch(name))}
    for name, sha256 in expected.items():
        try:
            with book.open(name) as page:
                found = hashlib.file_digest(page, "sha256").hexdigest()  # type: ignore[arg-type]
        except KeyError as error:
            raise Unfit(f"{name} is missing in this backup") from error
        if found != sha256:
            raise Unfit(f"{name} in this backup is not what it was")


def _refuse_if_inhabited() -> None:
    there = set(connection.introspection.table_names())
    for model in tables(apps):
        if model._meta.db_table in there and model._base_manager.exists():
            raise Unfit(
                f"the database is not empty (it holds {model._meta.verbose_name_plural}). "
                "Restore into a new data folder or a new database."
            )


def _tables_as_they_were(applied: Iterable[list[str]]) -> Apps:
    """Make the tables the backup was taken from; gives the models of that time."""
    executor = MigrationExecutor(connection)
    nodes = {(app, name) for app, name in applied}
    if unknown := nodes - set(executor.loader.disk_migrations):
        names = ", ".join(sorted(f"{app} {name}" for app, name in unknown))
        raise Unfit(f"this backup was made by another version of jwp, which also knew {names}. Use that version.")
    graph = executor.loader.graph
    last = [node for node in sorted(nodes) if not any(child.key in nodes for child in graph.node_map[node].children)]
    executor.migrate(last)
    registry: Apps = executor.loader.project_state(last).apps
    return registry


def _restore_files(book: zipfile.ZipFile, progress: Progress) -> int:
    kept = 0
    for name in book.namelist():
        if FILE.fullmatch(name):
            with book.open(name) as copy:
                files.write(iter(partial(copy.read, 1 << 20), b""))
            kept += 1
            progress("files", kept)
    return kept


def _restore_rows(
    book: zipfile.ZipFile, described: dict[str, dict[str, Any]], registry: Apps, progress: Progress
) -> int:
    total = 0
    try:
        # One transaction: all rows or none. References are checked at its end, so the order does not matter.
        with transaction.atomic(durable=True), connection.cursor() as cursor:
            restored = []
            for label, table in described.items():
                model = registry.get_model(label)
                restored.append(model)
                with book.open(f"tables/{label}.jsonl") as page:
                    total += _insert(cursor, model, table["fields"], page, progress)
            for statement in connection.ops.sequence_reset_sql(no_style(), restored):
                cursor.execute(statement)
    except (LookupError, DatabaseError) as error:
        raise Unfit(f"the rows of this backup do not fit: {error}") from error
    return total


def _insert(cursor: Any, model: type[models.Model], names: list[str], page: IO[bytes], progress: Progress) -> int:
    """Put the lines of one table back: how many."""
    columns = {column.attname: column for column in model._meta.concrete_fields}
    if set(names) != set(columns):
        raise LookupError(f"{model._meta.label_lower} has other columns")
    ordered = [columns[name] for name in names]
    quote = connection.ops.quote_name
    statement = "INSERT INTO {} ({}) VALUES ({})".format(
        quote(model._meta.db_table),
        ", ".join(quote(str(column.column)) for column in ordered),
        ", ".join("%s" for _ in ordered),
    )
    rows = 0
    while lines := list(islice(page, BATCH)):
        cursor.executemany(
            statement,
            [[_stored(c, v) for c, v in zip(ordered, json.loads(line), strict=True)] for line in lines],
        )
        rows += len(lines)
        progress(model._meta.label_lower, rows)
    return rows


def _stored(column: models.Field[Any, Any], value: Any) -> Any:
    if isinstance(column, models.JSONField) and value is None and not column.null:
        return connection.ops.adapt_json_value(None, column.encoder)  # JSON's null, which is not SQL's
    if isinstance(column, models.BinaryField) and value is not None:
        value = base64.b64decode(value)
    return column.get_db_prep_save(column.to_python(value), connection)
