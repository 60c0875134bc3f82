"""The plan around a table's promises, as its reader fills it in."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from jwp.core.forms import plain_dates
from jwp.core.period import Cadence, rounds_owed
from jwp.core.workbook import cells
from jwp.core.workbook.cells import Unreadable
from jwp.desk.foreign.bringing import Terms
from jwp.partners.models import Body
from jwp.plans.models import Plan

ADOPTED = ("body", "new_body", "adopted_on", "reference", "first_round")


class TermsForm(forms.Form):
    """One line says by whom and when the plan was adopted; without it the plan stays a draft."""

    plan = forms.ModelChoiceField(
        Plan.objects.none(), required=False, to_field_name="ref", label=_("Into"), empty_label=_("a new plan")
    )
    title = forms.CharField(label=_("Title"), max_length=200, required=False)
    starts = forms.DateField(label=_("From"), required=False)
    ends = forms.DateField(label=_("Until"), required=False)
    months = forms.CharField(
        label=_("Rounds, in months from adoption"), required=False, initial="6, 12, 18, 24", max_length=60
    )
    body = forms.ModelChoiceField(
        Body.objects.none(), required=False, to_field_name="ref", label=_("Adopted by"),
        empty_label=_("not adopted yet, or another body"),
    )  # fmt: skip
    new_body = forms.CharField(label=_("Another body"), max_length=200, required=False)
    adopted_on = forms.DateField(label=_("Adopted on"), required=False)
    reference = forms.CharField(
        label=_("Reference"), max_length=200, required=False, help_text=_("Decision number, minutes, page.")
    )
    first_round = forms.IntegerField(
        label=_("First round kept here"), required=False, min_value=1, max_value=60,
        help_text=_("Empty: the next one due. Earlier ones are shown as before this system."),
    )  # fmt: skip

    def __init__(self, *args: Any, today: date, **options: Any) -> None:
        super().__init__(*args, **options)
        self.today = today
        plain_dates(self)
        drafts: Any = self.fields["plan"]
        drafts.queryset = Plan.objects.filter(state="draft")
        bodies: Any = self.fields["body"]
        bodies.queryset = Body.objects.exclude(kind=Body.Kind.UNIT)
        if not drafts.queryset.exists():
            del self.fields["plan"]

    def clean_months(self) -> list[int]:
        try:
            months = [
                cells.whole(word) for word in self.cleaned_data["months"].replace(";", ",").split(",") if word.strip()
            ]
            return list(Cadence(tuple(months or Cadence.months)).months)
        except (Unreadable, ValueError) as error:
            raise ValidationError(gettext("Write months that rise, such as 6, 12, 18, 24.")) from error

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or {}
        plan: Plan | None = given.get("plan")
        for name in ("title", "starts", "ends"):
            if plan is None and not given.get(name) and name not in self.errors:
                self.add_error(name, gettext("This is needed for a new plan."))
        starts, ends = (plan.starts, plan.ends) if plan else (given.get("starts"), given.get("ends"))
        if starts and ends and starts >= ends:
            self.add_error("ends", gettext("A plan cannot end before it starts."))
        if (
            plan is None
            and starts
            and Plan.objects.filter(title__iexact=given.get("title", ""), ends__gte=starts).exists()
        ):
            self.add_error("title", gettext("A plan of this name runs in these years already. Is it here twice?"))
        self._check_adoption(given, given.get("months") or [], ends)
        return given

    def _check_adoption(self, given: dict[str, Any], months: list[int], ends: date | None) -> None:
        on, by = given.get("adopted_on"), given.get("body") or given.get("new_body")
        if on and not by:
            self.add_error("body", gettext("Say which body adopted the plan."))
        if by and not on and "adopted_on" not in self.errors:
            self.add_error("adopted_on", gettext("Say on which day it was adopted."))
        if on and on > self.today:
            self.add_error("adopted_on", gettext("This day lies ahead."))
        if not (on and ends and months):
            return
        owed = rounds_owed(on, Cadence(tuple(months)), ends)
        if not owed:
            self.add_error("months", gettext("No round would fall before the plan ends."))
        elif (given.get("first_round") or 1) > len(owed):
            self.add_error("first_round", gettext("There are only %(n)d rounds.") % {"n": len(owed)})

    def terms(self) -> Terms:
        given = self.cleaned_data
        return Terms(
            given["title"], given["starts"], given["ends"], given["months"], given.get("plan"), given["body"],
            given["new_body"], given["adopted_on"], given["reference"], given["first_round"],
        )  # fmt: skip
