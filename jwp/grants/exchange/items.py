"""The workbook's sheets of funded items and what stands under their agreements. Amounts are written as amounts.

What is signed, paid or reported has its own way: the sheets of amendments, reports and transactions are for reading.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from jwp.core.access import Actor
from jwp.core.door import Refused
from jwp.core.money import Money
from jwp.core.workbook.sheets import Candidate, Column, Extra, Kind, Sheet, column, columns
from jwp.grants.access import WRITERS
from jwp.grants.actions.agreement import Instalment, put_tranche
from jwp.grants.actions.conditions import add_condition
from jwp.grants.actions.investments import add_investment, change_investment
from jwp.grants.actions.items import add_item, change_item, may_change, put_part
from jwp.grants.models import (
    Amendment,
    Condition,
    FundedItem,
    Investment,
    Part,
    ProgressReport,
    Tranche,
    Transaction,
)
from jwp.partners.models import Place
from jwp.plans.forms import minor_units

STAYS = gettext_lazy("It stays where it is: write another row.")
ON_ITS_PAGE = gettext_lazy("For reading: it changes on the page of the item.")
HINT = gettext_lazy("In whole units, such as 12500.50.")


def _shown(currency: Callable[[Any], str]) -> Callable[[Any], Decimal | None]:
    return lambda row: None if row.minor is None else Money(row.minor, currency(row)).amount.normalize()


def _amount(currency: Callable[[Any], str], **options: Any) -> Column:
    shown = _shown(currency)
    return Column("amount", gettext_lazy("amount"), Kind.NUMBER, virtual=True, show=shown, hint=HINT, **options)


def _own(row: Any) -> str:
    return str(row.currency)


def _of_item(row: Any) -> str:
    return str(row.item.currency)


def _minor(extra: Extra, currency: str) -> dict[str, Any]:
    """The amount of a row in minor units; nothing where its cell was left out or empty."""
    said: Decimal | None = extra.get("amount")
    return {} if said is None else {"minor": minor_units(said, currency)}


def _sound(candidate: Candidate, currency: str) -> None:
    said: Decimal | None = candidate.extra.get("amount")
    if said is None:
        return
    try:
        if said < 0:
            raise ValidationError(_("Less than nothing cannot be written here."))
        minor_units(said, currency)
    except ValidationError as error:
        candidate.refuse("amount", " ".join(error.messages))


def _cities(row: FundedItem) -> list[Place]:
    return [each.place for each in row.places.all()]


def _items(actor: Actor, candidates: Sequence[Candidate]) -> None:
    for candidate in candidates:
        row = candidate.row
        _sound(candidate, row.currency)
        if row.starts and row.ends and row.ends < row.starts:
            candidate.refuse("ends", _("It cannot end before it starts."))
        if candidate.before is None:
            if row.kind == FundedItem.Kind.COMPETITIVE:
                candidate.refuse("kind", _("A competitive grant comes out of an application that was appraised."))
            continue
        names = set(candidate.changed) | ({"minor"} if "amount" in candidate.extra else set())
        try:
            may_change(candidate.before, names - {"amount"})
        except Refused as refused:
            candidate.refuse("title", " ".join(refused.reasons))


def _add_item(actor: Actor, row: FundedItem, extra: Extra) -> FundedItem:
    fields = {c.field: getattr(row, c.field) for c in ITEMS.columns if not (c.virtual or c.fixed)}
    return add_item(actor, extra.get("cities") or (), ref=row.ref, **fields, **_minor(extra, row.currency))


def _change_item(actor: Actor, row: FundedItem, changes: dict[str, Any], extra: Extra) -> FundedItem:
    currency = changes.get("currency", row.currency)
    return change_item(actor, row.ref, row.revision, extra.get("cities"), **changes, **_minor(extra, currency))


def _parts(actor: Actor, candidates: Sequence[Candidate]) -> None:
    # An item that comes in the same workbook has no key yet.
    written = {(id(each.row.item), each.row.number) for each in candidates}
    written |= {(each.row.item.pk, each.row.number) for each in candidates if each.row.item.pk}
    for candidate in candidates:
        row = candidate.row
        _sound(candidate, row.item.currency)
        above = row.number.rpartition(".")[0]
        if not row.number:
            candidate.refuse("number", _("Give its number, such as 1 or 1.1."))
        elif above and not written & {(id(row.item), above), (row.item.pk, above)} and not _stands(row.item, above):
            candidate.refuse("number", _("%(number)s stands under no objective.") % {"number": row.number})
        if row.item.state != "planned":
            candidate.refuse("item", _("It is signed: its objectives and activities stay."))


def _stands(item: FundedItem, number: str) -> bool:
    return bool(item.pk) and item.parts.filter(number=number).exists()


def _add_part(actor: Actor, row: Part, extra: Extra) -> Part:
    minor = _minor(extra, row.item.currency)
    return put_part(actor, row.item.ref, ref=row.ref, number=row.number, text=row.text, **minor)


def _change_part(actor: Actor, row: Part, changes: dict[str, Any], extra: Extra) -> Part:
    return put_part(actor, row.item.ref, row, **changes, **_minor(extra, row.item.currency))


def _tranches(actor: Actor, candidates: Sequence[Candidate]) -> None:
    for candidate in candidates:
        _sound(candidate, candidate.row.item.currency)
        if candidate.before is None and candidate.row.ref:
            candidate.refuse("ref", _("Leave it empty: a tranche gets its reference here."))
        if candidate.extra.get("amount") == 0:
            candidate.refuse("amount", _("The amount is more than zero."))


def _add_tranche(actor: Actor, row: Tranche, extra: Extra) -> Tranche:
    minor = minor_units(extra["amount"], row.item.currency)
    return put_tranche(actor, row.item.ref, row.number, Instalment(minor=minor, due=row.due, condition=row.condition))


def _change_tranche(actor: Actor, row: Tranche, changes: dict[str, Any], extra: Extra) -> Tranche:
    now: dict[str, Any] = {"minor": row.minor, "due": row.due, "condition": row.condition}
    now |= changes | _minor(extra, _of_item(row))
    wanted = Instalment(minor=now["minor"], due=now["due"], condition=now["condition"])
    return put_tranche(actor, row.item.ref, row.number, wanted)


def _conditions(actor: Actor, candidates: Sequence[Candidate]) -> None:
    for candidate in candidates:
        if candidate.before is None and candidate.row.due < actor.today:
            candidate.refuse("due", _("A condition is met on a day to come."))
        if candidate.before is None and candidate.row.ref:
            candidate.refuse("ref", _("Leave it empty: a condition gets its reference here."))


def _add_condition(actor: Actor, row: Condition, extra: Extra) -> Condition:
    return add_condition(actor, row.item.ref, text=row.text, owner=row.owner, due=row.due)


def _investments(actor: Actor, candidates: Sequence[Candidate]) -> None:
    for candidate in candidates:
        row = candidate.row
        _sound(candidate, row.currency)
        if row.on > actor.today:
            candidate.refuse("on", _("That day has yet to come: %(day)s.") % {"day": row.on})


def _add_investment(actor: Actor, row: Investment, extra: Extra) -> Investment:
    names = ("ref", "investor", "kind", "on", "currency", "text", "document", "url")
    fields = {name: getattr(row, name) for name in names}
    return add_investment(actor, row.item.ref, **fields, **_minor(extra, row.currency))


def _change_investment(actor: Actor, row: Investment, changes: dict[str, Any], extra: Extra) -> Investment:
    currency = changes.get("currency", row.currency)
    return change_investment(actor, row.ref, row.revision, **changes, **_minor(extra, currency))


ITEMS = Sheet(
    gettext_lazy("funded items"), FundedItem,
    columns(
        FundedItem, column(FundedItem, "kind", lasting=STAYS), "title", "purpose", "business_line", "programme",
        "theme", "fund", "partner", "organisation", "contact_email", "country",
        Column("cities", gettext_lazy("cities"), Kind.ROWS, to=Place, virtual=True, show=_cities),
        "manager", "product", "event", "agreement_ref", _amount(_own), "currency", "starts", "ends", "agreement",
        "public", column(FundedItem, "state", heading=gettext_lazy("state"), fixed=ON_ITS_PAGE),
        column(FundedItem, "signed_on", heading=gettext_lazy("signed on"), fixed=ON_ITS_PAGE),
        column(FundedItem, "marker", heading=gettext_lazy("gender marker"), fixed=ON_ITS_PAGE),
    ),
    WRITERS, key=("title", "business_line", "agreement_ref"), check=_items, add=_add_item, change=_change_item,
    related=("business_line__period", "programme", "theme__period", "fund", "organisation", "country",
             "manager__body", "product", "event", "agreement"),
    prefetch=("places__place",),
)  # fmt: skip
PARTS = Sheet(
    gettext_lazy("objectives and activities"), Part,
    columns(
        Part, column(Part, "item", heading=gettext_lazy("funded item"), lasting=STAYS),
        column(Part, "number", required=True), "text", _amount(_of_item),
        column(Part, "marker", heading=gettext_lazy("gender marker"), fixed=ON_ITS_PAGE),
    ),
    WRITERS, key=("item", "number"), check=_parts, add=_add_part, change=_change_part, related=("item",),
)  # fmt: skip
TRANCHES = Sheet(
    gettext_lazy("tranches"), Tranche,
    columns(
        Tranche, column(Tranche, "item", heading=gettext_lazy("funded item"), lasting=STAYS),
        column(Tranche, "number", lasting=STAYS), _amount(_of_item, required=True), "due", "condition",
        column(Tranche, "met_on", fixed=ON_ITS_PAGE), column(Tranche, "met_how", fixed=ON_ITS_PAGE),
    ),
    WRITERS, key=("item", "number"), check=_tranches, add=_add_tranche, change=_change_tranche, related=("item",),
)  # fmt: skip
CONDITIONS = Sheet(
    gettext_lazy("conditions of items"), Condition,
    columns(
        Condition, column(Condition, "item", heading=gettext_lazy("funded item"), lasting=STAYS),
        column(Condition, "text", lasting=STAYS), column(Condition, "owner", lasting=STAYS),
        column(Condition, "due", lasting=STAYS),
        column(Condition, "set_on", heading=gettext_lazy("set on"), required=False, fixed=ON_ITS_PAGE),
        column(Condition, "done_on", fixed=ON_ITS_PAGE), column(Condition, "done_how", fixed=ON_ITS_PAGE),
    ),
    WRITERS, key=("item", "text"), check=_conditions, add=_add_condition, related=("item", "owner__body"),
)  # fmt: skip
INVESTMENTS = Sheet(
    gettext_lazy("investments"), Investment,
    columns(
        Investment, column(Investment, "item", heading=gettext_lazy("funded item"), lasting=STAYS), "investor",
        "kind", "on", _amount(_own, required=True), "currency", "text", "document", "url",
    ),
    WRITERS, key=("item", "investor", "on"), check=_investments, add=_add_investment, change=_change_investment,
    related=("item", "document"),
)  # fmt: skip
AMENDMENTS = Sheet(
    gettext_lazy("amendments"), Amendment,
    columns(
        Amendment, column(Amendment, "item", heading=gettext_lazy("funded item")),
        column(Amendment, "number", heading=gettext_lazy("number")), "kind", "on", "reason",
        Column("was", gettext_lazy("before"), virtual=True, show=lambda row: _values(row.before)),
        Column("now", gettext_lazy("after"), virtual=True, show=lambda row: _values(row.after)),
    ),
    closed=gettext_lazy("An agreement is amended on the page of the item."), related=("item",),
)  # fmt: skip
REPORTS = Sheet(
    gettext_lazy("progress reports"), ProgressReport,
    columns(
        ProgressReport, column(ProgressReport, "item", heading=gettext_lazy("funded item")), "kind", "starts", "ends",
        "due", "done", "for_women_and_men", "women", "men", "not_stated", "total", "not_counted_because",
        column(ProgressReport, "state", heading=gettext_lazy("state")),
        column(ProgressReport, "submitted_on", heading=gettext_lazy("handed in on")),
        column(ProgressReport, "accepted_on", heading=gettext_lazy("accepted on")),
    ),
    closed=gettext_lazy("Reports are handed in by the grantee’s link, or on their page."), related=("item",),
)  # fmt: skip
TRANSACTIONS = Sheet(
    gettext_lazy("commitments and payments"), Transaction,
    columns(
        Transaction, column(Transaction, "item", heading=gettext_lazy("funded item")),
        column(Transaction, "tranche", heading=gettext_lazy("tranche")), "kind", "agreement_ref", "erp_ref", "on",
        _amount(_own), "currency", column(Transaction, "rate", heading=gettext_lazy("rate")), "typed_because",
    ),
    closed=gettext_lazy("They come with the statements of the ERP."), related=("item", "tranche__item", "rate"),
)  # fmt: skip


def _values(values: dict[str, Any]) -> str:
    return "; ".join(str(value) for value in values.values())


SHEETS: tuple[Sheet, ...] = (
    ITEMS, PARTS, TRANCHES, CONDITIONS, INVESTMENTS, AMENDMENTS, REPORTS, TRANSACTIONS,
)  # fmt: skip
