"""Forms of “diagnose a city”: which files, what their columns mean, what to measure."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django import forms
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from jwp.core.forms import RowForm, chosen_by_ref, plain_dates
from jwp.evidence.files import Kept, keep_data
from jwp.evidence.models import Run
from jwp.evidence.rules import UPLOADS, Upload
from jwp.partners.models import Place

# What each file is, and what stands in it.
FILES = {
    "answers": (_("The sheet"), _("One row a person, one column a question; the first row names them.")),
    "survey": (_("The data"), _("As the statistical office gives them out, in one file or several alike.")),
    "declaration": (_("How it was drawn"), _("A file that describes the survey, if you have one. Else you are asked.")),
    "streets": (_("Streets"), _("An extract of OpenStreetMap (.osm.pbf), or two tables: nodes and links.")),
    "homes": (_("Homes"), _("Columns home, lon, lat, sex, age, persons: how many women and men live where.")),
    "places": (_("Places"), _("Columns place, lon, lat, kind, amount, opens, closes: childcare, jobs, schools.")),
    "timetables": (_("Timetables of public transport"), _("GTFS, one zip an operator. Without: only walking.")),
    "zones": (_("Zones"), _("Polygons (GeoJSON, property zone) on which maps are drawn.")),
    "duties": (_("Who has care duties"), _("Columns sex, duty (0 or 1), persons: for the gap between women and men.")),
    "ratings": (_("The ratings"), _("As the audit’s form gives them: one row a street, ratings from 0 to 3.")),
}  # fmt: skip
SEXES = (("", _("left out")), ("f", _("women")), ("m", _("men")), ("x", _("another, or not stated")))
NONE = [("", _("none"))]


class Files(forms.ClearableFileInput):
    allow_multiple_selected = True


class FilesField(forms.FileField):
    """One or more files."""

    widget = Files

    def clean(self, data: Any, initial: Any = None) -> Any:
        given = data if isinstance(data, list) else [data] if data else []
        if not given and not self.required:
            return []
        return [super(FilesField, self).clean(one, initial) for one in given or [None]]


class UploadForm(RowForm):
    language = forms.ChoiceField(label=_("Language of the report"), choices=settings.LANGUAGES)

    class Meta:
        model = Run
        fields = ("title", "place", "source", "language")

    def __init__(self, *args: Any, kind: str, again: bool = False, **options: Any) -> None:
        """`again`: only what was mended has to be sent."""
        super().__init__(*args, **options)
        self.uploads: tuple[Upload, ...] = UPLOADS[kind]
        cities = Place.objects.filter(kind=Place.Kind.CITY)
        self.fields["place"].queryset = cities  # type: ignore[attr-defined]
        self.fields["place"].help_text = _("It can be added later; a run is published on the page of its city.")
        for upload in self.uploads:
            label, help_ = FILES[upload.role]
            widget = (Files if upload.several else forms.ClearableFileInput)(attrs={"accept": ",".join(upload.endings)})
            made = FilesField if upload.several else forms.FileField
            self.fields[upload.role] = made(
                label=label, help_text=help_, required=upload.needed and not again, widget=widget
            )

    @property
    def values(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in self.Meta.fields}

    def kept(self) -> Iterator[tuple[str, Kept]]:
        """Every file, checked and on disk; Refused says what to send instead."""
        for upload in self.uploads:
            given: Any = self.cleaned_data[upload.role]
            for one in given if isinstance(given, list) else [given] if given else []:
                assert isinstance(one, UploadedFile)
                yield upload.role, keep_data(one, upload.endings)


class ChoicesForm(forms.Form):
    """What we guessed from the files, to be put right. Each kind of run asks its own questions."""

    revision = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, run: Run, **options: Any) -> None:
        guess, chosen = run.guess, run.guess.get("choices", {}) | run.parameters
        options["initial"] = chosen | {"revision": run.revision}
        super().__init__(*args, **options)
        self.run = run
        ask = {"sheet": self._sheet, "survey": self._survey, "access": self._access, "audit": self._audit}
        ask[run.kind](guess)
        self.codes = self._codes(guess, chosen)
        plain_dates(self)
        chosen_by_ref(self)

    def _sheet(self, guess: dict[str, Any]) -> None:
        self._sex(guess)
        self.fields["sex"].required = False  # a workshop of women only has no such column
        self.fields["questions"] = forms.MultipleChoiceField(
            label=_("Answers to count"), choices=[(name, name) for name in guess.get("questions", [])],
            widget=forms.CheckboxSelectMultiple,
        )  # fmt: skip

    def _survey(self, guess: dict[str, Any]) -> None:
        if not guess.get("declared"):
            self._design(guess)
        for name, label in (("proportion", _("Shares of the answers to")), ("mean", _("Means of"))):
            self.fields[name] = forms.MultipleChoiceField(
                label=label, choices=[(one, one) for one in guess.get(name, [])], required=False,
                widget=forms.CheckboxSelectMultiple,
            )  # fmt: skip
        if guess.get("declared"):
            self.fields["proportion"].help_text = _(
                "Without any, every indicator of the catalogue is computed that the survey can give."
            )

    def _design(self, guess: dict[str, Any]) -> None:
        self._sex(guess)
        columns = [(name, name) for name in guess.get("columns", [])]
        for name, label, help_ in (
            ("weight", _("Weight"), _("How many people a row stands for: without it nothing can be said of all.")),
            ("strata", _("Strata"), _("The parts of the country that were sampled apart.")),
            ("cluster", _("Clusters"), _("Blocks or villages drawn first. Without them errors look too small.")),
        ):  # fmt: skip
            self.fields[name] = forms.ChoiceField(
                label=label, help_text=help_, choices=NONE + columns, required=name == "weight"
            )

    def _sex(self, guess: dict[str, Any]) -> None:
        names = [(name, name) for name in guess.get("values", {})]
        self.fields["sex"] = forms.ChoiceField(label=_("The column that says sex"), choices=[("", _("choose")), *names])

    def _codes(self, guess: dict[str, Any], chosen: dict[str, Any]) -> list[str]:
        """One question a code of the sex column. Codes are told apart by their number: they may hold anything."""
        if "sex" not in self.fields:
            return []
        column = self.data.get("sex") or chosen.get("sex", "") if self.is_bound else chosen.get("sex", "")
        codes = guess.get("values", {}).get(column, [])
        known = chosen.get("codes", {}) if column == chosen.get("sex") else {}
        for number, code in enumerate(codes):
            self.fields[f"code-{number}"] = forms.ChoiceField(
                label=code, choices=SEXES, required=False, initial=known.get(code, "")
            )
        return list(codes)

    def _access(self, guess: dict[str, Any]) -> None:
        kinds = [(name, name) for name in guess.get("kinds", [])]
        for name, label, low, top, unit in (
            ("limit", _("Time for the whole way"), 5, 180, _("minutes")),
            ("dwell", _("Time at the care stop"), 0, 60, _("minutes")),
            ("speed", _("Walking speed"), 1, 8, _("km/h")),
        ):
            self.fields[name] = forms.FloatField(label=label, min_value=low, max_value=top, help_text=unit)
        if not kinds:
            return
        self.fields["care"] = forms.ChoiceField(label=_("Care stop"), choices=NONE + kinds, required=False)
        self.fields["work"] = forms.ChoiceField(label=_("What is to be reached"), choices=kinds)
        self.fields["illustrative"] = forms.MultipleChoiceField(
            label=_("Kinds of place that are made up"), choices=kinds, required=False,
            widget=forms.CheckboxSelectMultiple, help_text=_("For a trial. It is said in every result."),
        )  # fmt: skip
        self.fields["departs"] = forms.CharField(
            label=_("Departures"), help_text=_("Such as 07:30, or 07:00-09:00 every 15."), max_length=40, required=False
        )
        if guess.get("timetables"):
            self.fields["date"] = forms.DateField(
                label=_("Day"), help_text=_("The timetables run from %(first)s to %(last)s.") % guess["timetables"]
            )

    def _audit(self, guess: dict[str, Any]) -> None:
        pass

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        said = {given.get(f"code-{number}", "") for number in range(len(self.codes))}
        if self.codes and not {"f", "m"} <= said:
            self.add_error("sex", _("Say which codes are women and which are men."))
        if "weight" in self.fields and not (given.get("proportion") or given.get("mean")):
            self.add_error("proportion", _("Choose at least one column to measure."))
        return given

    @property
    def parameters(self) -> dict[str, Any]:
        names = [name for name in self.fields if name != "revision" and not name.startswith("code-")]
        found = {name: self.cleaned_data[name] for name in names}
        if "date" in found:
            found["date"] = found["date"].isoformat()
        if self.codes:
            found["codes"] = {
                code: sex for number, code in enumerate(self.codes) if (sex := self.cleaned_data[f"code-{number}"])
            }
        return found


class WithdrawForm(forms.Form):
    revision = forms.IntegerField(required=False, widget=forms.HiddenInput)
    reason = forms.CharField(
        label=_("Reason"), max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Needed once there is a result. Whoever read it is told so on the page."),
    )  # fmt: skip
