"""The forms of this room. What a form refuses, the action behind it refuses too."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django import forms
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from jwp.core.forms import RowForm
from jwp.instruments.loader import shelf
from jwp.instruments.rules import Profile, say
from jwp.plans.models import Plan
from jwp.reviews.actions.engagement import Group
from jwp.reviews.models import Assessment, Engagement, Finding, Participants, Recommendation, Response
from jwp.reviews.results import Results

THREE_LINES = forms.Textarea({"rows": 3})


def fill_cells(form: forms.BaseForm) -> None:
    """The look of fields in a grid, which crispy does not draw."""
    for field in form.fields.values():
        look = "form-select" if isinstance(field.widget, forms.Select) else "form-control"
        field.widget.attrs["class"] = look


def profiles() -> Iterator[tuple[str, str]]:
    """Instruments that people rate together, by pin."""
    yield "", gettext("none")
    for pin, instrument in shelf().items():
        if isinstance(instrument, Profile):
            yield pin, f"{say(instrument.name, get_language() or 'en')} ({instrument.version})"


class FormsForm(forms.Form):
    """What a group filled in offline, as Kobo or ODK export it."""

    file = forms.FileField(
        label=_("The export"), widget=forms.FileInput({"accept": ".csv,.xlsx"}),
        help_text=_("From Kobo or ODK, as .xlsx or .csv, with its column _uuid or KEY, so that no form counts twice."),
    )  # fmt: skip


class EngagementForm(RowForm):
    instrument = forms.ChoiceField(label=_("Instrument"), choices=profiles, required=False)

    class Meta:
        model = Engagement
        fields = (
            "plan", "title", "kind", "held_on", "ends_on", "place", "place_text", "instrument", "summary",
        )  # fmt: skip
        widgets = {"summary": THREE_LINES}
        help_texts = {"kind": _("Such as: workshop, interview, survey.")}


class GroupForm(forms.ModelForm):  # type: ignore[type-arg]
    """One line of the grid of participants. A line without a role is no line."""

    role = forms.CharField(label=_("Role"), max_length=100, required=False)

    class Meta:
        model = Participants
        fields = ("role", "women", "men", "not_stated")

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        fill_cells(self)

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or {}
        counted = any(given.get(key) is not None for key in ("women", "men", "not_stated"))
        if counted and not given.get("role"):
            self.add_error("role", _("Say who they were, such as: city officials."))
        return given


GroupForms = forms.formset_factory(GroupForm, extra=4)


def groups(formset: Any) -> list[Group]:
    return [
        Group(role=each["role"], women=each["women"], men=each["men"], not_stated=each["not_stated"])
        for each in formset.cleaned_data
        if each.get("role")
    ]


class LinkForm(RowForm):
    link_opens = forms.DateField(label=_("Open from"))
    link_closes = forms.DateField(label=_("Last day to answer"))

    class Meta:
        model = Engagement
        fields = ("link_opens", "link_closes", "min_group")


class AgreedForm(forms.Form):
    """Per element the rating the group agreed on, and why."""

    def __init__(self, found: Results, data: Any) -> None:
        super().__init__(data)
        words = [("", "–"), *((rating.code, rating.word) for rating in found.scale)]
        for _sphere, lines in found.spheres:
            for line in lines:
                self.fields[line.code] = forms.ChoiceField(
                    choices=words, required=False, label=line.name, initial=line.agreed and line.agreed.code
                )
                self.fields[f"{line.code}:why"] = forms.CharField(
                    required=False, initial=line.why, max_length=2000, label=_("Why")
                )
        fill_cells(self)

    def answers(self) -> dict[str, tuple[str, str]]:
        given = self.cleaned_data
        return {code: (given[code], given[f"{code}:why"]) for code in given if not code.endswith(":why")}


class PlanForm(RowForm):
    """Offers only what belongs to the plan."""

    def __init__(self, plan: Plan, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for name in ("area", "assessment", "target", "engagement"):
            if name in self.fields:
                field: Any = self.fields[name]
                field.queryset = field.queryset.filter(plan=plan)


class AssessmentForm(PlanForm):
    instrument = forms.ChoiceField(label=_("Instrument"), choices=profiles, required=False)

    class Meta:
        model = Assessment
        fields = ("title", "area", "made_on", "summary", "method", "instrument", "engagement", "document")
        widgets = {"summary": THREE_LINES, "method": forms.Textarea({"rows": 2})}


class FindingForm(PlanForm):
    class Meta:
        model = Finding
        fields = ("area", "kind", "text", "assessment", "public")
        widgets = {"text": THREE_LINES}


class NewFindingForm(FindingForm):
    """A finding and what is recommended because of it, in one go."""

    recommendation = forms.CharField(
        label=_("Recommendation"), required=False, widget=THREE_LINES,
        help_text=_("May come later. More can be added to the same finding."),
    )  # fmt: skip
    respond_by = forms.DateField(label=_("Respond by"), required=False)


class RecommendationForm(RowForm):
    class Meta:
        model = Recommendation
        fields = ("text", "respond_by")
        widgets = {"text": THREE_LINES}


class ResponseForm(PlanForm):
    class Meta:
        model = Response
        fields = ("kind", "text", "target", "owner")
        widgets = {"kind": forms.RadioSelect, "text": THREE_LINES}

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or {}
        kind = given.get("kind")
        if kind and kind != Response.Kind.ACCEPTED and not (given.get("text") or "").strip():
            self.add_error("text", _("Say why the recommendation is not, or only partly, accepted."))
        return given
