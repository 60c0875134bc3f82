"""Forms of funded items: one short form a kind, its agreement, its parts, its tranches and conditions."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from jwp.core.forms import RowForm, chosen_by_ref, plain_dates
from jwp.core.money import Money
from jwp.evidence.models import Document
from jwp.grants.actions.agreement import Instalment
from jwp.grants.forms.programmes import OfPeriod
from jwp.grants.models import Condition, FundedItem
from jwp.grants.rules.money import AMOUNT, EXTENSION, SCOPE
from jwp.partners.models import Place
from jwp.plans.forms import AmountField, CurrencyField, in_its_currency, minor_units, typed
from jwp.plans.models import BusinessLine, Theme
from jwp.plans.models.money import CURRENCY

THREE_LINES = forms.Textarea({"rows": 3})
Kind = FundedItem.Kind
# What each kind needs beside its title, business line, money and agreement.
OF_KIND: dict[str, tuple[str, ...]] = {
    Kind.COMPETITIVE: ("purpose", "programme", "theme", "partner", "organisation", "country", "places"),
    Kind.DIRECT: ("purpose", "programme", "theme", "partner", "organisation", "contact_email", "country", "places"),
    Kind.CONTRACT: ("purpose", "programme", "partner", "organisation", "contact_email"),
    Kind.PRODUCT: ("purpose", "programme", "theme", "partner", "product"),
    Kind.EVENT: ("purpose", "programme", "partner", "event", "country"),
    Kind.CAMPAIGN: ("purpose", "programme", "theme", "partner", "country"),
}
AFTER = ("fund", "amount", "currency", "starts", "ends", "agreement_ref", "agreement", "manager", "public")


class MoneyForm(forms.BaseForm):
    """Turns `amount`, as people type it, into `minor` units of the form's currency."""

    def in_minor(self, given: dict[str, Any], currency: str) -> int | None:
        amount: Decimal | None = given.get("amount")
        if amount is None or not currency:
            return None
        try:
            return minor_units(amount, currency)
        except ValidationError as error:
            self.add_error("amount", error)
            return None


class ItemForm(RowForm, MoneyForm):
    """Only the fields its kind needs; once it is signed, only those that no amendment is for."""

    business_line = OfPeriod(BusinessLine.objects.select_related("period"), label=_("Business line"))
    theme = OfPeriod(Theme.objects.select_related("period"), label=_("Theme"), required=False)
    amount = AmountField(label=_("Amount"), required=False)
    places = forms.ModelMultipleChoiceField(
        Place.objects.filter(kind=Place.Kind.CITY), label=_("Cities"), required=False,
        help_text=_("Hold Ctrl to choose several."),
    )  # fmt: skip

    class Meta:
        model = FundedItem
        fields = (
            "title", "purpose", "business_line", "programme", "theme", "partner", "organisation", "contact_email",
            "country", "places", "product", "event", "fund", "amount", "currency", "starts", "ends", "agreement_ref",
            "agreement", "manager", "public",
        )  # fmt: skip
        field_classes = {"currency": CurrencyField}
        widgets = {"purpose": THREE_LINES}

    def __init__(self, kind: str, *args: Any, fixed: Sequence[str] = (), **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["currency"].validators.append(CURRENCY)
        in_its_currency(self)
        countries: Any = self.fields["country"]
        countries.queryset = Place.objects.filter(kind=Place.Kind.COUNTRY)
        kept = {"title", "business_line", "revision", *OF_KIND[kind], *AFTER} - set(fixed)
        for name in [name for name in self.fields if name not in kept]:
            del self.fields[name]
        row = self.instance
        if row.pk and "amount" in self.fields and row.minor is not None:
            self.fields["amount"].initial = typed(Money(row.minor, row.currency))
        if row.pk and "places" in self.fields:
            self.fields["places"].initial = Place.objects.filter(funded__item=row)

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or {}
        self.minor = self.in_minor(given, given.get("currency") or self.instance.currency)
        return given

    @property
    def values(self) -> dict[str, Any]:
        given = {name: value for name, value in super().values.items() if name not in ("amount", "places")}
        return given | ({"minor": self.minor} if "amount" in self.fields else {})

    @property
    def cities(self) -> list[Place] | None:
        return list(self.cleaned_data["places"]) if "places" in self.fields else None


class Asked(forms.Form):
    """A small form about a row: dates by calendar, rows by their ref, and the revision it was opened at."""

    revision = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, revision: int | None = None, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["revision"].initial = revision
        plain_dates(self)
        chosen_by_ref(self)

    @property
    def opened_at(self) -> int | None:
        revision: int | None = self.cleaned_data["revision"]
        return revision


class SignForm(Asked):
    every = forms.IntegerField(
        label=_("A progress report every … months"), min_value=1, max_value=60, required=False, initial=6,
        help_text=_("Empty: only the completion report. More can be added by hand."),
    )  # fmt: skip


class PartsForm(Asked):
    text = forms.CharField(
        label=_("Objectives and activities"), widget=forms.Textarea({"rows": 14, "dir": "auto"}), max_length=60_000,
        help_text=_("A line each, with its number: 1 for an objective, 1.1 and 1.2 for its activities."),
    )  # fmt: skip


class AmendForm(Asked, MoneyForm):
    """One of the three changes: until when, how much, or what for."""

    on = forms.DateField(label=_("Signed on"))
    reason = forms.CharField(label=_("Why"), widget=THREE_LINES, max_length=2000)
    document = forms.ModelChoiceField(
        Document.objects.all(), label=_("Document"), required=False, empty_label=_("none")
    )

    def __init__(self, item: FundedItem, kind: str, *args: Any, **options: Any) -> None:
        self.item, self.kind = item, kind
        super().__init__(*args, **options)
        asked: dict[str, forms.Field] = {
            EXTENSION: forms.DateField(label=_("New end"), initial=item.ends),
            AMOUNT: AmountField(
                label=_("New amount, %(currency)s") % {"currency": item.currency}, currency=item.currency
            ),
            SCOPE: forms.CharField(
                label=_("What it is for now"), widget=forms.Textarea({"rows": 6}), initial=item.purpose
            ),
        }
        if kind == AMOUNT and item.minor is not None:
            asked[AMOUNT].initial = typed(Money(item.minor, item.currency))
        name = "amount" if kind == AMOUNT else "value"
        self.fields = {name: asked[kind]} | self.fields
        plain_dates(self)

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or {}
        if self.kind == AMOUNT:
            given["value"] = self.in_minor(given, self.item.currency)
        return given


class TrancheLine(forms.Form):
    """One line of the grid. A line without an amount is no tranche."""

    amount = AmountField(label=_("Amount"), required=False)
    due = forms.DateField(label=_("Due"), required=False)
    condition = forms.CharField(label=_("Paid once"), max_length=400, required=False)

    def __init__(self, *args: Any, currency: str, **options: Any) -> None:
        super().__init__(*args, **options)
        self.currency = self.fields["amount"].currency = currency  # type: ignore[attr-defined]
        plain_dates(self)
        for field in self.fields.values():
            field.widget.attrs |= {"class": "form-control", "aria-label": str(field.label)}

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or {}
        amount = given.get("amount")
        if amount is not None:
            try:
                given["minor"] = minor_units(amount, self.currency)
            except ValidationError as error:
                self.add_error("amount", error)
            if not given.get("due") and "due" not in self.errors:
                self.add_error("due", _now("Say when it is due."))
        elif "amount" not in self.errors and any(given.get(name) for name in ("due", "condition")):
            self.add_error("amount", _now("Fill this in too, or empty the whole line."))
        return given


TrancheLines = forms.formset_factory(TrancheLine, extra=3, max_num=60)


def instalments(grid: Any) -> list[Instalment]:
    return [
        Instalment(minor=each["minor"], due=each["due"], condition=each["condition"])
        for each in grid.cleaned_data
        if each.get("minor") is not None
    ]


class MetForm(Asked):
    on = forms.DateField(label=_("Met on"))
    how = forms.CharField(label=_("What shows it"), max_length=400, widget=THREE_LINES)


class ConditionForm(RowForm):
    class Meta:
        model = Condition
        fields = ("text", "owner", "due")
