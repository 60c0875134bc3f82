"""Forms of screening: the worksheet, the reading of a statement, a result's level, a gate's policy."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from jwp.core.forms import RowForm
from jwp.gender.forms import PlainForm
from jwp.grants.actions.gate import gating_instruments
from jwp.grants.actions.screening import Promise
from jwp.grants.forms.programmes import OfPeriod
from jwp.grants.models import GatePolicy
from jwp.instruments.forms import SheetForm
from jwp.instruments.models import AnswerSheet
from jwp.instruments.rules import SCORE, Choice, Classes, options
from jwp.instruments.words import WORDINGS, local
from jwp.partners.models import Office
from jwp.plans.models import BusinessLine


class WorksheetForm(SheetForm):
    """The criteria of one instrument, in the order of the classes that need them; and a condition, where one agrees."""

    def __init__(self, *args: Any, instrument: Classes, stage: str, may_set_condition: bool, **options_: Any) -> None:
        super().__init__(*args, instrument=instrument, stages=list(AnswerSheet.Stage), **options_)
        self.classes = instrument
        for name in ("subject", "stage", "phase", "unit"):
            del self.fields[name]
        self.fields["reason"].label = _("Why you say otherwise")
        self.fields["reason"].help_text = _("Where you change the class or a criterion that was proposed or agreed.")
        for item in (c.code for c in instrument.criteria):
            self.fields[f"{item}.link"].help_text = _(
                "Left empty, it links to the proposal where the passage is in it."
            )
        if stage == AnswerSheet.Stage.AGREED and may_set_condition:
            self.fields["condition"] = forms.CharField(
                label=_("On this condition"), required=False, max_length=500, help_text=_("Empty: without one.")
            )
            self.fields["owner"] = forms.ModelChoiceField(
                Office.objects.order_by("name"), label=_("Who meets it"), required=False, to_field_name="ref"
            )
            self.fields["due"] = forms.DateField(
                label=_("By"), required=False, widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
            )

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or {}
        if given.get("condition") and not (given.get("owner") and given.get("due")):
            raise forms.ValidationError(_now("A condition says who meets it, and by when."))
        return given

    def promise(self) -> Promise | None:
        given = self.cleaned_data
        if not given.get("condition"):
            return None
        return Promise(given["condition"], given["owner"], given["due"])

    def criteria(self) -> list[tuple[str, list[Any]]]:
        """Under one heading each: what every class needs, what only one of them does, and the rest."""
        needed = {c.code: [one for one in self.classes.classes if c.code in one.needs] for c in self.classes.criteria}
        everybody = len(self.classes.classes)
        found: dict[str, list[Any]] = {}
        for criterion in self.classes.criteria:
            by = needed[criterion.code]
            if len(by) == everybody:
                heading = _now("For every class")
            else:
                codes = _now(" and ").join(f"{one.code} {local(one.name)}" for one in by)
                heading = _now("For %(classes)s") % {"classes": codes}
            wording = str(WORDINGS[criterion.wording]) if criterion.wording == "unconfirmed" else ""
            found.setdefault(heading, []).append((criterion.code, *self.inputs(criterion.code), wording))
        return list(found.items())

    @property
    def declared(self) -> Any:
        return self[SCORE]


class StatementForm(forms.Form):
    """One choice and one sentence."""

    answer = forms.ChoiceField(label=_("The statement"), widget=forms.RadioSelect)
    sentence = forms.CharField(label=_("In one sentence"), max_length=400)
    reason = forms.CharField(
        label=_("Why you read it otherwise now"), required=False, max_length=400,
        help_text=_("Only where it was read before."),
    )  # fmt: skip

    def __init__(self, *args: Any, instrument: Choice, **options_: Any) -> None:
        super().__init__(*args, **options_)
        self.fields["answer"].choices = _choices(instrument)  # type: ignore[attr-defined]


class ResultForm(PlainForm):
    """An evaluator's level for what came of an item; `owner` and `due` where it is negative."""

    level = forms.ChoiceField(label=_("Level"), widget=forms.RadioSelect)
    quote = forms.CharField(label=_("What shows it"), required=False, widget=forms.Textarea(attrs={"rows": 3}))
    link = forms.URLField(label=_("Link"), required=False, max_length=500, assume_scheme="https")
    owner = forms.ModelChoiceField(
        Office.objects.order_by("name"), label=_("If negative: who answers for it"), required=False,
        help_text=_("Left empty, the task manager's office."),
    )  # fmt: skip
    due = forms.DateField(label=_("If negative: by when"), required=False)
    reason = forms.CharField(
        label=_("Why the level changes"), required=False, max_length=400, help_text=_("Only where it was rated before.")
    )

    def __init__(self, *args: Any, instrument: Choice, **options_: Any) -> None:
        super().__init__(*args, **options_)
        self.fields["level"].choices = _choices(instrument)  # type: ignore[attr-defined]


def _choices(instrument: Choice) -> list[tuple[str, str]]:
    return [(one.code, f"{local(one.name)}: {local(one.means)}") for one in options(instrument)]


class PolicyForm(RowForm):
    """A new policy. Only instruments that may gate are there to choose."""

    business_line = OfPeriod(
        BusinessLine.objects.select_related("period"), label=_("Business line"), required=False,
        empty_label=_("every business line"),
    )  # fmt: skip
    instrument = forms.ChoiceField(label=_("Instrument"))

    class Meta:
        model = GatePolicy
        fields = ("stage", "business_line", "kind", "instrument", "unit", "readers", "starts", "ends", "reason")

    def __init__(self, *args: Any, **options_: Any) -> None:
        super().__init__(*args, **options_)
        self.fields["instrument"].choices = [  # type: ignore[attr-defined]
            (one.id, local(one.name)) for one in gating_instruments()
        ]
        self.fields["readers"].widget = forms.Select(
            choices=[(2, _("two: one proposes, one agrees")), (3, _("three: somebody reads in between"))]
        )
        self.fields["reason"].required = True
