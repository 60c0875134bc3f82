"""The workbook's sheets of calls and their criteria. Amounts in whole units; hours by the clock of the call's zone."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from copy import copy
from datetime import datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from jwp.core.access import Actor
from jwp.core.door import Refused, open_door
from jwp.core.money import Money
from jwp.core.workbook.constraints import broken
from jwp.core.workbook.sheets import Candidate, Column, Extra, Kind, Sheet, column, columns
from jwp.grants.access import WRITERS
from jwp.grants.actions.call import Line, add_call, change_call, refuse_other_rules
from jwp.grants.forms.call import AMOUNTS, INSTANTS, at_place
from jwp.grants.models import Call, Criterion
from jwp.partners.models import Place
from jwp.plans.forms import minor_units

ON_ITS_PAGE = gettext_lazy("For reading: a call is published, closed or cancelled on its page.")
STAYS = gettext_lazy("It stays in its call: add another.")
HEADINGS = {
    "smallest": gettext_lazy("smallest grant"),
    "largest": gettext_lazy("largest grant"),
    "envelope": gettext_lazy("in all"),
    "opens_at": gettext_lazy("opens"),
    "closes_at": gettext_lazy("closes"),
}


def _units(name: str) -> Callable[[Any], Decimal | None]:
    def show(call: Call) -> Decimal | None:
        minor = getattr(call, name)
        return None if minor is None else Money(minor, call.currency).amount.normalize()

    return show


def _clock(name: str) -> Callable[[Any], str]:
    def show(call: Call) -> str:
        at: datetime | None = getattr(call, name)
        return at.astimezone(ZoneInfo(call.zone)).strftime("%Y-%m-%d %H:%M") if at else ""

    return show


def _countries(call: Call) -> list[Place]:
    return [row.place for row in call.countries.all()]


def _read(name: str, said: Any, row: Call) -> Any:
    """A cell of an amount or an hour, by the row's currency and zone. Raises ValidationError."""
    if said in (None, ""):
        return None
    if name in AMOUNTS:
        if said < 0:
            raise ValidationError(_("Less than nothing cannot be written here."))
        return minor_units(said, row.currency)
    try:
        return at_place(datetime.fromisoformat(said).replace(tzinfo=None), row.zone)
    except ValueError as error:
        raise ValidationError(_("Write a day and an hour, such as 2026-12-09 14:00.")) from error


def _virtual(row: Call, before: Call | None, extra: Extra, changed: frozenset[str] = frozenset()) -> dict[str, Any]:
    """What the cells of amounts and hours come to; also the same digits in another currency or zone."""
    found = {}
    for name in (*AMOUNTS, *INSTANTS):
        again = before is not None and ("currency" if name in AMOUNTS else "zone") in changed
        if name in extra or again:
            show = _units(name) if name in AMOUNTS else _clock(name)
            found[name] = _read(name, extra.get(name, show(before) if before else None), row)
    return found


def _broken(row: Call, before: Call | None, extra: Extra, changed: frozenset[str]) -> list[str]:
    """What the table itself would refuse, such as a call that closes before it opens."""
    after = copy(row)
    for name, value in _virtual(row, before, extra, changed).items():
        setattr(after, name, value)
    return list(broken(after))


def _calls(actor: Actor, candidates: Sequence[Candidate]) -> None:
    for candidate in candidates:
        row, before = candidate.row, candidate.before
        given = dict(candidate.extra)
        for name in (*AMOUNTS, *INSTANTS):
            try:
                _virtual(row, before, {name: given[name]} if name in given else {}, candidate.changed)
            except ValidationError as error:
                candidate.refuse(name, " ".join(error.messages))
                given.pop(name, None)
        if given == candidate.extra:
            for said in _broken(row, before, given, candidate.changed):
                candidate.refuse("title", said)
        if row.kind == Call.Kind.OUTSIDE and not row.outside_url:
            candidate.refuse("outside_url", _("Say where the call is run."))
        if before is None:
            continue
        if before.state not in ("draft", "published"):
            candidate.refuse("title", _("This call is over: it stays as it was."))
        elif before.state == "published":
            try:
                fields = {name: getattr(row, name) for name in candidate.changed}
                refuse_other_rules(before, fields | _virtual(row, before, given, candidate.changed))
                if "countries" in given:
                    candidate.refuse("countries", _("Applicants have read these rules, so they stay."))
            except (Refused, ValidationError) as error:
                candidate.refuse("title", getattr(error, "reasons", [str(error)])[0])


def _add(actor: Actor, row: Call, extra: Extra) -> Call:
    names = [c.field for c in CALLS.columns if not (c.virtual or c.fixed)]
    fields = {name: getattr(row, name) for name in ("ref", *names)} | _virtual(row, None, extra)
    return add_call(actor, extra.get("countries", []), [], **fields)


def _change(actor: Actor, row: Call, changes: dict[str, Any], extra: Extra) -> Call:
    after = Call(currency=changes.get("currency", row.currency), zone=changes.get("zone", row.zone))
    fields = changes | _virtual(after, row, extra, frozenset(changes))
    countries = extra.get("countries", _countries(row))
    return change_call(actor, row.ref, row.revision, countries, _grid(row), **fields)


def _grid(call: Call) -> list[Line]:
    names = ("ref", "name", "about", "points", "gender")
    return [Line(**{name: getattr(row, name) for name in names}) for row in call.criteria.all()]  # type: ignore[typeddict-item]


def _criteria(actor: Actor, candidates: Sequence[Candidate]) -> None:
    gender: dict[Any, int] = {}
    for candidate in candidates:
        row = candidate.row
        if row.call.pk and row.call.state != "draft":
            candidate.refuse("name", _("Applicants have read these rules, so they stay."))
        if row.points is not None and row.points < 1:
            candidate.refuse("points", _("Say how many points it gives at most."))
        if row.gender:
            of = row.call.pk or id(row.call)
            others = row.call.criteria.filter(gender=True).exclude(pk=row.pk).exists() if row.call.pk else False
            gender[of] = gender.get(of, 0) + 1
            if others or gender[of] > 1:
                candidate.refuse("gender", _("One criterion is the gender criterion."))


def _add_criterion(actor: Actor, row: Criterion, extra: Extra) -> Criterion:
    with open_door(actor) as door:
        row.order = row.order or row.call.criteria.count()
        return door.add(row)


def _amount(name: str) -> Column:
    return Column(
        name, HEADINGS[name], Kind.NUMBER, virtual=True, show=_units(name),
        hint=gettext_lazy("In whole units, such as 12500.50."),
    )  # fmt: skip


def _hour(name: str) -> Column:
    return Column(
        name, HEADINGS[name], virtual=True, show=_clock(name),
        hint=gettext_lazy("A day and an hour by the clock of the zone, such as 2026-12-09 14:00."),
    )  # fmt: skip


CALLS = Sheet(
    gettext_lazy("calls"), Call,
    columns(
        Call, "title", "kind", "business_line", "programme", "theme", "fund", "manager", "about",
        "gender_statement", "languages", "currency", *map(_amount, AMOUNTS), "co_financing", "paid_at_most",
        Column(
            "countries", gettext_lazy("eligible countries"), Kind.ROWS, to=Place, virtual=True, show=_countries
        ),
        "countries_text", "sponsors", "no_objection", *map(_hour, INSTANTS), "zone", "panel_due", "comment_days",
        "proposal_months", "outside_url", column(Call, "source", heading=gettext_lazy("source")),
        column(Call, "state", heading=gettext_lazy("state"), fixed=ON_ITS_PAGE),
    ),
    WRITERS, key=("title", "business_line"), check=_calls, add=_add, change=_change,
    related=("business_line__period", "programme", "theme__period", "fund", "manager", "source"),
    prefetch=("countries__place", "criteria"),
)  # fmt: skip
CRITERIA = Sheet(
    gettext_lazy("criteria"), Criterion,
    columns(Criterion, column(Criterion, "call", heading=gettext_lazy("call"), lasting=STAYS), "name", "about",
            "points", "gender"),
    WRITERS, key=("call", "name"), check=_criteria, add=_add_criterion, related=("call",),
)  # fmt: skip

SHEETS: tuple[Sheet, ...] = (CALLS, CRITERIA)
