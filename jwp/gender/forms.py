"""Forms of the Gender Action Plan. Dates are native date fields: every phone knows them."""

from __future__ import annotations

from datetime import date
from itertools import islice
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from jwp.core.forms import RowForm, chosen_by_ref, plain_dates
from jwp.evidence.models import Approval
from jwp.partners.models import Body, Office
from jwp.plans.models import BusinessLine, Objective, Plan, PriorityArea, StrategyPeriod, Target, Theme


class PlainForm(forms.Form):
    """A form over no row: dates by the browser's calendar, rows chosen by ref."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        plain_dates(self)
        chosen_by_ref(self)


class MonthsField(forms.CharField):
    """ "6, 12, 18, 24" as a list of rising months."""

    def clean(self, value: Any) -> list[int]:
        text = super().clean(value)
        try:
            months = [int(part) for part in text.replace(";", ",").split(",") if part.strip()]
        except ValueError:
            months = []
        if not months or months != sorted(set(months)) or months[0] < 1:
            raise forms.ValidationError(_("Write rising months, such as 6, 12, 18, 24."))
        return months

    def prepare_value(self, value: Any) -> Any:
        return ", ".join(map(str, value)) if isinstance(value, list) else value


class ScaleField(forms.CharField):
    """ "weak, medium, strong" as a list, from weakest to strongest."""

    def clean(self, value: Any) -> list[str]:
        return [step for part in super().clean(value).split(",") if (step := part.strip())]

    def prepare_value(self, value: Any) -> Any:
        return ", ".join(value) if isinstance(value, list) else value


class PlanForm(RowForm):
    months = MonthsField(
        label=_("Rounds, in months from adoption"), initial=[6, 12, 18, 24],
        help_text=_("Every six months for the first two years is the usual promise."),
    )  # fmt: skip

    class Meta:
        model = Plan
        fields = (
            "title", "summary", "period", "starts", "ends", "months", "then_every", "opens_before", "closes_after",
            "grace_days", "public",
        )  # fmt: skip
        widgets = {"summary": forms.Textarea(attrs={"rows": 3})}


class BringInForm(PlainForm):
    """A plan adopted before this system: by whom, when, with which reference."""

    body = forms.ModelChoiceField(Body.objects.all(), label=_("Adopted by"))
    on = forms.DateField(label=_("on"))
    reference = forms.CharField(
        label=_("Reference"), max_length=200, required=False, help_text=_("Decision number, minutes or page.")
    )
    first_round = forms.TypedChoiceField(
        label=_("First round kept here"),
        coerce=int,
        help_text=_("Earlier ones are shown as “before this system”."),
    )

    def __init__(self, plan: Plan, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        months = islice(plan.cadence.numbers(), 24)
        self.fields["first_round"].choices = [(n, f"M{m}") for n, m in enumerate(months, start=1)]  # type: ignore[attr-defined]


class TargetForm(RowForm):
    unit = forms.CharField(
        label=_("Unit"),
        max_length=60,
        required=False,
        help_text=_("Such as people, cities, %. Left empty: people."),
    )

    scale = ScaleField(
        label=_("Rating scale"), required=False,
        help_text=_("For a rating: its steps from weakest to strongest, with commas.")
    )  # fmt: skip

    class Meta:
        model = Target
        fields = (
            "number", "text", "area", "objective", "kind", "indicator", "baseline", "baseline_text",
            "value", "value_text",
            "scale", "due", "holder", "theme", "business_line", "evidence_required", "public",
        )  # fmt: skip
        widgets = {"text": forms.Textarea(attrs={"rows": 2})}

    def __init__(self, plan: Plan, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.instance.plan = plan
        self.fields["area"].queryset = PriorityArea.objects.filter(plan=plan)  # type: ignore[attr-defined]
        self.fields["objective"].queryset = Objective.objects.filter(plan=plan)  # type: ignore[attr-defined]
        self.fields["business_line"].queryset = BusinessLine.objects.filter(period=plan.period)  # type: ignore[attr-defined]
        self.fields["theme"].queryset = Theme.objects.filter(period=plan.period)  # type: ignore[attr-defined]
        self.fields["holder"].queryset = Office.objects.select_related("body")  # type: ignore[attr-defined]
        for name in ("baseline", "value"):  # as people write it, without the zeros of the database
            if (number := self.initial.get(name)) is not None:
                self.initial[name] = f"{number.normalize():f}"
        if self.instance.pk:
            del self.fields["unit"]


class PromiseForm(TargetForm):
    """A change of a promise that was adopted: with the reason and, for value or date, the decision."""

    reason = forms.CharField(label=_("Reason"), widget=forms.Textarea(attrs={"rows": 2}))
    approval = forms.ModelChoiceField(
        Approval.objects.none(), label=_("Decision"), required=False,
        help_text=_("Needed to change the value or the due date; record it under Meetings first."),
    )  # fmt: skip

    def __init__(self, plan: Plan, *args: Any, **kwargs: Any) -> None:
        super().__init__(plan, *args, **kwargs)
        self.fields["approval"].queryset = decisions_for(plan)  # type: ignore[attr-defined]


def decisions_for(plan: Plan) -> Any:
    """The decisions a change can rest on: about this plan, and later than the one that adopted it."""
    return Approval.objects.filter(subject=plan.ref).exclude(pk=plan.adoption_id).select_related("body")


class SettleForm(PlainForm):
    """Drop or achieve a promise."""

    verb = forms.ChoiceField(
        label=_("What became of it"),
        choices=[("achieve", _("achieved")), ("drop", _("dropped"))],
        widget=forms.RadioSelect,
    )
    reason = forms.CharField(label=_("Reason"), widget=forms.Textarea(attrs={"rows": 2}))
    approval = forms.ModelChoiceField(
        Approval.objects.none(), label=_("Decision"), required=False, help_text=_("Needed to drop a promise.")
    )

    def __init__(self, plan: Plan, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["approval"].queryset = decisions_for(plan)  # type: ignore[attr-defined]


class AreaForm(RowForm):
    class Meta:
        model = PriorityArea
        fields = ("name", "level", "order")


class ObjectiveForm(RowForm):
    class Meta:
        model = Objective
        fields = ("text", "area", "order")
        widgets = {"text": forms.Textarea(attrs={"rows": 2})}

    def __init__(self, plan: Plan, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["area"].queryset = PriorityArea.objects.filter(plan=plan)  # type: ignore[attr-defined]


class PeriodForm(RowForm):
    class Meta:
        model = StrategyPeriod
        fields = ("name", "starts", "ends", "document")


class LineForm(RowForm):
    class Meta:
        model = BusinessLine
        fields = ("period", "name", "successor", "order")
        help_texts = {"successor": _("What it became in the next period.")}


class ThemeForm(RowForm):
    class Meta:
        model = Theme
        fields = ("period", "name", "successor")
        help_texts = {"successor": _("What it became in the next period.")}


class MergeForm(PlainForm):
    into = forms.ModelChoiceField(Target.objects.none(), label=_("Merged into"))
    reason = forms.CharField(label=_("Reason"), widget=forms.Textarea(attrs={"rows": 2}))
    approval = forms.ModelChoiceField(Approval.objects.none(), label=_("Decision"))

    def __init__(self, target: Target, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        others = Target.objects.filter(plan=target.plan, state=Target.STANDS).exclude(pk=target.pk)
        self.fields["into"].queryset = others  # type: ignore[attr-defined]
        self.fields["approval"].queryset = decisions_for(target.plan)  # type: ignore[attr-defined]


class SplitForm(PlainForm):
    parts = forms.CharField(
        label=_("The parts, one a line"), widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("Text of each new target; a number after a bar is its value: Train planners | 60"),
    )  # fmt: skip
    reason = forms.CharField(label=_("Reason"), widget=forms.Textarea(attrs={"rows": 2}))
    approval = forms.ModelChoiceField(Approval.objects.none(), label=_("Decision"))

    def __init__(self, plan: Plan, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["approval"].queryset = decisions_for(plan)  # type: ignore[attr-defined]


class RoundDatesForm(PlainForm):
    opens = forms.DateField(label=_("Opens"))
    due = forms.DateField(label=_("Due"))
    closes = forms.DateField(label=_("May close from"))
    reason = forms.CharField(
        label=_("Reason"), help_text=_("Such as: moved to the calendar half-year, or to the Board's meeting.")
    )


class ActionForm(PlainForm):
    text = forms.CharField(label=_("Action"), max_length=500)
    owner = forms.ModelChoiceField(Office.objects.select_related("body"), label=_("Owner"))
    due = forms.DateField(label=_("Due"), required=False)


class NextPlanForm(PlainForm):
    title = forms.CharField(label=_("Title of the next plan"), max_length=200)
    starts = forms.DateField(label=_("From"))
    ends = forms.DateField(label=_("Until"))
    reason = forms.CharField(label=_("Reason"), initial=_("The next plan begins."))

    def clean(self) -> dict[str, date] | None:
        given = super().clean() or {}
        if given.get("starts") and given.get("ends") and given["ends"] <= given["starts"]:
            self.add_error("ends", _("A plan must end after it starts."))
        return given
