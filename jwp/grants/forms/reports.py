"""Progress reports: what a grantee or one of us fills in, and how reports are laid out."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from jwp.core.forms import RowForm
from jwp.evidence.files import ACCEPTED, Kept, keep
from jwp.grants.forms.items import Asked
from jwp.grants.models import ProgressReport
from jwp.grants.rules.money import faults_of_counts

FIELDS = ("done", "for_women_and_men", "women", "men", "not_stated", "total", "not_counted_because")


class ProgressForm(RowForm):
    """Counted, or why not: an empty field is not a zero."""

    upload = forms.FileField(
        label=_("File"), required=False, widget=forms.ClearableFileInput({"accept": ",".join(ACCEPTED)})
    )
    once = forms.CharField(required=False, max_length=64, widget=forms.HiddenInput)

    class Meta:
        model = ProgressReport
        fields = (*FIELDS, "upload")
        widgets = {"done": forms.Textarea({"rows": 6, "dir": "auto"}),
                   "for_women_and_men": forms.Textarea({"rows": 4, "dir": "auto"})}  # fmt: skip
        help_texts = {
            "women": _("How many were reached. Leave it empty if nobody counted: 0 means that none was reached."),
            "not_counted_because": _("Where women and men were not counted."),
        }

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or {}
        for fault in faults_of_counts(*(given.get(name) for name in ("women", "men", "not_stated", "total"))):
            self.add_error("total", _now(fault))
        return given

    @property
    def values(self) -> dict[str, Any]:
        return {name: value for name, value in super().values.items() if name not in ("upload", "once")}

    def kept(self) -> Kept | None:
        upload: UploadedFile[bytes] | None = self.cleaned_data["upload"]
        return keep(upload) if upload else None


class ScheduleForm(Asked):
    every = forms.IntegerField(label=_("A report every … months"), min_value=1, max_value=60, initial=6)


class NewReportForm(RowForm):
    class Meta:
        model = ProgressReport
        fields = ("kind", "starts", "ends", "due")
