"""What staff do for who applies: type in what came on paper, and send a lost link anew."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from jwp.core.access import STAFF, acting, open_to, visible_or_404
from jwp.core.forms import attempt
from jwp.evidence.files import keep
from jwp.grants.access import WRITERS, visible_applications, visible_calls
from jwp.grants.actions import apply as actions
from jwp.grants.call_words import zone_name
from jwp.grants.forms.apply import PartsForm, TypedForm
from jwp.grants.models import Application, Call


@open_to(STAFF)
@require_http_methods(["GET", "HEAD", "POST"])
def type_in(request: HttpRequest, ref: str) -> HttpResponse:
    """An application that came on paper or by e-mail, with its sponsor's letter and one file."""
    actor = acting(request)
    call = visible_or_404(visible_calls(actor).exclude(kind=Call.Kind.OUTSIDE), ref)
    form = TypedForm(call, request.POST or None, initial={"language": (call.languages or ["en"])[0]})
    form.fields["received"].help_text = _("By the clock of %(zone)s.") % {"zone": zone_name(call.zone)}
    more = PartsForm(actor.today, request.POST or None, request.FILES or None)

    def act() -> Application:
        values = {name: value for name, value in form.cleaned_data.items() if name != "received"}
        return actions.type_in(actor, ref, form.cleaned_data["received"], values, _parts(more))

    if request.method == "POST" and more.is_valid() and (made := attempt(form, act)):
        messages.success(request, _("Typed in. The check of its eligibility comes next."))
        return redirect("grants:application", made.ref)
    context = {
        "form": form, "more": more, "call": call, "heading": _("Type in an application"),
        "crumbs": [(_("Calls"), reverse("grants:calls")), (call.title, reverse("grants:call", args=[ref]))],
    }  # fmt: skip
    return render(request, "grants/call_type_in.html", context, status=422 if request.method == "POST" else 200)


def _parts(more: PartsForm) -> actions.Parts:
    given = more.cleaned_data
    letter, file = given.get("sponsor_letter"), given.get("file")
    return actions.Parts(
        sponsor=given.get("sponsor"),
        sponsor_role=given.get("sponsor_role", ""),
        sponsor_letter=keep(letter) if letter else None,
        attachments=[(given.get("kind") or "other", keep(file))] if file else [],
    )


@open_to(*WRITERS)
@require_POST
def replace_link(request: HttpRequest, ref: str) -> HttpResponse:
    """The applicant's link was lost or passed on: a letter brings a new one, and the old one stops working."""
    actor = acting(request)
    visible_or_404(visible_applications(actor), ref)
    actions.replace_link(actor, ref)
    messages.success(request, _("A letter brings the new link; the old one leads nowhere."))
    return redirect("grants:application", ref)
