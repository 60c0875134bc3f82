"""Whether everything kept is still what was written: the journal's chain, the files, the references."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from django.apps import apps
from django.db import models
from django.db.models import Exists, OuterRef

from jwp.core import journal
from jwp.evidence import files
from jwp.evidence.models import StoredFile


@dataclass
class Findings:
    """What is broken, in words; what is only worth knowing; and how much was looked at."""

    journal: journal.Proof
    files: int = 0
    references: int = 0
    broken: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def prove() -> Findings:
    found = Findings(journal.verify())
    if found.journal.broken is not None:
        found.broken.append(f"journal: entry {found.journal.broken}: {found.journal.why}")
    _files(found)
    _references(found)
    return found


def _files(found: Findings) -> None:
    """Every file a row mentions is there, and is what it was; what no row mentions is said."""
    mentioned = set()
    for sha256, name in StoredFile.objects.values_list("sha256", "name").iterator(chunk_size=2000):
        mentioned.add(sha256)
        found.files += 1
        path = files.path_of(sha256)
        if not path.is_file():
            found.broken.append(f"file {sha256} ({name}) is missing")
        elif digest_of(path) != sha256:
            found.broken.append(f"file {sha256} ({name}) was changed")
    found.notes += [f"file {orphan} belongs to nothing" for orphan in files.on_disk() if orphan not in mentioned]


def digest_of(path: Path) -> str:
    with path.open("rb") as source:
        return hashlib.file_digest(source, "sha256").hexdigest()


def _references(found: Findings) -> None:
    """Every reference leads to a row. The engines see to it; a file edited by hand was not asked."""
    for model, key in _foreign_keys():
        found.references += 1
        there = key.related_model._base_manager.filter(**{key.target_field.attname: OuterRef(key.attname)})
        lost = model._base_manager.filter(**{f"{key.attname}__isnull": False}).filter(~Exists(there))
        if refs := list(lost.values_list("pk", flat=True)[:3]):
            rows = ", ".join(map(str, refs))
            found.broken.append(f"{model._meta.label_lower}.{key.name}: nothing there for row {rows}")


def _foreign_keys() -> Iterator[tuple[type[models.Model], models.ForeignKey[models.Model, models.Model]]]:
    for model in apps.get_models(include_auto_created=True):
        for column in model._meta.concrete_fields:
            if isinstance(column, models.ForeignKey):
                yield model, column
