"""The scoring form: points for the criteria of the call, and for nothing else."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from jwp.grants.models import Criterion, PanelReview

PREFIX = "points-"


class ScoreForm(forms.Form):
    """A field for each criterion, empty until somebody gives points: no points are not 0 points."""

    revision = forms.IntegerField(required=False, widget=forms.HiddenInput)
    comment = forms.CharField(
        label=_("Comment"), required=False, max_length=8000, widget=forms.Textarea(attrs={"rows": 5, "dir": "auto"}),
        help_text=_("The secretariat reads it; the applicant does not."),
    )  # fmt: skip

    def __init__(self, criteria: Sequence[Criterion], review: PanelReview | None, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.criteria = criteria
        given = review.points if review else {}
        self.fields["revision"].initial = review.revision if review else None
        self.fields["comment"].initial = review.comment if review else ""
        for each in criteria:
            self.fields[PREFIX + each.ref] = forms.IntegerField(
                label=each.name, required=False, min_value=0, max_value=each.points, initial=given.get(each.ref),
                widget=forms.NumberInput(attrs={"class": "form-control", "inputmode": "numeric"}),
            )  # fmt: skip

    def grid(self) -> Iterator[tuple[Criterion, forms.BoundField]]:
        return ((each, self[PREFIX + each.ref]) for each in self.criteria)

    @property
    def opened_at(self) -> int | None:
        revision: int | None = self.cleaned_data["revision"]
        return revision

    def points(self) -> dict[str, int]:
        given = {each.ref: self.cleaned_data[PREFIX + each.ref] for each in self.criteria}
        return {ref: points for ref, points in given.items() if points is not None}
