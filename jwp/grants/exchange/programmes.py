"""The workbook's sheets of programmes: who is in them, phases, outputs; and members' own programmes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from jwp.core.access import Actor
from jwp.core.workbook.sheets import Candidate, Column, Extra, Kind, Sheet, column, columns
from jwp.grants.access import WRITERS
from jwp.grants.actions.programmes import Lines, add_programme, change_programme, versions_of
from jwp.grants.models import MemberProgramme, Output, Phase, Programme, ProgrammeMember
from jwp.partners.models import Place

STAYS = gettext_lazy("It stays in its programme: take it out there, and add another.")
ON_ITS_PAGE = gettext_lazy("For reading: a programme is started, closed or dropped on its page.")
WHERE = ("places", "pilots")


def _in_order(actor: Actor, candidates: Sequence[Candidate]) -> None:
    for candidate in candidates:
        row = candidate.row
        if row.starts and row.ends and row.ends < row.starts:
            candidate.refuse("ends", _("It cannot end before it starts."))


def _programmes(actor: Actor, candidates: Sequence[Candidate]) -> None:
    for candidate in candidates:
        if candidate.before and candidate.before.state == "dropped":
            candidate.refuse("name", _("This programme was dropped: it stays as it was."))
        twice = {p.name for p in candidate.extra.get("places", ())} & {
            p.name for p in candidate.extra.get("pilots", ())
        }
        if twice:
            candidate.refuse("pilots", _("Write %(place)s once, as a pilot or not.") % {"place": ", ".join(twice)})


def _places(pilot: bool) -> Callable[[Any], list[Place]]:
    return lambda row: [each.place for each in row.places.all() if each.pilot is pilot]


def _lines(row: Programme | None, extra: Extra) -> Lines:
    """Where it works, as the two cells say; a column left out leaves what is there."""
    if not any(name in extra for name in WHERE):
        return Lines()
    now = {name: _places(name == "pilots")(row) if row else [] for name in WHERE} | {
        name: extra[name] for name in WHERE if name in extra
    }
    return Lines(places=[(place, False) for place in now["places"]] + [(place, True) for place in now["pilots"]])


def _add(actor: Actor, row: Programme, extra: Extra) -> Programme:
    fields = {c.field: getattr(row, c.field) for c in PROGRAMMES.columns if not (c.virtual or c.fixed)}
    return add_programme(actor, _lines(None, extra), ref=row.ref, **fields)


def _change(actor: Actor, row: Programme, changes: dict[str, Any], extra: Extra) -> Programme:
    return change_programme(actor, row.ref, row.revision, _lines(row, extra), **changes)


def _members(actor: Actor, candidates: Sequence[Candidate]) -> None:
    """What a member agreed to is a version of its programme's concept note, on a day that has come."""
    known: dict[int, set[int]] = {}
    for candidate in candidates:
        row = candidate.row
        version, concept = row.agreed_version, row.programme.concept
        if bool(version) != bool(row.agreed_on):
            candidate.refuse("agreed_on", _("Give both, the version agreed to and the day, or neither."))
        if row.agreed_on and row.agreed_on > actor.today:
            candidate.refuse("agreed_on", _("That day has yet to come: %(day)s.") % {"day": row.agreed_on})
        if version is None or version == concept:
            continue
        if concept is not None and concept.pk not in known:
            known[concept.pk] = versions_of(concept)
        if concept is None or version.pk not in known[concept.pk]:
            candidate.refuse("agreed_version", _("This is no version of the programme’s concept note."))


PROGRAMMES = Sheet(
    gettext_lazy("programmes"), Programme,
    columns(
        Programme, "name", "kind", "business_line", "theme", "summary", "starts", "ends", "concept", "manager",
        "public",
        Column("places", gettext_lazy("places"), Kind.ROWS, to=Place, virtual=True, show=_places(False)),
        Column("pilots", gettext_lazy("pilot places"), Kind.ROWS, to=Place, virtual=True, show=_places(True)),
        column(Programme, "state", heading=gettext_lazy("state"), fixed=ON_ITS_PAGE),
    ),
    WRITERS, key=("name", "business_line"), check=_programmes, add=_add, change=_change,
    related=("business_line__period", "theme__period", "concept", "manager__body"), prefetch=("places__place",),
)  # fmt: skip
MEMBERS = Sheet(
    gettext_lazy("members of programmes"), ProgrammeMember,
    columns(
        ProgrammeMember,
        column(ProgrammeMember, "programme", heading=gettext_lazy("programme"), lasting=STAYS),
        column(ProgrammeMember, "organisation", lasting=STAYS), "role", "agreed_version", "agreed_on",
    ),
    WRITERS, key=("programme", "organisation", "role"), check=_members,
    related=("programme__concept", "organisation", "agreed_version"),
)  # fmt: skip
PHASES = Sheet(
    gettext_lazy("phases of programmes"), Phase,
    columns(
        Phase, column(Phase, "programme", heading=gettext_lazy("programme"), lasting=STAYS), "name", "starts", "ends"
    ),
    WRITERS, key=("programme", "name"), check=_in_order, related=("programme",),
)  # fmt: skip
OUTPUTS = Sheet(
    gettext_lazy("outputs of programmes"), Output,
    columns(
        Output, column(Output, "programme", heading=gettext_lazy("programme"), lasting=STAYS), "text", "due", "product"
    ),
    WRITERS, key=("programme", "text"), related=("programme", "product"),
)  # fmt: skip
OWN = Sheet(
    gettext_lazy("members’ own programmes"), MemberProgramme,
    columns(MemberProgramme, "organisation", "title", "place", "starts", "ends", "contact", "url", "about"),
    WRITERS, key=("organisation", "title"), check=_in_order, related=("organisation", "place"),
)  # fmt: skip

SHEETS: tuple[Sheet, ...] = (PROGRAMMES, MEMBERS, PHASES, OUTPUTS, OWN)
