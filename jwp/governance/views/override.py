"""The Director's page to let one step pass that the gender gate holds back."""

from __future__ import annotations

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from jwp.core.access import DIRECTOR, acting, open_to
from jwp.governance.actions.override import gated, override, stands_before
from jwp.grants.actions.gate import passage_for
from jwp.grants.models import FundedItem
from jwp.grants.words import gate_lacks
from jwp.partners.views.editing import edit


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
    missing = "; ".join(gate_lacks(one) for one in passage_for(subject, stage, actor.today).missing)
    lead = _("%(what)s lacks: %(missing)s. Nobody can take this off the Board's agenda again.") % {
        "what": subject,
        "missing": missing or _("nothing"),
    }
    page = reverse("grants:item" if isinstance(subject, FundedItem) else "grants:application", args=[ref])
    return edit(
        request, form, lambda: override(actor, ref, stage, form.cleaned_data["reason"]),
        heading=_("Override the gender gate"), crumbs=[(str(subject), page)], lead=lead, button=_("Override"),
        then=lambda made: reverse("governance:item", args=[made.ref]),
        done=_("Overridden. The Board's next meeting has it on its agenda."),
    )  # fmt: skip
