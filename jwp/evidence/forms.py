"""Forms for documents, sources, events and approvals; for products and what was done with them."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import get_language_info
from django.utils.translation import gettext_lazy as _

from jwp.core.forms import RowForm, chosen_by_ref, plain_dates
from jwp.evidence.files import ACCEPTED, Kept, keep
from jwp.evidence.models import Document, Event, Product, ProductUse, Source
from jwp.partners.models import Body, Organisation, Place

# Documents come in more languages than the pages: those seen in calls, and those of the United Nations.
LANGUAGES = [(code, get_language_info(code)["name_local"]) for code in ("en", "fr", "es", "pt", "ar", "ru", "zh-hans")]


class DocumentForm(RowForm):
    language = forms.ChoiceField(label=_("Language"), choices=LANGUAGES, initial="en")
    upload = forms.FileField(
        label=_("File"), required=False, widget=forms.ClearableFileInput(attrs={"accept": ",".join(ACCEPTED)})
    )

    class Meta:
        model = Document
        fields = (
            "title", "kind", "version", "dated", "language", "upload", "url", "prepared_by", "reviewed_by",
            "approved_by", "public",
        )  # fmt: skip

    @property
    def values(self) -> dict[str, Any]:
        return {name: value for name, value in super().values.items() if name != "upload"}

    def kept(self) -> Kept | None:
        """The upload, checked and on disk; Refused says what to send instead."""
        upload: UploadedFile[bytes] | None = self.cleaned_data["upload"]
        return keep(upload) if upload else None


class ApprovalForm(forms.Form):
    body = forms.ModelChoiceField(Body.objects.all(), label=_("Body"))
    on = forms.DateField(label=_("Date"))
    reference = forms.CharField(
        label=_("Reference"), max_length=200, required=False, help_text=_("Decision number, minutes, page.")
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        plain_dates(self)
        chosen_by_ref(self)


class SourceForm(RowForm):
    class Meta:
        model = Source
        fields = ("title", "publisher", "url", "page", "read_on", "licence")


class EventForm(RowForm):
    organisers = forms.ModelMultipleChoiceField(Organisation.objects.all(), label=_("Organisers"), required=False)

    class Meta:
        model = Event
        fields = ("title", "starts", "ends", "place", "place_text", "organisers", "source")


class ProductForm(RowForm):
    language = forms.ChoiceField(label=_("Language"), choices=LANGUAGES, initial="en")

    class Meta:
        model = Product
        fields = ("title", "kind", "summary", "language", "document", "published_on", "licence", "public")


class UseForm(RowForm):
    """Who, when, what: three answers are enough."""

    organisation_name = forms.CharField(label=_("Which organisation used it?"), max_length=200)
    used_on = forms.DateField(label=_("When?"), help_text=_("Roughly is enough."))
    how = forms.CharField(
        label=_("What was done with it?"), max_length=2000, widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("What it was used for and what came of it. Please name no persons."),
    )  # fmt: skip
    place = forms.ModelChoiceField(
        Place.objects.exclude(kind=Place.Kind.AREA), label=_("Where?"), required=False, empty_label=_("not said")
    )

    class Meta:
        model = ProductUse
        fields = ("organisation_name", "used_on", "how", "place")


class ReviewForm(UseForm):
    """What was told, to be put right where it must, and why it is set aside."""

    reason = forms.CharField(
        label=_("Reason"), max_length=500, required=False, help_text=_("Needed where it is set aside.")
    )
