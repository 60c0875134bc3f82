"""Funds, contributions and rates: who may write them, and which rate is pinned."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from jwp.core.access import Actor
from jwp.core.door import Refused, check, open_door
from jwp.core.models import Row
from jwp.core.templatetags.jwp import day as day_in_words
from jwp.plans.access import require_finance
from jwp.plans.models import Contribution, Fund, Rate
from jwp.plans.pots import dated
from jwp.plans.rules.money import DatedRate, NoRate, rate_on
from jwp.plans.words import no_rate


def add_fund(actor: Actor, **fields: Any) -> Fund:
    require_finance(actor)
    fund = Fund(**fields)
    check(fund)
    with open_door(actor) as door:
        return door.add(fund)


def change_fund(actor: Actor, ref: str, revision: int | None, **fields: Any) -> Fund:
    require_finance(actor)
    with open_door(actor) as door:
        fund = door.lock(Fund, ref, revision)
        if fields.get("currency", fund.currency) != fund.currency and is_used(fund):
            raise Refused(currency_stays())
        check(fund, **fields)
        return door.change(fund, **fields)


def currency_stays() -> str:
    return _("Amounts stand in this fund's currency: it stays.")


def add_contribution(actor: Actor, **fields: Any) -> Contribution:
    """What an organisation agreed to give. In another currency than the fund's, the rate of that day is pinned."""
    require_finance(actor)
    row = Contribution(**fields)
    with open_door(actor) as door:
        row.rate = pinned(row.fund, row.currency, row.agreed_on, row.rate)
        _not_ahead(actor, row.agreed_on)
        check(row)
        return door.add(row)


def change_contribution(
    actor: Actor, ref: str, revision: int | None, *, reason: str = "", **fields: Any
) -> Contribution:
    """Put a contribution right. Its rate stays unless its day, fund or currency changes."""
    require_finance(actor)
    with open_door(actor) as door:
        row = door.lock(Contribution, ref, revision, "fund", "rate")
        _not_withdrawn(row)
        fund, currency, day = (fields.get(name, getattr(row, name)) for name in ("fund", "currency", "agreed_on"))
        if (fund.pk, currency, day) != (row.fund_id, row.currency, row.agreed_on):
            fields["rate"] = pinned(fund, currency, day)
        _not_ahead(actor, day)
        check(row, **fields)
        return door.change(row, reason=reason, **fields)


def withdraw_contribution(actor: Actor, ref: str, revision: int | None, reason: str) -> Contribution:
    """The organisation takes it back: it stays readable, and finances nothing from now on."""
    require_finance(actor)
    if not reason.strip():
        raise Refused(_("Say why it was withdrawn."))
    with open_door(actor) as door:
        row = door.lock(Contribution, ref, revision, "fund", "rate")
        _not_withdrawn(row)
        return door.change(row, "withdraw", reason=reason, withdrawn_on=actor.today)


def _not_withdrawn(row: Contribution) -> None:
    if row.withdrawn_on:
        raise Refused(
            _("It was withdrawn on %(day)s: add another contribution instead.")
            % {"day": day_in_words(row.withdrawn_on)}
        )


def _not_ahead(actor: Actor, day: date) -> None:
    if day > actor.today:
        raise Refused(_("The day of the agreement lies ahead: a contribution counts once it is agreed."))


def pinned(fund: Fund, currency: str, day: date, chosen: Rate | None = None) -> Rate | None:
    """The rate a contribution keeps, of those here or the one that was chosen; none in the fund's own currency."""
    if currency == fund.currency:
        return None
    pair = (currency, fund.currency)
    known = [chosen] if chosen else Rate.objects.filter(currency__in=pair, to__in=pair, on__lte=day)
    rows: dict[DatedRate, Rate] = {dated(row): row for row in known}
    try:
        return rows[rate_on(rows, currency, fund.currency, day)]
    except NoRate as missing:
        raise Refused(no_rate(missing)) from missing


def add_rates(actor: Actor, rates: Sequence[DatedRate]) -> int:
    """Several rates at once, all or none; those that are here already with the same value are left alone."""
    require_finance(actor)
    faults, added = [], 0
    with open_door(actor) as door:
        for rate in rates:
            row = Rate(currency=rate.currency, to=rate.to, on=rate.on, rate=rate.rate, source=rate.source)
            here = Rate.objects.filter(currency=rate.currency, to=rate.to, on=rate.on).first()
            if here and here.rate == rate.rate:
                continue
            try:
                _real(actor, row)
            except Refused as refused:
                faults += [f"{rate}, {rate.on}: {why}" for why in refused.reasons]
                continue
            door.add(row)
            added += 1
        if faults:
            raise Refused(*faults)
    return added


def change_rate(actor: Actor, ref: str, revision: int | None, **fields: Any) -> Rate:
    """Put a rate right that nothing stands on yet."""
    require_finance(actor)
    with open_door(actor) as door:
        rate = door.lock(Rate, ref, revision)
        if is_used(rate) and any(getattr(rate, name) != value for name, value in fields.items() if name != "source"):
            raise Refused(rate_stays())
        _real(actor, rate, **fields)
        return door.change(rate, **fields)


def _real(actor: Actor, row: Rate, **fields: Any) -> None:
    if fields.get("on", row.on) > actor.today:
        raise Refused(_("A rate of a day to come is not known."))
    check(row, **fields)


def is_used(row: Row) -> bool:
    """Whether anything, in this room or one above, points at this row."""
    accessors = [relation.get_accessor_name() for relation in row._meta.related_objects]
    return any(getattr(row, name).exists() for name in accessors if name)


def rate_stays() -> str:
    return _("Amounts were converted at this rate: it stays. Add one of another day.")
