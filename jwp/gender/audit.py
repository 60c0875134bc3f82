"""One download per target for the auditor: promise, changes, reports, evidence with hashes, decisions, journal."""

from __future__ import annotations

import io
import zipfile
from datetime import date
from typing import Any

from django.core import serializers

from jwp.core import journal
from jwp.core.models import Entry, Head
from jwp.evidence.files import path_of
from jwp.evidence.models import Approval
from jwp.plans.models import Action, Comment, Correction, Evidence, Report, Revision, Target


def target_file(target: Target, today: date) -> io.BytesIO:
    """A zip: `target.json` (every row, readable), `journal.jsonl` (every entry about them), `evidence/` (the files)."""
    reports = Report.objects.filter(target=target).select_related("round", "reading")
    evidence = list(Evidence.objects.filter(report__target=target).select_related("file", "report"))
    approvals = Approval.objects.filter(subject__in=[target.plan.ref, target.ref])
    rows: dict[str, list[Any]] = {
        "target": [target],
        "plan": [target.plan],
        "approvals": list(approvals),
        "revisions": list(Revision.objects.filter(target=target)),
        "actions": list(Action.objects.filter(target=target)),
        "rounds": [report.round for report in reports],
        "reports": list(reports),
        "readings": [report.reading for report in reports if report.reading],
        "cells": [cell for report in reports if report.reading for cell in report.reading.cells.all()],
        "corrections": list(Correction.objects.filter(report__target=target)),
        "evidence": evidence,
        "comments": list(Comment.objects.filter(target=target)),
    }
    refs = {row.ref for found in rows.values() for row in found if hasattr(row, "ref")}
    head = Head.objects.first()
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as book:
        facts = {
            "target": target.ref,
            "made_on": today,
            "journal_head": head.hash if head else "",
            "evidence_hashes": {e.ref: e.file.sha256 for e in evidence if e.file},
            "rows": {name: _readable(found) for name, found in rows.items()},
        }
        book.writestr("target.json", journal.canonical(facts))
        with book.open("journal.jsonl", "w") as lines:
            for entry in Entry.objects.filter(ref__in=refs).order_by("seq").iterator():
                said = {
                    name: getattr(entry, name)
                    for name in (
                        "seq",
                        "at",
                        "actor",
                        "via",
                        "verb",
                        "noun",
                        "ref",
                        "facts",
                        "facts_digest",
                        "hash",
                    )
                }
                lines.write((journal.canonical(said) + "\n").encode())
        for item in evidence:
            if item.file and path_of(item.file.sha256).exists():
                book.write(path_of(item.file.sha256), f"evidence/{item.file.sha256[:12]}-{item.file.name}")
    packed.seek(0)
    return packed


def _readable(rows: list[Any]) -> list[dict[str, Any]]:
    """Every field of these rows but what nobody else may read, such as what an owner is typing."""
    said: list[dict[str, Any]] = serializers.serialize("python", rows)
    for row, facts in zip(rows, said, strict=True):
        for name in getattr(row, "secret", ()):
            facts["fields"].pop(name)
    return said
