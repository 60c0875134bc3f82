"""The form of one answer sheet, made from its instrument."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from jwp.instruments.models import AnswerSheet
from jwp.instruments.rules import Answer, Choice, Instrument, Profile, options, questions
from jwp.instruments.words import local, question


class SheetForm(forms.Form):
    subject = forms.CharField(
        label=_("What it is about"), max_length=80,
        help_text=_("The reference of the unit, target, finding or project, as in its address."),
    )  # fmt: skip
    stage = forms.ChoiceField(label=_("Stage"))

    def __init__(self, *args: Any, instrument: Instrument, stages: list[AnswerSheet.Stage], **options_: Any) -> None:
        super().__init__(*args, **options_)
        self.instrument = instrument
        self.fields["stage"].choices = [(stage, stage.label) for stage in stages]  # type: ignore[attr-defined]
        ratings = [(option.code, self._words(option)) for option in options(instrument)]
        nothing = [] if isinstance(instrument, Choice) else [("", _("cannot say"))]
        for item in questions(instrument):
            self.fields[item] = forms.ChoiceField(
                label=question(instrument, item), choices=[*ratings, *nothing], widget=forms.RadioSelect,
                required=not nothing, initial="" if nothing else None,
            )  # fmt: skip
            self.fields[f"{item}.quote"] = forms.CharField(
                label=_("What shows it"), required=False, widget=forms.Textarea(attrs={"rows": 2})
            )
            self.fields[f"{item}.link"] = forms.URLField(label=_("Link"), required=False, assume_scheme="https")

    @staticmethod
    def _words(option: Any) -> str:
        return f"{local(option.name)}: {local(option.means)}" if option.means else local(option.name)

    def asked(self) -> list[tuple[str, list[tuple[Any, Any, Any]]]]:
        """Per group: of each question its ratings, quote and link."""

        def inputs(item: str) -> tuple[Any, Any, Any]:
            return self[item], self[f"{item}.quote"], self[f"{item}.link"]

        if isinstance(self.instrument, Profile):
            groups = self.instrument.groups
            return [(local(group.name), [inputs(item.code) for item in group.items]) for group in groups]
        return [("", [inputs(item) for item in questions(self.instrument)])]

    def answers(self) -> list[Answer]:
        given = self.cleaned_data
        return [
            Answer(item, given[item], given[f"{item}.quote"], given[f"{item}.link"])
            for item in questions(self.instrument)
            if given[item]
        ]
