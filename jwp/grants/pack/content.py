"""What the pack says, in the reader's words: shares by band with coverage, contributions, method, journal head."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from django.db.models import Count, Q, QuerySet, Sum
from django.utils.translation import gettext as _

from jwp.core.models import Head, Partnership
from jwp.core.money import Money, totals
from jwp.core.templatetags.jwp import day, figure, money
from jwp.grants.models import FundedItem
from jwp.grants.portfolio import Bands, Slice, band_word
from jwp.grants.rules.life import FUNDED
from jwp.grants.screening import BAND
from jwp.plans.models import Contribution


@dataclass(frozen=True)
class Row:
    """One band of the marker."""

    band: str
    n: str
    share: str
    amounts: list[str]
    amount_shares: list[str]  # beside each amount


@dataclass(frozen=True)
class Part:
    """The whole portfolio, or what one fund pays: never a share without its coverage."""

    title: str
    covered: str
    rows: list[Row]


@dataclass(frozen=True)
class Basis:
    """Items chosen in one way: signed in the year, or running in it."""

    title: str
    whole: Part
    funds: list[Part]


@dataclass(frozen=True)
class Given:
    """What a member agreed to give in the year."""

    organisation: str
    fund: str
    on: str
    amount: str
    reference: str


@dataclass(frozen=True)
class Pack:
    """Everything in the reader's words already; the page and the PDF only set it."""

    partnership: str
    fictional: bool
    year: int
    title: str
    subtitle: str
    bases: list[Basis]
    given: list[Given]
    totals: list[str]
    method: list[str]
    head: str
    labels: dict[str, str]

    def plain(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True)
class Chosen:
    """Items of a year, chosen in one way, with their bands as a whole and by fund."""

    key: str
    title: str
    whole: Bands
    funds: list[tuple[str, Bands]]


def pack_of(items: QuerySet[FundedItem], contributions: QuerySet[Contribution], year: int, today: date) -> Pack:
    """Of the items and contributions this reader sees. Six queries, whatever their number."""
    given = list(contributions.filter(agreed_on__year=year, withdrawn_on=None).order_by("organisation__name", "pk"))
    ended = items.filter(state__in=("cancelled", "withdrawn"), signed_on__year=year).count()
    partnership, head = Partnership.get(), Head.objects.first()
    return Pack(
        partnership=partnership.name if partnership else "", fictional=bool(partnership and partnership.fictional),
        year=year, title=_("Member pack %(year)s") % {"year": year}, subtitle=_subtitle(year, today),
        bases=[_basis(chosen) for chosen in chosen_of(items, year)],
        given=[_given(row) for row in given],
        totals=[money(total) for total in totals(row.money for row in given).values()],
        method=_method(ended), head=head.hash if head else "", labels=_labels(year),
    )  # fmt: skip


def chosen_of(items: QuerySet[FundedItem], year: int) -> list[Chosen]:
    first, last = date(year, 1, 1), date(year, 12, 31)
    signed = items.filter(state__in=FUNDED, signed_on__range=(first, last))
    open_still = Q(closed_on=None) | Q(closed_on__gte=first)
    running = items.filter(open_still, state__in=FUNDED, signed_on__lte=last)
    return [
        _chosen("signed", _("Signed in %(year)s") % {"year": year}, signed),
        _chosen("running", _("Running in %(year)s") % {"year": year}, running),
    ]


def tidy(items: QuerySet[FundedItem], year: int, today: date) -> Iterator[list[Any]]:
    """One line for each choice, fund, band and currency: what the shares are made of."""
    for chosen in chosen_of(items, year):
        for fund, bands in [("", chosen.whole), *chosen.funds]:
            for band in bands.rows:
                for currency in sorted({code for each in bands.rows for code in each.minors}) or [""]:
                    minor = band.minors.get(currency, 0)
                    amount = Money(minor, currency).amount if currency else ""
                    yield [
                        year, today, chosen.title, fund or _("whole portfolio"), band.label, band.n, bands.screened,
                        bands.n, amount, currency, band.unpriced,
                    ]  # fmt: skip


def heading() -> list[str]:
    return [
        _("Year"), _("As known on"), _("Which items"), _("Fund"), _("Gender marker"), _("Items"), _("Screened"),
        _("Of"), _("Agreed"), _("Currency"), _("Without an amount"),
    ]  # fmt: skip


def _chosen(key: str, title: str, items: QuerySet[FundedItem]) -> Chosen:
    found = (
        items.order_by()
        .select_related(None)
        .annotate(band=BAND)
        .values_list("fund__name", "band", "currency")
        .annotate(Count("pk"), Sum("minor"), Count("minor"))
    )
    whole: dict[str, Slice] = {}
    funds: dict[str, dict[str, Slice]] = {}
    for fund, marker, currency, n, minor, priced in found:
        for slices in (whole, funds.setdefault(fund or "", {})):
            slices.setdefault(marker, Slice(marker, band_word(marker))).count(n, currency, minor, n - priced)
    named = sorted(funds.items(), key=lambda each: (not each[0], each[0]))
    by_fund = [(name or _("no fund named"), Bands.of(slices.values())) for name, slices in named]
    return Chosen(key, title, Bands.of(whole.values()), by_fund)


def _basis(chosen: Chosen) -> Basis:
    funds = [_part(name, bands) for name, bands in chosen.funds] if len(chosen.funds) > 1 else []
    return Basis(chosen.title, _part(_("The whole portfolio"), chosen.whole), funds)


def _part(title: str, bands: Bands) -> Part:
    if not bands.n:
        return Part(title, _("No item."), [])
    covered = _("%(n)s of %(of)s screened (%(share)s %%), %(marked)s by the marker. Shares are of these.") % {
        "n": figure(bands.screened), "of": figure(bands.n), "share": bands.coverage,
        "marked": figure(bands.marked),
    }  # fmt: skip
    return Part(title, covered, [_row(bands, band) for band in bands.rows])


def _row(bands: Bands, band: Slice) -> Row:
    return Row(
        band.label, figure(band.n), _percent(bands.share(band)), [money(amount) for amount in band.amounts],
        [_percent(bands.share_of_amount(band, amount.currency)) for amount in band.amounts],
    )  # fmt: skip


def _percent(share: float | None) -> str:
    return "–" if share is None else f"{figure(round(share, 1), 1)} %"


def _given(row: Contribution) -> Given:
    return Given(str(row.organisation), str(row.fund), day(row.agreed_on), money(row.money), row.reference)


def _subtitle(year: int, today: date) -> str:
    if today.year <= year:
        return _("as known on %(day)s; the year is not over") % {"day": day(today)}
    return _("as known on %(day)s") % {"day": day(today)}


def _method(ended: int) -> list[str]:
    said = [
        _("The score of an item is that of its latest agreed worksheet of the OECD-DAC gender equality policy marker. "
          "It says what was intended at design, not what came of it."),
        _("Not screened is not a score of 0, and is in no share. The classes are no ladder: 2 is not better than 1."),
        _("Amounts are what was agreed, in the currency of each agreement, never added up over currencies. The amount "
          "of an item of class 1 is not wholly for gender equality, so no single weighted figure is given."),
        _("Running: signed by the end of the year and not closed before it began. Agreements that were cancelled or "
          "withdrawn are left out."),
    ]  # fmt: skip
    if ended:
        said.append(_("Signed in this year and cancelled or withdrawn since: %(n)s.") % {"n": figure(ended)})
    said.append(
        _("An inference of ours, for each member to judge by its own rules: a member that must score its contribution "
          "may use these shares to choose that score. The pack recommends none.")
    )  # fmt: skip
    return said


def _labels(year: int) -> dict[str, str]:
    return {
        "band": _("Gender marker"), "items": _("Items"), "share": _("Share of the screened"), "agreed": _("Agreed"),
        "amount_share": _("Share of the amounts screened"), "funds": _("By fund"),
        "given": _("Contributions agreed in %(year)s") % {"year": year}, "none_given": _("None is recorded."),
        "organisation": _("Organisation"), "fund": _("Fund"), "on": _("Agreed on"), "amount": _("Amount"),
        "reference": _("Agreement"), "total": _("Together, by currency"), "method": _("How to read it"),
        "fictional": _("Fictional example: no person, organisation or figure is real."),
        "head": _("Journal head: whoever holds this pack can prove that nothing recorded before it was changed."),
    }  # fmt: skip


def years_of(items: Iterable[int], today: date) -> list[int]:
    """The years a pack can be had of, and the last full one in any case."""
    return sorted({*items, today.year - 1}, reverse=True)
