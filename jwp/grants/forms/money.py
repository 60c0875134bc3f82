"""Forms of the money under agreements: statements, their differences, payments typed by hand, investments."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from jwp.core.forms import RowForm, plain_dates
from jwp.core.money import Money
from jwp.evidence.files import ACCEPTED, Kept, keep
from jwp.grants.forms.items import Asked, MoneyForm
from jwp.grants.models import Investment, Transaction
from jwp.grants.rules.statement import DAY_FIRST, MONTH_FIRST
from jwp.plans.forms import AmountField, CurrencyField, in_its_currency, typed
from jwp.plans.models.money import CURRENCY


class StatementForm(forms.Form):
    file = forms.FileField(label=_("Statement"), widget=forms.ClearableFileInput({"accept": ".csv,.txt"}))
    starts = forms.DateField(label=_("From"), required=False)
    ends = forms.DateField(
        label=_("Until"), required=False,
        help_text=_("The time it is about: what we have in it and the file has not is shown. Empty: from its first "
                    "line to its last."),
    )  # fmt: skip
    dates = forms.ChoiceField(
        label=_("03/04/2026 in the file means"), required=False,
        choices=(("", _("the file shows it itself")), (DAY_FIRST, _("3 April")), (MONTH_FIRST, _("4 March"))),
    )  # fmt: skip

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        plain_dates(self)

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or {}
        if given.get("starts") and given.get("ends") and given["ends"] < given["starts"]:
            self.add_error("ends", _("The end lies before the beginning."))
        return given

    def kept(self) -> Kept:
        return keep(self.cleaned_data["file"])

    @property
    def options(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in ("starts", "ends", "dates")}


class SettleForm(Asked):
    number = forms.IntegerField(min_value=0, widget=forms.HiddenInput)
    note = forms.CharField(label=_("How it was settled"), max_length=500)


class MatchForm(Asked):
    item = forms.CharField(
        label=_("Item"), max_length=80, required=False,
        help_text=_("Its reference or its agreement reference. Empty: the one with the reference of the line."),
    )  # fmt: skip


class TypedForm(RowForm, MoneyForm):
    """A payment or commitment that no statement has yet."""

    amount = AmountField(label=_("Amount"))
    refund = forms.BooleanField(label=_("It came back to us (a refund)"), required=False)

    class Meta:
        model = Transaction
        fields = ("kind", "on", "amount", "currency", "refund", "typed_because")
        field_classes = {"currency": CurrencyField}

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        in_its_currency(self)
        self.fields["typed_because"].required = True
        self.fields["currency"].validators.append(CURRENCY)

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or {}
        minor = self.in_minor(given, given.get("currency", ""))
        if minor == 0:
            self.add_error("amount", _("Nothing was paid."))
        self.minor = -(minor or 0) if given.get("refund") else minor
        return given

    @property
    def values(self) -> dict[str, Any]:
        given = {name: value for name, value in super().values.items() if name not in ("amount", "refund")}
        return given | {"minor": self.minor}

    def _post_clean(self) -> None:
        """The action checks the whole row: it has an item and a rate only there."""


class InvestmentForm(RowForm, MoneyForm):
    amount = AmountField(label=_("Amount"))
    upload = forms.FileField(
        label=_("File"), required=False, widget=forms.ClearableFileInput({"accept": ",".join(ACCEPTED)}),
        help_text=_("A document kept here, a file or a link: one of them must show it."),
    )  # fmt: skip

    class Meta:
        model = Investment
        fields = ("investor", "kind", "on", "amount", "currency", "text", "document", "upload", "url")
        field_classes = {"currency": CurrencyField}

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        in_its_currency(self)
        self.fields["currency"].validators.append(CURRENCY)
        if self.instance.pk:
            self.fields["amount"].initial = typed(Money(self.instance.minor, self.instance.currency))

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or {}
        self.minor = self.in_minor(given, given.get("currency", ""))
        return given

    @property
    def values(self) -> dict[str, Any]:
        given = {name: value for name, value in super().values.items() if name not in ("amount", "upload")}
        return given | {"minor": self.minor}

    def kept(self) -> Kept | None:
        upload: UploadedFile[bytes] | None = self.cleaned_data["upload"]
        return keep(upload) if upload else None

    def _post_clean(self) -> None:
        """The action checks the whole row: its file is kept only there."""
