"""The form of a call's rules, its grid of criteria, and who joins its panel."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from jwp.core.access import Actor
from jwp.core.forms import RowForm, chosen_by_ref, in_our_time
from jwp.core.models import Partnership
from jwp.core.money import Money
from jwp.evidence.forms import LANGUAGES
from jwp.grants.actions.call import Line
from jwp.grants.forms.programmes import OfPeriod
from jwp.grants.models import Call, Criterion
from jwp.partners.models import Person, Place
from jwp.plans.forms import AmountField, CurrencyField, minor_units, typed
from jwp.plans.models import BusinessLine, Theme

AMOUNTS = ("smallest", "largest", "envelope")
INSTANTS = ("opens_at", "closes_at")
# Places whose clock a call may name; what is not of this form are abbreviations and short cuts.
ZONES = ("UTC", *sorted(z for z in available_timezones() if "/" in z and not z.startswith(("Etc/", "SystemV/", "US/"))))


class WallClock(forms.CharField):
    """A day and an hour as a clock on some wall shows them: the zone stands in a field of its own."""

    def __init__(self, **options: Any) -> None:
        super().__init__(required=False, widget=forms.DateTimeInput({"type": "datetime-local"}), **options)

    def to_python(self, value: Any) -> Any:
        text = super().to_python(value)
        if not text:
            return None
        try:
            read = datetime.fromisoformat(text)
        except ValueError as error:
            raise ValidationError(_now("Write a day and an hour, such as 2026-12-09 14:00.")) from error
        in_our_time(read)
        return read.replace(tzinfo=None)


def at_place(clock: datetime, zone: str) -> datetime:
    """The instant at which the clocks of this zone show that. Some are skipped in spring, and no deadline is there."""
    place = ZoneInfo(zone)
    instant = clock.replace(tzinfo=place)
    if instant.astimezone(ZoneInfo("UTC")).astimezone(place).replace(tzinfo=None) != clock:
        raise ValidationError(_now("On that day the clocks there skip this hour. Choose another."))
    return instant.astimezone(ZoneInfo("UTC"))


def shown(instant: datetime | None, zone: str) -> str:
    return instant.astimezone(ZoneInfo(zone)).strftime("%Y-%m-%dT%H:%M") if instant else ""


class CallForm(RowForm):
    languages = forms.MultipleChoiceField(
        label=_("Languages"), choices=LANGUAGES, required=False, widget=forms.CheckboxSelectMultiple,
        help_text=_("In which applications may be written."),
    )  # fmt: skip
    business_line = OfPeriod(BusinessLine.objects.select_related("period"), label=_("Business line"))
    theme = OfPeriod(Theme.objects.select_related("period"), label=_("Theme"), required=False)
    countries = forms.ModelMultipleChoiceField(
        label=_("Eligible countries"), queryset=Place.objects.filter(kind=Place.Kind.COUNTRY), required=False,
        to_field_name="ref", help_text=_("None chosen: any, or those said in words."),
    )  # fmt: skip
    smallest = AmountField(label=_("Smallest grant"), required=False)
    largest = AmountField(label=_("Largest grant"), required=False)
    envelope = AmountField(label=_("In all"), required=False)
    opens_at = WallClock(label=_("Opens"))
    closes_at = WallClock(label=_("Closes"))
    zone = forms.ChoiceField(label=_("Time zone of both"), choices=[(zone, zone) for zone in ZONES])

    class Meta:
        model = Call
        fields = (
            "title", "kind", "business_line", "programme", "theme", "fund", "manager", "about", "gender_statement",
            "languages", "currency", "smallest", "largest", "envelope", "co_financing", "paid_at_most", "countries",
            "countries_text", "sponsors", "no_objection", "opens_at", "closes_at", "zone", "panel_due",
            "comment_days", "proposal_months", "outside_url", "source",
        )  # fmt: skip
        field_classes = {"currency": CurrencyField}
        widgets = {
            "about": forms.Textarea({"rows": 5}),
            "gender_statement": forms.Textarea({"rows": 3}),
        }
        help_texts = {
            "currency": _("Three capitals, such as USD."),
            "countries_text": _("Such as a list kept elsewhere; somebody then looks at each application."),
            "sponsors": _("Members who stand behind an application, each with a letter."),
            "outside_url": _("Where a call on another portal is read and answered."),
        }

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        call: Call = self.instance
        if call.pk:
            self.initial.update(rules_shown(call))
        else:
            partnership = Partnership.get()
            self.initial.setdefault("zone", partnership.time_zone if partnership else "UTC")
        given = self.data.get(self.add_prefix("currency")) if self.is_bound else self.initial.get("currency")
        for name in AMOUNTS:
            self.fields[name].currency = str(given or "USD").upper()  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or {}
        for name in AMOUNTS:
            if given.get(name) is not None and given.get("currency"):
                self._put(given, name, lambda name=name: minor_units(given[name], given["currency"]))
        for name in INSTANTS:
            if given.get(name) is not None and given.get("zone"):
                self._put(given, name, lambda name=name: at_place(given[name], given["zone"]))
        if given.get("kind") == Call.Kind.OUTSIDE and not given.get("outside_url"):
            self.add_error("outside_url", _now("Say where the call is run."))
        return given

    def _put(self, given: dict[str, Any], name: str, read: Any) -> None:
        try:
            given[name] = read()
        except ValidationError as error:
            self.add_error(name, error)

    @property
    def rules(self) -> dict[str, Any]:
        """The fields of the row itself."""
        return {name: value for name, value in self.values.items() if name != "countries"}


def rules_shown(call: Call) -> dict[str, Any]:
    """What the fields show that is kept otherwise: amounts in units, instants by the clock of its zone."""
    found: dict[str, Any] = {}
    for name in AMOUNTS:
        minor = getattr(call, name)
        found[name] = "" if minor is None else typed(Money(minor, call.currency))
    for name in INSTANTS:
        found[name] = shown(getattr(call, name), call.zone)
    found["countries"] = [row.place.ref for row in call.countries.select_related("place")]
    found["languages"] = call.languages
    return found


# What a copy of an earlier call does not take along.
OWN = {"opens_at", "closes_at", "panel_due", "source", "revision"}


def copied(call: Call) -> dict[str, Any]:
    """The rules of an earlier call as a new form shows them, without its dates."""
    initial = rules_shown(call)
    for name in CallForm.Meta.fields:
        initial.setdefault(name, getattr(call, name, None))
    return {name: value for name, value in initial.items() if name not in OWN}


class CriterionForm(forms.ModelForm):  # type: ignore[type-arg]
    """One line of the grid. A line without a name is no line."""

    ref = forms.CharField(required=False, widget=forms.HiddenInput)
    name = forms.CharField(label=_("Criterion"), max_length=200, required=False)
    points = forms.IntegerField(label=_("Points at most"), min_value=1, max_value=1000, required=False)

    class Meta:
        model = Criterion
        fields = ("ref", "name", "about", "points", "gender")
        widgets = {"about": forms.TextInput}
        labels = {"gender": _("Gender")}

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for field in self.fields.values():
            tick = isinstance(field.widget, forms.CheckboxInput)
            field.widget.attrs["class"] = "form-check-input" if tick else "form-control"

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or {}
        if given.get("name") and not given.get("points") and "points" not in self.errors:
            self.add_error("points", _now("Say how many points it gives at most."))
        if given.get("about") and not given.get("name"):
            self.add_error("name", _now("Name the criterion."))
        return given

    def validate_unique(self) -> None:
        """The grid is looked at as a whole, by its action."""


CriterionForms = forms.formset_factory(CriterionForm, extra=4)


def lines(grid: Any) -> list[Line]:
    return [
        Line(ref=row["ref"], name=row["name"], about=row["about"], points=row["points"], gender=row["gender"])
        for row in grid.cleaned_data
        if row.get("name")
    ]


def grid_of(call: Call, *, copy: bool = False) -> list[dict[str, Any]]:
    names = ("name", "about", "points", "gender")
    return [
        {name: getattr(row, name) for name in names} | {"ref": "" if copy else row.ref} for row in call.criteria.all()
    ]


class PanelForm(forms.Form):
    person = forms.ModelChoiceField(label=_("Person"), queryset=Person.objects.none())

    def __init__(self, call: Call, actor: Actor, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        chosen_by_ref(self)
        sitting = call.panel.filter(left_on=None).values("person")
        field: Any = self.fields["person"]
        field.queryset = Person.objects.exclude(pk__in=sitting).exclude(left_on__lte=actor.today)
