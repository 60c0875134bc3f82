"""What an applicant fills in: everything may stay empty until it is sent."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from jwp.core.forms import chosen_by_ref, plain_dates
from jwp.core.money import Money
from jwp.evidence.files import ACCEPTED
from jwp.evidence.forms import LANGUAGES
from jwp.grants.forms.call import WallClock, at_place
from jwp.grants.models import Application, Attachment, Call
from jwp.partners.models import Organisation, Place, on
from jwp.plans.forms import AmountField, minor_units, typed

TEXT = {"dir": "auto"}
LONG = {"dir": "auto", "rows": 8}
AMOUNTS = ("requested", "own_cash")
CO_APPLICANTS = 5
FILES = {"accept": ",".join(ACCEPTED)}


def _text(name: str, widget: forms.Widget | None = None, **options: Any) -> forms.CharField:
    field: Any = Application._meta.get_field(name)
    most = options.pop("most", field.max_length)
    return forms.CharField(required=False, max_length=most, widget=widget or forms.TextInput(TEXT), **options)


class ConceptForm(forms.Form):
    """A concept note, read as typed; amounts in the call's currency."""

    applicant = _text("applicant", label=_("Organisation that applies"))
    contact_name = _text("contact_name", label=_("Whom we may ask"))
    contact_phone = _text("contact_phone", label=_("Telephone"))
    country = forms.ModelChoiceField(label=_("Country"), queryset=Place.objects.none(), required=False)
    city = _text("city", label=_("City or cities"), help_text=_("And the country, where it is not in the list above."))
    title = _text("title", label=_("Title"))
    language = forms.ChoiceField(label=_("Language it is written in"), required=False)
    summary = _text("summary", forms.Textarea(LONG), label=_("What you want to do"), most=20_000)
    gender_statement = _text(
        "gender_statement", forms.Textarea(LONG), label=_("How it serves women and men"), most=20_000
    )
    requested = AmountField(label=_("Amount requested"), required=False)
    own_cash = AmountField(label=_("Co-financing in cash"), required=False)
    starts = forms.DateField(label=_("From"), required=False)
    ends = forms.DateField(label=_("Until"), required=False)

    def __init__(self, call: Call, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.call = call
        plain_dates(self)
        chosen_by_ref(self)
        places: Any = self.fields["country"]
        places.queryset = Place.objects.filter(kind=Place.Kind.COUNTRY)
        names = dict(LANGUAGES)
        spoken: Any = self.fields["language"]
        spoken.choices = [(code, names.get(code, code)) for code in call.languages] or LANGUAGES
        if call.gender_statement:
            self.fields["gender_statement"].help_text = call.gender_statement
        if call.kind == Call.Kind.PRIZE:
            for name in AMOUNTS:
                del self.fields[name]
        for name in AMOUNTS:
            if name in self.fields:
                self.fields[name].currency = call.currency  # type: ignore[attr-defined]
                self.fields[name].help_text = _("In %(currency)s.") % {"currency": call.currency}

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or {}
        for name in AMOUNTS:
            if given.get(name) is not None:
                try:
                    given[name] = minor_units(given[name], self.call.currency)
                except forms.ValidationError as error:
                    self.add_error(name, error)
        starts, ends = given.get("starts"), given.get("ends")
        if starts and ends and ends < starts:
            self.add_error("ends", _now("It cannot end before it starts."))
        return given

    @property
    def readable(self) -> dict[str, Any]:
        """What can be understood so far: a field that needs another look counts as empty."""
        return {name: value for name, value in self.cleaned_data.items() if name not in self.errors}


class TypedForm(ConceptForm):
    """The same, typed by staff from paper or a letter, with when it came."""

    contact_email = forms.EmailField(label=_("E-mail"), required=False)
    received = WallClock(label=_("Received"))

    def clean(self) -> dict[str, Any]:
        given = super().clean()
        if not given.get("received"):
            self.add_error("received", _now("Say when it came."))
        else:
            try:
                given["received"] = at_place(given["received"], self.call.zone)
            except forms.ValidationError as error:
                self.add_error("received", error)
        return given


CO = tuple(f"co-{number}-{part}" for number in range(CO_APPLICANTS) for part in ("name", "role"))
NEXT_SPONSOR = ("sponsor", "sponsor_role")  # chosen, and not yet added


def typed_in(data: Mapping[str, Any]) -> dict[str, str]:
    """What stands in the fields, as it was typed. PostgreSQL keeps no NUL, and nobody types one."""
    names = (*ConceptForm.base_fields, *CO, *NEXT_SPONSOR)
    return {name: str(data.get(name, "")).replace("\0", "").strip() for name in names}


def typed_from(application: Application) -> dict[str, str]:
    """The same, of what was typed and kept; of what never was, as it stands in the row."""
    if application.draft:
        return {name: application.draft.get(name, "") for name in (*ConceptForm.base_fields, *CO, *NEXT_SPONSOR)}
    found = {name: getattr(application, name) for name in ConceptForm.base_fields}
    beside: dict[str, str] = {}
    for number, row in enumerate(application.co_applicants.all()[:CO_APPLICANTS]):
        beside |= {f"co-{number}-name": row.name, f"co-{number}-role": row.role}
    return {name: _typed(name, value, application.call.currency) for name, value in found.items()} | beside


def co_applicants(typed: Mapping[str, str]) -> list[tuple[str, str]]:
    """As many lines as the form has, those without a name too."""
    return [(typed.get(f"co-{n}-name", ""), typed.get(f"co-{n}-role", "")) for n in range(CO_APPLICANTS)]


def _typed(name: str, value: Any, currency: str) -> str:
    if value is None:
        return ""
    if name in AMOUNTS:
        return typed(Money(value, currency))
    return value.ref if isinstance(value, Place) else str(value)


class PartsForm(forms.Form):
    """What goes with it: who applies too, one more sponsor, one more file."""

    sponsor = forms.ModelChoiceField(label=_("Member"), queryset=Organisation.objects.none(), required=False)
    sponsor_role = forms.CharField(
        label=_("What the sponsor will do"), max_length=500, required=False, widget=forms.TextInput(TEXT)
    )
    sponsor_letter = forms.FileField(label=_("Letter"), required=False, widget=forms.FileInput(FILES))
    kind = forms.ChoiceField(label=_("What it is"), choices=Attachment.Kind.choices, required=False)
    file = forms.FileField(label=_("File"), required=False, widget=forms.FileInput(FILES))

    def __init__(self, today: date, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        members: Any = self.fields["sponsor"]
        members.queryset = Organisation.objects.filter(on(today, "memberships__")).distinct()
        chosen_by_ref(self)

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or {}
        if (given.get("sponsor_letter") or given.get("sponsor_role")) and not given.get("sponsor"):
            self.add_error("sponsor", _now("Choose which member it is."))
        return given


class AskForm(forms.Form):
    email = forms.EmailField(label=_("Your e-mail address"), max_length=254)


class ReasonForm(forms.Form):
    reason = forms.CharField(label=_("Reason"), max_length=2000, widget=forms.Textarea({"dir": "auto", "rows": 3}))


class ProposalForm(forms.Form):
    proposal = forms.CharField(
        label=_("Full proposal"), max_length=100_000, required=False, widget=forms.Textarea({"dir": "auto", "rows": 16})
    )
    file = forms.FileField(label=_("Or as a file"), required=False, widget=forms.FileInput(FILES))
