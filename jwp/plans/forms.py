"""The forms of money. What a form refuses, the action behind it refuses too."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from jwp.core.forms import RowForm, chosen_by_ref, in_our_time, plain_dates
from jwp.core.money import EXPONENTS, Money, totals
from jwp.core.workbook import cells
from jwp.core.workbook.cells import Unreadable
from jwp.evidence.models import Approval
from jwp.partners.models import Body
from jwp.plans.actions.budget import Decided, Key
from jwp.plans.models import BudgetLine, BusinessLine, Contribution, Fund, Plan, Rate
from jwp.plans.models.money import CURRENCY
from jwp.plans.rules.money import DatedRate, Unclear, split_line

MOST = 10**15  # minor units: more is a slip, and other programs would round it
FilledCell = tuple[Fund, forms.BoundField, forms.BoundField]  # the amount, and what it was
THREE_LINES = forms.Textarea({"rows": 3})


class CurrencyField(forms.CharField):
    def to_python(self, value: Any) -> str:
        return (super().to_python(value) or "").upper()


class AmountField(forms.CharField):
    """An amount as people type it, with or without marks between thousands: a Decimal, or None where empty.

    Where the currency is known and has no thousandths, "150,000" can be read one way only.
    """

    def __init__(self, *args: Any, currency: str = "", **options: Any) -> None:
        super().__init__(*args, widget=forms.TextInput({"inputmode": "decimal"}), **options)
        self.currency = currency

    def to_python(self, value: Any) -> Decimal | None:  # type: ignore[override]
        text = (super().to_python(value) or "").strip()
        if not text:
            return None
        if self.currency and EXPONENTS.get(self.currency, 2) < 3 and re.fullmatch(r"[1-9]\d{0,2}[.,]\d{3}", text):
            text = re.sub(r"[.,]", "", text)
        try:
            amount = cells.number(text)
        except Unreadable as why:
            raise ValidationError(str(why)) from why
        if amount < 0:
            raise ValidationError(_("Less than nothing cannot be written here."))
        return amount


def in_its_currency(form: forms.BaseForm) -> None:
    """Lets the amount of a form that asks for the currency too be read in that one."""
    given = form.data.get(form.add_prefix("currency")) if form.is_bound else form.initial.get("currency")
    if isinstance(field := form.fields.get("amount"), AmountField):
        field.currency = str(given or "").strip().upper()


def minor_units(amount: Decimal, currency: str) -> int:
    """Raises ValidationError where the currency knows no such fraction, or nobody has that much."""
    try:
        minor = Money.of(amount, currency).minor
    except ValueError as error:
        told = {"amount": amount, "currency": currency}
        raise ValidationError(_now("%(amount)s has more decimals than %(currency)s knows.") % told) from error
    if minor > MOST:
        raise ValidationError(_now("Check the amount: it is more than anybody has."))
    return minor


def typed(money: Money) -> str:
    """An amount as it stands in a field: digits and a point, read the same in every language.

    >>> typed(Money(1250000, "USD")), typed(Money(1250050, "USD"))
    ('12500', '12500.50')
    """
    whole = money.amount == money.amount.to_integral_value()
    return f"{money.amount:.0f}" if whole else f"{money.amount:f}"


class FundForm(RowForm):
    class Meta:
        model = Fund
        fields = ("name", "kind", "currency", "donor", "earmarked_for", "starts", "ends")
        field_classes = {"currency": CurrencyField}
        widgets = {"earmarked_for": THREE_LINES}
        help_texts = {"currency": _("Three capitals, such as USD."), "ends": _("Empty: no end set.")}


class ContributionForm(RowForm):
    amount = AmountField(label=_("Amount"))

    class Meta:
        model = Contribution
        fields = ("fund", "organisation", "agreed_on", "amount", "currency", "reference", "starts", "ends")
        field_classes = {"currency": CurrencyField}
        help_texts = {
            "currency": _("As agreed. In another than the fund's, the rate of that day is kept with it."),
            "reference": _("The number of the agreement."),
        }

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        in_its_currency(self)
        if self.instance.pk:
            self.fields["amount"].initial = typed(self.instance.money)
            self.fields["reason"] = forms.CharField(label=_("Why it changes"), max_length=500)

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if given.get("amount") is not None and given.get("currency"):
            try:
                self.minor = minor_units(given["amount"], given["currency"])
            except ValidationError as error:
                self.add_error("amount", error)
        return given

    @property
    def values(self) -> dict[str, Any]:
        return {name: value for name, value in super().values.items() if name != "amount"} | {"minor": self.minor}


class WithdrawForm(forms.Form):
    reason = forms.CharField(label=_("Why"), max_length=500)
    revision = forms.IntegerField(widget=forms.HiddenInput, required=False)


class RateForm(RowForm):
    class Meta:
        model = Rate
        fields = ("currency", "to", "on", "rate", "source")
        field_classes = {"currency": CurrencyField, "to": CurrencyField}


class RatesForm(forms.Form):
    """Several rates, pasted from a table or typed: a line each."""

    lines = forms.CharField(
        label=_("Rates"),
        widget=forms.Textarea({"rows": 8, "spellcheck": "false"}),
        help_text=_("A line each: one unit of, in, date, rate, and if you like the source. EUR USD 2026-03-01 1.085"),
    )
    source = forms.CharField(
        label=_("Source"), max_length=300, required=False, help_text=_("For lines that name none.")
    )

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        self.rates: list[DatedRate] = []
        for number, line in enumerate(given.get("lines", "").splitlines(), start=1):
            if line.strip():
                try:
                    self.rates.append(_rate(line, given.get("source", "")))
                except ValidationError as error:
                    why = " ".join(error.messages)
                    self.add_error("lines", _("Line %(n)d: %(why)s") % {"n": number, "why": why})
        days = [(rate.currency, rate.to, rate.on) for rate in self.rates]
        for currency, to, on in sorted({day for day in days if days.count(day) > 1}):
            told = {"currency": currency, "to": to, "on": on}
            self.add_error("lines", _("%(currency)s to %(to)s of %(on)s stands here twice.") % told)
        return given


def _rate(line: str, source: str) -> DatedRate:
    try:
        currency, to, on, rate, own = split_line(line)
        # In a rate a point is always the fraction's: 1.085 is not read two ways.
        day, worth = cells.day(on), Decimal(rate) if re.fullmatch(r"\d+\.\d+", rate) else cells.number(rate)
    except Unclear as error:
        asked = _("write two currencies, a date and a rate, such as EUR USD 2026-03-01 1.085.")
        raise ValidationError(asked) from error
    except Unreadable as error:
        raise ValidationError(str(error)) from error
    for code in (currency, to):
        CURRENCY(code)
    in_our_time(day)
    if not (own or source):
        raise ValidationError(_("say where the rate comes from."))
    return DatedRate(currency, to, day, worth, own or source)


class WorkPlanForm(RowForm):
    class Meta:
        model = Plan
        fields = ("title", "summary", "period", "starts", "ends")
        widgets = {"summary": THREE_LINES}


class InOneForm(forms.Form):
    """In which currency to show a total, at the rates of which day."""

    currency = CurrencyField(label=_("Total in"), max_length=3, validators=[CURRENCY])
    on = forms.DateField(label=_("at the rates of"))

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        plain_dates(self)
        self.fields["currency"].widget.attrs |= {"class": "form-control", "size": 4}
        self.fields["on"].widget.attrs["class"] = "form-control"


class BudgetForm(forms.Form):
    """One grid: a field for each business line and fund, and what it said when the page was opened."""

    def __init__(
        self,
        plan: Plan,
        lines: Sequence[BusinessLine],
        funds: Sequence[Fund],
        here: Mapping[Key, BudgetLine],
        data: Any = None,
        *,
        records: bool,
    ) -> None:
        super().__init__(data)
        self.lines, self.funds, self.here = lines, funds, here
        for line, fund in self._pairs():
            row = here.get((line.ref, fund.ref))
            name = f"{line.ref}:{fund.ref}"
            label = _("%(line)s, %(fund)s") % {"line": line, "fund": fund}
            initial = typed(row.money) if row else ""
            self.fields[name] = AmountField(label=label, required=False, currency=fund.currency, initial=initial)
            self.fields[name].widget.attrs |= {"class": "form-control", "aria-label": label, "autocomplete": "off"}
            was = forms.CharField(required=False, widget=forms.HiddenInput, initial=row.minor if row else "")
            self.fields[f"was:{name}"] = was
        if plan.state == "adopted":
            self.fields["reason"] = forms.CharField(label=_("Why it changes"), max_length=500)
        decisions = Approval.objects.filter(subject=plan.ref).exclude(pk=plan.adoption_id).select_related("body")
        self.fields["approval"] = forms.ModelChoiceField(
            decisions, label=_("Decision kept here"), required=False, empty_label=_("none")
        )
        if records:
            self.fields["body"] = forms.ModelChoiceField(
                Body.objects.all(), label=_("or decided elsewhere by"), required=False, empty_label=_("none")
            )
            self.fields["on"] = forms.DateField(label=_("on"), required=False)
            self.fields["decision"] = forms.CharField(
                label=_("Reference"), max_length=200, required=False, help_text=_("Decision number, minutes or page.")
            )
        plain_dates(self)
        chosen_by_ref(self)

    def _pairs(self) -> Iterator[tuple[BusinessLine, Fund]]:
        return ((line, fund) for line in self.lines for fund in self.funds)

    def rows(self) -> Iterator[tuple[BusinessLine, list[FilledCell], list[Money]]]:
        """The grid, for the page: each line with its cells, and what it came to until now."""
        for line in self.lines:
            names = [(fund, f"{line.ref}:{fund.ref}") for fund in self.funds]
            here = [self.here[line.ref, fund.ref].money for fund in self.funds if (line.ref, fund.ref) in self.here]
            yield line, [(fund, self[name], self[f"was:{name}"]) for fund, name in names], list(totals(here).values())

    def decision_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in ("approval", "body", "on", "decision") if name in self.fields]

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        self.wanted: dict[Key, int] = {}
        self.was: dict[Key, int | None] = {}
        for line, fund in self._pairs():
            name = f"{line.ref}:{fund.ref}"
            amount, seen = given.get(name), given.get(f"was:{name}", "")
            if name not in self.data or name in self.errors:
                continue  # a cell that was not on the page, or cannot be read
            was = int(seen) if seen.isdecimal() and len(seen) < 17 else None
            try:
                minor = None if amount is None else minor_units(amount, fund.currency)
            except ValidationError as error:
                self.add_error(name, error)
                continue
            if minor is None and was is not None:
                minor = 0  # a cell once written and emptied says: nothing
            if minor is not None and minor != was:
                self.wanted[line.ref, fund.ref], self.was[line.ref, fund.ref] = minor, was
        if bool(given.get("body")) != bool(given.get("on")):
            self.add_error("on", _("Say both which body decided, and on which day."))
        return given

    @property
    def decided(self) -> Decided | None:
        body, on = self.cleaned_data.get("body"), self.cleaned_data.get("on")
        return Decided(body, on, self.cleaned_data["decision"]) if body and isinstance(on, date) else None

    def show_theirs(self) -> None:
        """After a refusal: what others wrote meanwhile is shown, and what was typed replaces it when sent again."""
        data = self.data.copy()  # type: ignore[attr-defined]
        for (line, fund), row in self.here.items():
            name = f"{line}:{fund}"
            seen = self.data.get(f"was:{name}", "")
            if name not in self.data or name in self.errors or seen == str(row.minor):
                continue
            data[f"was:{name}"] = str(row.minor)
            if (line, fund) in self.wanted:
                self.add_error(name, _("It now says: %(value)s") % {"value": typed(row.money)})
            else:
                data[name] = typed(row.money)
        self.data = data
