"""What other rooms read: the signed sheets on one thing, and whether its screening is agreed."""

from __future__ import annotations

from django.db.models import QuerySet

from jwp.instruments.editions import instrument
from jwp.instruments.models import AnswerSheet
from jwp.instruments.rules import Profile, Scored, score


def sheets_on(subject: str) -> QuerySet[AnswerSheet]:
    """Every signed sheet on one thing, by its ref, oldest first, with its answers."""
    signed = AnswerSheet.objects.filter(subject=subject, anonymous=False)
    return signed.select_related("by").prefetch_related("answers").order_by("answered_on", "pk")


def scored(sheet: AnswerSheet, text: str = "") -> Scored | None:
    """What the answers of a sheet support, by the version it pinned; None for a profile, which has no score."""
    found = instrument(sheet.instrument)
    if found is None or isinstance(found, Profile):
        return None
    return score(found, sheet.given(), phase=sheet.phase, text=text)


def agreed_sheet(subject: str, pin_id: str, phase: str | None = None) -> AnswerSheet | None:
    """The latest agreed sheet of this instrument: `id` for any version of it, `id@version` for that one."""
    sheets = sheets_on(subject).filter(stage=AnswerSheet.Stage.AGREED)
    sheets = sheets.filter(instrument=pin_id) if "@" in pin_id else sheets.filter(instrument__startswith=f"{pin_id}@")
    return (sheets if phase is None else sheets.filter(phase=phase)).last()


def agreed_screening(subject: str, pin_id: str, phase: str | None = None) -> Scored | None:
    """The agreed score of one thing, or None where nothing is agreed: not screened, which is not 0."""
    sheet = agreed_sheet(subject, pin_id, phase)
    return scored(sheet) if sheet else None
