"""The Director's page to let one step pass that the gender gate holds back."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from jwp.core.access import DIRECTOR, acting, open_to
from jwp.core.forms import attempt
from jwp.governance.actions.override import gated, override, stands_before
from jwp.governance.views import form_page
from jwp.grants.actions.gate import passage_for
from jwp.grants.words import gate_lacks


class OverrideForm(forms.Form):
    reason = forms.CharField(
        label=gettext_lazy("Why"), widget=forms.Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy("The Board reads this as it stands."),
    )  # fmt: skip


@open_to(DIRECTOR)
@require_http_methods(["GET", "HEAD", "POST"])
def page(request: HttpRequest, ref: str) -> HttpResponse:
    actor = acting(request)
    subject = gated(actor, ref)
    stage = stands_before(subject) if subject else ""
    if subject is None or not stage:
        raise Http404
    form = OverrideForm(request.POST or None)
    if request.method == "POST":
        made = attempt(form, lambda: override(actor, ref, stage, form.cleaned_data["reason"]))
        if made is not None:
            messages.success(request, _("Overridden. The Board's next meeting has it on its agenda."))
            return redirect("governance:item", made.ref)
    missing = ", ".join(gate_lacks(one) for one in passage_for(subject, stage, actor.today).missing)
    lead = _("%(what)s lacks: %(missing)s. Nobody can take this off the Board's agenda again.") % {
        "what": subject,
        "missing": missing or _("nothing"),
    }
    return form_page(request, form, _("Override the gender gate"), None, lead, _("Override"))
