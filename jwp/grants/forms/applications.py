"""Forms of an application's steps. Each knows at which revision it was opened."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from jwp.core.forms import chosen_by_ref, plain_dates
from jwp.grants.call_words import said
from jwp.grants.models import Application, DonorComment
from jwp.grants.rules.eligibility import Finding
from jwp.grants.words import PLACES
from jwp.partners.models import Organisation

LONG = forms.Textarea(attrs={"rows": 4, "dir": "auto"})
YES_OR_NO = (("yes", _("it does")), ("no", _("it does not")))


class StepForm(forms.Form):
    revision = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, row: Application | None = None, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["revision"].initial = row.revision if row else None
        plain_dates(self)
        chosen_by_ref(self)

    @property
    def opened_at(self) -> int | None:
        revision: int | None = self.cleaned_data["revision"]
        return revision


class CheckForm(StepForm):
    """What the call's rules say, a question for each that they cannot tell, and somebody's verdict."""

    verdict = forms.ChoiceField(
        label=_("The application is"), widget=forms.RadioSelect,
        choices=(("eligible", _("eligible")), ("ineligible", _("ineligible"))),
    )  # fmt: skip
    note = forms.CharField(
        label=_("Note"), required=False, widget=LONG, max_length=4000,
        help_text=_("Why it is ineligible, or eligible in spite of a rule. The applicant reads why it is ineligible."),
    )  # fmt: skip

    def __init__(self, findings: Sequence[Finding], *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.findings = list(findings)
        asked = {}
        for number, finding in enumerate(self.findings):
            if finding.met is None:
                asked[f"rule-{number}"] = forms.ChoiceField(
                    label=said(finding), choices=YES_OR_NO, widget=forms.RadioSelect, required=False,
                    help_text=_now("No rule can tell. Does the application fit?"),
                )  # fmt: skip
        self.fields = {"revision": self.fields["revision"], **asked, **self.fields}

    def found(self) -> list[dict[str, Any]]:
        """The findings to keep, with what a person said where the rules could not."""
        kept = []
        for number, finding in enumerate(self.findings):
            word = self.cleaned_data.get(f"rule-{number}", "")
            met = {"yes": True, "no": False}.get(word) if finding.met is None else finding.met
            kept.append({"rule": finding.rule, "met": met, "said": finding.said, "by_hand": finding.met is None})
        return kept


class AppraiseForm(StepForm):
    appraisal = forms.CharField(
        label=_("Appraisal"), widget=forms.Textarea(attrs={"rows": 10, "dir": "auto"}), max_length=20_000,
        help_text=_("What makes the full proposal sound: budget, implementation, risks, women and men."),
    )  # fmt: skip


class ProposalForm(StepForm):
    proposal = forms.CharField(
        label=_("Full proposal"), required=False, max_length=100_000,
        widget=forms.Textarea(attrs={"rows": 12, "dir": "auto"}), help_text=_("The text, or a file that has it."),
    )  # fmt: skip
    file = forms.FileField(label=_("File"), required=False)


class AwardForm(StepForm):
    place = forms.ChoiceField(label=_("Place"), choices=[(place, _(word)) for place, word in PLACES.items()])
    category = forms.CharField(label=_("Category"), required=False, max_length=90)


class ExtendForm(StepForm):
    due = forms.DateField(label=_("Full proposal due"))
    reason = forms.CharField(label=_("Reason"), widget=LONG, max_length=2000)


class SendBackForm(StepForm):
    reason = forms.CharField(label=_("What must be mended"), widget=LONG, max_length=4000)
    due = forms.DateField(
        label=_("New due day"), required=False, help_text=_("Empty: the day stays, if it is not over.")
    )


class RegisterForm(StepForm):
    organisation = forms.ModelChoiceField(
        label=_("In our register"), queryset=Organisation.objects.order_by("name"), required=False,
        help_text=_("Panel members of this organisation then never see or score the application."),
    )  # fmt: skip


class CommentForm(StepForm):
    """A member's view of a concept note."""

    organisation = forms.ModelChoiceField(label=_("In the name of"), queryset=Organisation.objects.none())
    view = forms.ChoiceField(label=_("View"), choices=DonorComment.View.choices, widget=forms.RadioSelect)
    text = forms.CharField(
        label=_("Comment"), required=False, widget=LONG, max_length=4000,
        help_text=_("Needed where you have a concern. The secretariat reads it; the applicant does not."),
    )  # fmt: skip

    def __init__(self, organisations: Any, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        field = self.fields["organisation"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = organisations
        found = list(organisations[:2])
        if len(found) == 1:  # nothing to choose
            field.initial, field.widget = found[0].ref, forms.HiddenInput()
