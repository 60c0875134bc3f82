"""Forms over rows: they know at which revision they were opened, and show a refusal beside what was typed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any, TypeVar

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from jwp.core.door import Refused, Stale

Done = TypeVar("Done")


def whole(text: str) -> int | None:
    """A revision as a form sends it back; None where it is nothing of the kind."""
    return int(text) if text.isdecimal() and len(text) < 10 else None


def in_our_time(value: date | None) -> None:
    """A slip of the keyboard makes the year 0026 or 2206; no date of ours lies there."""
    if value is not None and not 1945 <= value.year <= 2099:
        raise ValidationError(_("Check the year: %(year)d.") % {"year": value.year})


def plain_dates(form: forms.BaseForm) -> None:
    """Dates by the browser's own calendar, within our century."""
    for field in form.fields.values():
        if isinstance(field, forms.DateField):
            field.widget = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
            field.validators = [*field.validators, in_our_time]


def chosen_by_ref(form: forms.BaseForm) -> None:
    """Rows are chosen by their ref: a database key never leaves."""
    for name, field in form.fields.items():
        if isinstance(field, forms.ModelChoiceField):
            field.to_field_name = "ref"
            if isinstance(form, RowForm) and form.instance.pk and isinstance(form.initial.get(name), int):
                form.initial[name] = getattr(form.instance, name)


class RowForm(forms.ModelForm):  # type: ignore[type-arg]
    """Checks and shows, never saves: a view hands `values` and `opened_at` to an action through `attempt`."""

    revision = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["revision"].initial = self.instance.revision if self.instance.pk else None
        plain_dates(self)
        chosen_by_ref(self)

    @property
    def opened_at(self) -> int | None:
        revision: int | None = self.cleaned_data["revision"]
        return revision

    @property
    def values(self) -> dict[str, Any]:
        return {name: value for name, value in self.cleaned_data.items() if name != "revision"}


def attempt(form: forms.BaseForm, act: Callable[[], Done]) -> Done | None:
    """What the action made of a form sent in; None, with the reasons beside the fields, where it refused."""
    if not form.is_valid():
        return None
    try:
        return act()
    except Refused as refused:
        for reason in refused.reasons:
            form.add_error(None, reason)
        if isinstance(refused, Stale):
            _show_theirs(form, refused.row)
        return None


def _show_theirs(form: forms.BaseForm, row: Any) -> None:
    """After somebody else's change: what each field says now. Sent once more, what was typed replaces it."""
    for name in form.fields:
        if name == "revision" or not hasattr(row, name):
            continue
        theirs = getattr(row, name)
        if theirs != form.cleaned_data.get(name):
            form.add_error(name, _("It now says: %(value)s") % {"value": theirs})
    form.data = form.data.copy()  # type: ignore[attr-defined]
    form.data[form.add_prefix("revision")] = str(row.revision)  # type: ignore[index]
