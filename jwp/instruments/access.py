"""Instruments are for everybody signed in, signed sheets for insiders; no anonymous sheet is shown alone."""

from __future__ import annotations

from collections.abc import Callable, Collection

from django.db.models import Q, QuerySet

from jwp.core.access import GENDER_TEAM, INSIDERS, SECRETARIAT, Actor
from jwp.instruments.models import AnswerSheet

# Who may answer at which stage. Stages are also kept apart by person: see `actions.fill`.
MAY_FILL = {
    AnswerSheet.Stage.SELF: SECRETARIAT,
    AnswerSheet.Stage.REVIEWED: (GENDER_TEAM,),
    AnswerSheet.Stage.AGREED: (GENDER_TEAM,),
}
# Applied by a team to its own work, and read in full by nobody else ("not to be used by external actors").
OWN_ONLY = "iasc-gender-with-age-marker"
MAY_CONFIRM = (GENDER_TEAM,)  # how an instrument words its criteria

# A room above adds what it keeps from a reader; a conflict of interest holds for what was answered about it, too.
KEEP_FROM: list[Callable[[Actor], Collection[str]]] = []


def visible_sheets(actor: Actor) -> QuerySet[AnswerSheet]:
    mine = ~Q(instrument__startswith=f"{OWN_ONLY}@") | Q(by=actor.person_id)
    sheets = AnswerSheet.objects.filter(mine, anonymous=False).select_related("by")
    if kept := {ref for keeps in KEEP_FROM for ref in keeps(actor)}:
        sheets = sheets.exclude(subject__in=kept)
    return sheets if actor.has(*INSIDERS) else sheets.none()


def stages_open_to(actor: Actor) -> list[AnswerSheet.Stage]:
    return [stage for stage, roles in MAY_FILL.items() if actor.has(*roles)]
