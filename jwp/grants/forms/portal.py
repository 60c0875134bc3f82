"""Uploading another portal's export, and saying which column is what."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils.text import capfirst
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from jwp.evidence.files import Kept, keep
from jwp.grants.actions.portal import FIELDS


class PortalForm(forms.Form):
    file = forms.FileField(
        label=_("The portal’s export"), widget=forms.FileInput({"accept": ".csv,.xlsx"}),
        help_text=_("A table as .csv or .xlsx, with one row an application and a row of headings."),
    )  # fmt: skip

    def kept(self) -> Kept:
        return keep(self.cleaned_data["file"])


class ColumnsForm(forms.Form):
    """One choice for each of our fields: a heading of the table, or none."""

    def __init__(self, headings: Sequence[str], given: Mapping[str, str], data: Any = None) -> None:
        super().__init__(data, initial=dict(given))
        choices = [("", _now("– not in the table –")), *((h, h) for h in dict.fromkeys(headings) if h)]
        for name, (label, _words) in FIELDS.items():
            self.fields[name] = forms.ChoiceField(
                label=capfirst(str(label)), choices=choices, required=name == "outside_ref"
            )

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or {}
        chosen = [heading for heading in given.values() if heading]
        for name, heading in list(given.items()):
            if heading and chosen.count(heading) > 1:
                self.add_error(name, _now("This column is chosen twice."))
        return given
