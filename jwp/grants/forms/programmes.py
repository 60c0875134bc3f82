"""One form for a programme: its own fields, and grids of members, places, phases and outputs."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from jwp.core.forms import RowForm, plain_dates
from jwp.evidence.models import Document, Product
from jwp.grants.actions.programmes import Lines, OutputLine, PhaseLine
from jwp.grants.models import Programme, ProgrammeMember
from jwp.partners.models import Organisation, Place
from jwp.plans.models import BusinessLine, Theme

Choices = list[tuple[str, str]]


class OfPeriod(forms.ModelChoiceField):  # type: ignore[type-arg]
    """Business lines and themes change with every strategy period: each is shown with its own."""

    def label_from_instance(self, row: BusinessLine | Theme) -> str:
        return f"{row} ({row.period})"


class ProgrammeForm(RowForm):
    business_line = OfPeriod(BusinessLine.objects.select_related("period"), label=_("Business line"))
    theme = OfPeriod(Theme.objects.select_related("period"), label=_("Theme"), required=False)
    concept = forms.ModelChoiceField(
        Document.objects.all(), label=_("Concept note"), required=False,
        help_text=_("A joint work programme starts once all its members agreed to the newest version."),
    )  # fmt: skip

    class Meta:
        model = Programme
        fields = (
            "name", "kind", "business_line", "theme", "summary", "starts", "ends", "concept", "manager", "public",
        )  # fmt: skip
        widgets = {"summary": forms.Textarea({"rows": 4})}

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        field: Any = self.fields["concept"]
        # Newest versions, and the one that stands: agreements are to whichever version was newest on their day.
        newest = Document.objects.filter(superseded_by=None)
        field.queryset = newest | Document.objects.filter(pk=self.instance.concept_id or 0)


class Cells(forms.Form):
    """One line of a grid, drawn by hand. `key` is what a line cannot do without: empty, there is no line."""

    key = ""

    def __init__(self, *args: Any, choices: dict[str, Choices] | None = None, **options: Any) -> None:
        super().__init__(*args, **options)
        plain_dates(self)
        for name, field in self.fields.items():
            if isinstance(field, forms.ChoiceField) and choices and name in choices:
                field.choices = choices[name]
            if isinstance(field.widget, forms.CheckboxInput):
                field.widget.attrs["class"] = "form-check-input"
            else:
                field.widget.attrs["class"] = "form-select" if isinstance(field, forms.ChoiceField) else "form-control"

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or {}
        typed = any(value for name, value in given.items() if name not in (self.key, "ref", "role"))
        if typed and not given.get(self.key) and self.key not in self.errors:
            self.add_error(self.key, _("Fill this in too, or empty the whole line."))
        return given


class MemberLine(Cells):
    key = "organisation"
    organisation = forms.ChoiceField(label=_("Organisation"), required=False)
    role = forms.ChoiceField(
        label=_("Role"), choices=ProgrammeMember.Role.choices, initial=ProgrammeMember.Role.PARTICIPANT, required=False
    )


class PlaceLine(Cells):
    key = "place"
    place = forms.ChoiceField(label=_("Country or city"), required=False)
    pilot = forms.BooleanField(label=_("Pilot"), required=False)


class PhaseLineForm(Cells):
    key = "name"
    ref = forms.CharField(required=False, widget=forms.HiddenInput)
    name = forms.CharField(label=_("Phase"), max_length=120, required=False)
    starts = forms.DateField(label=_("From"), required=False)
    ends = forms.DateField(label=_("Until"), required=False)

    def clean(self) -> dict[str, Any]:
        given = super().clean()
        starts, ends = given.get("starts"), given.get("ends")
        if given.get("name") and not starts and "starts" not in self.errors:
            self.add_error("starts", _("Say when it begins."))
        if starts and ends and ends < starts:
            self.add_error("ends", _("It cannot end before it starts."))
        return given


class OutputLineForm(Cells):
    key = "text"
    ref = forms.CharField(required=False, widget=forms.HiddenInput)
    text = forms.CharField(label=_("Output"), max_length=400, required=False)
    due = forms.DateField(label=_("Due"), required=False)
    product = forms.ChoiceField(label=_("Product"), required=False)


MemberLines = forms.formset_factory(MemberLine, extra=3)
PlaceLines = forms.formset_factory(PlaceLine, extra=3)
PhaseLines = forms.formset_factory(PhaseLineForm, extra=2)
OutputLines = forms.formset_factory(OutputLineForm, extra=3)


class Grids:
    """The four grids beside the form, bound or as the programme stands."""

    def __init__(self, data: Any, programme: Programme | None, products: QuerySet[Product]) -> None:
        organisations, places = list(Organisation.objects.all()), list(Place.objects.select_related("within"))
        self.organisations = {row.ref: row for row in organisations}
        self.all_places = {row.ref: row for row in places}
        self.products = {row.ref: row for row in products}
        first = _as_it_stands(programme) if programme else {"members": [], "places": [], "phases": [], "outputs": []}
        choices: dict[str, Choices] = {
            "organisation": _choices((row.ref, row.name) for row in organisations),
            "place": _choices((row.ref, f"{row} ({row.within})" if row.within else str(row)) for row in places),
            "product": _choices((row.ref, row.title) for row in self.products.values()),
        }
        made = {
            name: lines(data, prefix=name, initial=first[name], form_kwargs={"choices": choices})
            for name, lines in (
                ("members", MemberLines), ("places", PlaceLines), ("phases", PhaseLines), ("outputs", OutputLines),
            )
        }  # fmt: skip
        self.members, self.places = made["members"], made["places"]
        self.phases, self.outputs = made["phases"], made["outputs"]

    def is_valid(self) -> bool:
        """Each is asked, so that every mistake shows at once."""
        good = [grid.is_valid() for grid in (self.members, self.places, self.phases, self.outputs)]
        return all(good)

    @property
    def lines(self) -> Lines:
        participant = ProgrammeMember.Role.PARTICIPANT
        return Lines(
            [
                (self.organisations[each["organisation"]], each["role"] or participant)
                for each in _filled(self.members, "organisation")
            ],
            [(self.all_places[each["place"]], each["pilot"]) for each in _filled(self.places, "place")],
            [PhaseLine(**each) for each in _filled(self.phases, "name")],
            [
                OutputLine(**each | {"product": self.products.get(each["product"])})
                for each in _filled(self.outputs, "text")
            ],
        )


def _choices(pairs: Any) -> Choices:
    return [("", "–"), *pairs]


def _filled(grid: Any, key: str) -> list[dict[str, Any]]:
    return [each for each in grid.cleaned_data if each.get(key)]


def _as_it_stands(programme: Programme) -> dict[str, list[dict[str, Any]]]:
    return {
        "members": [
            {"organisation": row.organisation.ref, "role": row.role}
            for row in programme.members.select_related("organisation")
        ],
        "places": [{"place": row.place.ref, "pilot": row.pilot} for row in programme.places.select_related("place")],
        "phases": [
            {"ref": row.ref, "name": row.name, "starts": row.starts, "ends": row.ends} for row in programme.phases.all()
        ],
        "outputs": [
            {"ref": row.ref, "text": row.text, "due": row.due, "product": row.product.ref if row.product else ""}
            for row in programme.outputs.select_related("product")
        ],
    }
