"""Forms for definitions, and for one reading with its cells by sex."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from jwp.core.forms import RowForm, chosen_by_ref, plain_dates
from jwp.indicators.models import Indicator, Reading
from jwp.indicators.rules import FEMALE, MALE, NOT_STATED, Cell

SPLITS = (("sex", _("by sex")), ("age", _("by age")), ("place", _("by place")))
SEXES = (
    ("women", FEMALE, _("Women")),
    ("men", MALE, _("Men")),
    ("unstated", NOT_STATED, _("Not stated")),
    ("total", "", _("Total")),
)


class IndicatorForm(RowForm):
    disaggregations = forms.MultipleChoiceField(
        label=_("Required splits"), choices=SPLITS, required=False, widget=forms.CheckboxSelectMultiple,
        help_text=_("A value without them is shown as not disaggregated."),
    )  # fmt: skip

    class Meta:
        model = Indicator
        fields = (
            "name", "definition", "universe", "unit", "counts", "aggregation", "disaggregations", "decimals",
            "frequency", "method", "source",
        )  # fmt: skip
        widgets = {name: forms.Textarea(attrs={"rows": 3}) for name in ("definition", "method")}


class VersionForm(IndicatorForm):
    series_break = forms.CharField(
        label=_("Why old values cannot be compared"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Leave empty if they still can."),
    )


class ReadingForm(forms.Form):
    """One reading; a ratio asks for both its numbers."""

    starts = forms.DateField(label=_("First day"))
    last = forms.DateField(label=_("Last day"))
    contributor = forms.CharField(
        label=_("From whom"), max_length=80, required=False,
        help_text=_("The reference of the unit, project or member the value comes from."),
    )  # fmt: skip
    estimated = forms.BooleanField(label=_("Estimated"), required=False)
    coverage_n = forms.IntegerField(label=_("Covers"), min_value=0, required=False)
    coverage_of = forms.IntegerField(
        label=_("Out of"), min_value=1, required=False, help_text=_("Such as 5 of 9 cities.")
    )
    source = forms.CharField(label=_("Source"), max_length=300, required=False)
    why = forms.CharField(label=_("Why no data, or how estimated"), max_length=500, required=False)

    def __init__(self, *args: Any, indicator: Indicator, corrects: Reading | None = None, **options: Any) -> None:
        super().__init__(*args, **options)
        self.ratio = indicator.aggregation == "ratio"
        for name, _sex, label in SEXES:
            for part in ("", "_of") if self.ratio else ("",):
                text = _("%(cell)s, out of") % {"cell": label} if part else label
                self.fields[name + part] = forms.DecimalField(
                    label=text, max_digits=15, decimal_places=4, required=False
                )
        if corrects:
            self.fields["reason"] = forms.CharField(label=_("Why it is corrected"), max_length=500)
        plain_dates(self)

    def grid(self) -> list[tuple[Any, list[Any]]]:
        """The cells as rows: what each is called, and its one or two inputs."""
        parts = ("", "_of") if self.ratio else ("",)
        return [(label, [self[name + part] for part in parts]) for name, _sex, label in SEXES]

    def before_grid(self) -> list[Any]:
        return [self[name] for name in ("starts", "last", "contributor")]

    def after_grid(self) -> list[Any]:
        names = ("estimated", "coverage_n", "coverage_of", "source", "why", "reason")
        return [self[name] for name in names if name in self.fields]

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if given.get("starts") and given.get("last") and given["last"] < given["starts"]:
            self.add_error("last", _("The last day is before the first."))
        if (given.get("coverage_n") is None) != (given.get("coverage_of") is None):
            raise ValidationError(_("Give both numbers of the coverage, or neither."))
        if given.get("coverage_of") and given["coverage_n"] > given["coverage_of"]:
            self.add_error("coverage_n", _("This is more than all of them."))
        return given

    def cells(self) -> list[Cell]:
        """The cells with a number; none at all means no data."""
        found = []
        for name, sex, _label in SEXES:
            value: Decimal | None = self.cleaned_data[name]
            out_of: Decimal | None = self.cleaned_data.get(f"{name}_of")
            if value is None and out_of is None:
                continue
            found.append(Cell(None, sex, numerator=value, denominator=out_of) if self.ratio else Cell(value, sex))
        return found

    def facts(self) -> dict[str, Any]:
        given = self.cleaned_data
        coverage = (given["coverage_n"], given["coverage_of"]) if given["coverage_of"] else None
        names = ("starts", "contributor", "source", "estimated", "why")
        facts = {name: given[name] for name in names} | {
            "coverage": coverage,
            "reason": given.get("reason", ""),
        }
        return facts | {"ends": given["last"] + timedelta(days=1)}


class FromRunForm(forms.Form):
    """Which figures of a run, under which definition, for which time."""

    family = forms.ChoiceField(label=_("Figure"))
    indicator = forms.ModelChoiceField(
        Indicator.objects.filter(superseded_by=None).exclude(aggregation__in=("ratio", "unique")),
        label=_("Indicator"), help_text=_("Estimates add up to nothing: choose one that counts a score."),
    )  # fmt: skip
    starts = forms.DateField(label=_("First day"), help_text=_("Of the time the data speak of."))
    last = forms.DateField(label=_("Last day"))

    def __init__(self, *args: Any, families: list[tuple[str, str]], **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["family"].choices = families  # type: ignore[attr-defined]
        plain_dates(self)
        chosen_by_ref(self)

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if given.get("starts") and given.get("last") and given["last"] < given["starts"]:
            self.add_error("last", _("The last day is before the first."))
        return given


def typed(reading: Reading) -> dict[str, Any]:
    """A reading as its form shows it."""
    shown: dict[str, Any] = {
        name: getattr(reading, name) for name in ("starts", "contributor", "coverage_n", "coverage_of", "source", "why")
    }
    shown |= {
        "last": reading.ends - timedelta(days=1),
        "estimated": reading.status == Reading.Status.ESTIMATED,
    }
    names = {sex: name for name, sex, _label in SEXES}
    for cell in reading.cells.all():
        if cell.age == "" and cell.place_id is None:
            ratio = cell.numerator is not None
            shown[names[cell.sex]] = cell.numerator if ratio else cell.value
            shown[f"{names[cell.sex]}_of"] = cell.denominator
    return shown
