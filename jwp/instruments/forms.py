"""The form of one answer sheet, made from its instrument, and the form by which its wording is confirmed."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from jwp.instruments.editions import CLASS, wordings
from jwp.instruments.models import AnswerSheet
from jwp.instruments.rules import (
    SCORE,
    Answer,
    Choice,
    Classes,
    Criterion,
    Cut,
    Instrument,
    Option,
    Profile,
    options,
    questions,
)
from jwp.instruments.words import UNITS, WORDINGS, local, question

Inputs = tuple[Any, Any, Any]  # rating, quote, link
LANGUAGES = (("en", _("English")), ("fr", _("French")), ("es", _("Spanish")))


class SheetForm(forms.Form):
    """Every question of one instrument, with what shows the answer. `asked` groups them for a template."""

    subject = forms.CharField(
        label=_("What it is about"), max_length=80,
        help_text=_("The reference of the unit, target, finding or project, as in its address."),
    )  # fmt: skip
    stage = forms.ChoiceField(label=_("Stage"))

    def __init__(
        self, *args: Any, instrument: Instrument, stages: Iterable[AnswerSheet.Stage], **options_: Any
    ) -> None:
        super().__init__(*args, **options_)
        self.instrument = instrument
        self.fields["stage"].choices = [(stage, stage.label) for stage in stages]  # type: ignore[attr-defined]
        if isinstance(instrument, Classes | Cut):
            self._add_circumstances(instrument)
        for item in questions(instrument):
            self._add_question(item)

    def _add_circumstances(self, instrument: Classes | Cut) -> None:
        """When, what is coded and why anew: asked of instruments that are answered more than once."""
        phases = [(phase.value, phase.label) for phase in AnswerSheet.Phase]
        if isinstance(instrument, Cut):
            phases = [one for one in phases if one[0] in instrument.phases]
        else:
            phases = [("", _("first screening")), *(one for one in phases if one[0] != AnswerSheet.Phase.MONITORING)]
        self.fields["phase"] = forms.ChoiceField(label=_("Phase"), choices=phases, required=isinstance(instrument, Cut))
        units = [(unit, UNITS[unit]) for unit in instrument.units]
        self.fields["unit"] = forms.ChoiceField(label=_("What is coded"), choices=units)
        self.fields["reason"] = forms.CharField(
            label=_("Why the score changes"), required=False, widget=forms.Textarea(attrs={"rows": 2}),
            help_text=_("Only where a sheet already filled in gets another score."),
        )  # fmt: skip

    def _add_question(self, item: str) -> None:
        instrument = self.instrument
        blank = [] if isinstance(instrument, Choice) else [("", self._blank(item))]
        self.fields[item] = forms.ChoiceField(
            label=question(instrument, item), widget=forms.RadioSelect, required=not blank,
            choices=[*((option.code, self._words(option)) for option in options(instrument, item)), *blank],
            initial="" if blank else None,
        )  # fmt: skip
        if self.takes_proof(item):
            self.fields[f"{item}.quote"] = forms.CharField(
                label=_("Quoted passage") if isinstance(instrument, Classes) else _("What shows it"),
                required=False, widget=forms.Textarea(attrs={"rows": 2}),
            )  # fmt: skip
            self.fields[f"{item}.link"] = forms.URLField(
                label=_("Link"), required=False, max_length=500, assume_scheme="https"
            )

    def takes_proof(self, item: str) -> bool:
        """A declared class stands on its criteria; a team codes its own work without quoting it."""
        return item != SCORE and not isinstance(self.instrument, Cut)

    def _blank(self, item: str) -> Any:
        if isinstance(self.instrument, Profile):
            return _("cannot say")
        return _("not screened") if item == SCORE else _("not answered")

    def _words(self, option: Option) -> str:
        name = local(option.name)
        if isinstance(self.instrument, Classes | Cut) and option.code not in ("met", "not-met", "yes", "no"):
            name = f"{option.code} {name}"
        return f"{name}: {local(option.means)}" if option.means else name

    def inputs(self, item: str) -> Inputs:
        """The fields of one question: its ratings, quote and link."""
        if not self.takes_proof(item):
            return self[item], None, None
        return self[item], self[f"{item}.quote"], self[f"{item}.link"]

    def asked(self) -> list[tuple[str, list[Inputs]]]:
        """Per group: of each question its ratings, quote and link."""
        if isinstance(self.instrument, Profile):
            groups = self.instrument.groups
            return [(local(group.name), [self.inputs(item.code) for item in group.items]) for group in groups]
        return [("", [self.inputs(item) for item in questions(self.instrument)])]

    def answers(self) -> list[Answer]:
        given = self.cleaned_data
        return [
            Answer(item, given[item], given.get(f"{item}.quote", ""), given.get(f"{item}.link", ""))
            for item in questions(self.instrument)
            if given[item]
        ]

    def circumstances(self) -> dict[str, str]:
        """What `actions.fill` takes besides the answers."""
        return {name: self.cleaned_data.get(name, "") for name in ("phase", "unit", "reason")}


def as_filled(sheet: AnswerSheet) -> dict[str, str]:
    """A sheet as the form's `initial`, to be answered anew."""
    found = {"subject": sheet.subject, "stage": sheet.stage, "phase": sheet.phase, "unit": sheet.unit}
    for answer in sheet.given():
        found |= {answer.item: answer.value, f"{answer.item}.quote": answer.quote, f"{answer.item}.link": answer.link}
    return found


class WordingForm(forms.Form):
    """How an instrument words its criteria, to be confirmed or corrected one by one."""

    source = forms.CharField(label=_("Source"), max_length=300, help_text=_("The document that says so."))
    page = forms.CharField(label=_("Page"), max_length=40, required=False)

    def __init__(self, *args: Any, instrument: Instrument, **options_: Any) -> None:
        super().__init__(*args, **options_)
        self.instrument = instrument
        for item, text in wordings(instrument).items():
            self.fields[f"{item}.confirm"] = forms.BooleanField(label=_("I confirm this wording"), required=False)
            for language, label in LANGUAGES:
                self.fields[f"{item}.{language}"] = forms.CharField(
                    label=label, required=False, initial=text.get(language, ""), widget=forms.Textarea({"rows": 2})
                )

    def rows(self) -> list[tuple[str, str, Any, list[Any]]]:
        """Of each wording: what it is now, its standing, the box to tick, and its languages. What waits comes first."""
        statuses = _statuses(self.instrument)
        texts = wordings(self.instrument)
        items = sorted(texts, key=lambda item: statuses[item] != "unconfirmed")
        return [
            (
                _of_class(self.instrument, item) or local(texts[item]),
                str(WORDINGS[statuses[item]]),
                self[f"{item}.confirm"],
                [self[f"{item}.{one}"] for one, _l in LANGUAGES],
            )
            for item in items
        ]

    def confirmed(self) -> dict[str, dict[str, str]]:
        given = self.cleaned_data
        return {
            item: {language: given[f"{item}.{language}"].strip() for language, _label in LANGUAGES}
            for item in wordings(self.instrument)
            if given[f"{item}.confirm"]
        }


def _of_class(instrument: Instrument, item: str) -> str:
    """What a class means is long: it goes by its code and name."""
    classes = instrument.classes if isinstance(instrument, Classes) else ()
    return next((f"{one.code} {local(one.name)}" for one in classes if f"{CLASS}{one.code}" == item), "")


def _statuses(instrument: Instrument) -> dict[str, str]:
    if not isinstance(instrument, Classes | Cut):
        return {}
    asked: tuple[Criterion, ...] = instrument.criteria if isinstance(instrument, Classes) else instrument.items
    coded: tuple[Option, ...] = instrument.classes if isinstance(instrument, Classes) else instrument.codes
    return {one.code: one.wording for one in asked} | {CLASS + one.code: one.wording for one in coded}
