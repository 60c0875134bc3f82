"""The workbook's sheets of confirmed wording: an edition, then what it words, line by line."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from jwp.core.access import Actor
from jwp.core.workbook.sheets import Candidate, Sheet, column, columns
from jwp.instruments.access import MAY_CONFIRM
from jwp.instruments.editions import next_version, wordings
from jwp.instruments.loader import shelf
from jwp.instruments.models import Edition, Wording

STAYS = gettext_lazy("What was confirmed stays as it was: add a new edition.")


def _editions(actor: Actor, candidates: Sequence[Candidate]) -> None:
    taken: dict[str, list[str]] = {}
    for base, version in Edition.objects.values_list("base", "version"):
        taken.setdefault(base, []).append(version)
    for candidate in candidates:
        row = candidate.row
        if candidate.before is not None:
            continue
        shipped = shelf().get(row.base)
        if shipped is None or not wordings(shipped):
            known = ", ".join(pin for pin, one in shelf().items() if wordings(one))
            candidate.refuse("base", _("Write one of: %(known)s.") % {"known": known})
        elif row.version != (due := next_version(row.base, taken.get(row.base, []))):
            candidate.refuse("version", _("The next version is %(due)s.") % {"due": due})


def _confirmed_now(actor: Actor, row: Edition) -> None:
    row.confirmed_on, row.by_id = actor.today, actor.person_id


def _wordings(actor: Actor, candidates: Sequence[Candidate]) -> None:
    for candidate in candidates:
        row = candidate.row
        if candidate.before is not None:
            continue
        if row.edition.pk is not None:
            candidate.refuse("edition", str(STAYS))
        shipped = shelf().get(row.edition.base)
        if shipped and row.item not in (known := wordings(shipped)):
            candidate.refuse("item", _("Write one of: %(known)s.") % {"known": ", ".join(known)})


EDITIONS = Sheet(
    gettext_lazy("editions of instruments"), Edition,
    columns(
        Edition, column(Edition, "base", lasting=STAYS, hint=gettext_lazy("Such as oecd-gender-marker@2016.")),
        column(Edition, "version", lasting=STAYS, hint=gettext_lazy("The next one, such as 2016.1.")),
        column(Edition, "source", lasting=STAYS), column(Edition, "page", lasting=STAYS),
    ),
    MAY_CONFIRM, key=("base", "version"), check=_editions, prepare=_confirmed_now,
)  # fmt: skip
WORDINGS = Sheet(
    gettext_lazy("wordings of instruments"), Wording,
    columns(
        Wording, column(Wording, "edition", heading=gettext_lazy("edition"), lasting=STAYS),
        column(Wording, "item", lasting=STAYS),
        *(column(Wording, language, lasting=STAYS) for language in ("en", "fr", "es")),
    ),
    MAY_CONFIRM, key=("edition", "item"), check=_wordings, related=("edition",),
)  # fmt: skip
SHEETS = (EDITIONS, WORDINGS)
