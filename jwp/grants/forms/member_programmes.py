"""The form of a member's own gender programme, and of a member's agreement to a concept note."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from jwp.core.forms import RowForm, chosen_by_ref, plain_dates
from jwp.grants.models import MemberProgramme
from jwp.partners.models import Organisation


class MemberProgrammeForm(RowForm):
    class Meta:
        model = MemberProgramme
        fields = ("organisation", "title", "place", "starts", "ends", "about", "url", "contact")
        widgets = {"about": forms.Textarea({"rows": 4})}
        help_texts = {"contact": _("Who answers questions about it. Seen by the secretariat, the Board and members.")}

    def __init__(self, organisations: QuerySet[Organisation], *args: Any, **options: Any) -> None:
        """Offers the members whose entries this reader keeps."""
        super().__init__(*args, **options)
        field: Any = self.fields["organisation"]
        field.queryset = organisations


class AgreementForm(forms.Form):
    """Staff write down that a member agreed, and when; `version` is what they had before their eyes."""

    organisation = forms.ModelChoiceField(Organisation.objects.none(), label=_("Member"))
    on = forms.DateField(label=_("Agreed on"))
    version = forms.CharField(widget=forms.HiddenInput)

    def __init__(self, organisations: QuerySet[Organisation], *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        field: Any = self.fields["organisation"]
        field.queryset = organisations
        plain_dates(self)
        chosen_by_ref(self)
