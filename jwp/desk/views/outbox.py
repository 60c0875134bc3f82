"""The outbox: letters that wait and letters that went. Without a mail server it is where links are found."""

from __future__ import annotations

from urllib.parse import quote

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from jwp.core.access import ADMINISTRATOR, GENDER_TEAM, ActorRequest, acting, open_to
from jwp.core.mail import mark_sent, send_letters
from jwp.core.models import Letter
from jwp.desk.access import READERS, may_open, visible_letters

PAGE = 50


@open_to(*READERS)
def letters(request: HttpRequest) -> HttpResponse:
    actor = acting(request)
    seen = visible_letters(actor)
    words = request.GET.get("q", "").strip()
    if words:
        seen = seen.filter(Q(to__icontains=words) | Q(subject__icontains=words))
    show = request.GET.get("show", "")
    if show in ("waiting", "sent"):
        seen = seen.filter(sent_at__isnull=show == "waiting")
    context = {
        "page": Paginator(seen.order_by("-pk").defer("body"), PAGE).get_page(request.GET.get("page")),
        "words": words,
        "show": show,
        "waiting": visible_letters(actor).filter(sent_at=None).count(),
        "may_open": may_open(actor),
    }
    return render(request, "desk/outbox.html", context)


@open_to(ADMINISTRATOR, GENDER_TEAM)
def letter(request: HttpRequest, number: int) -> HttpResponse:
    """One letter; POST says that somebody handed it on by another way."""
    found = _letter(request, number)
    if request.method == "POST":
        if found.sent_at is None:
            mark_sent(found)
            messages.success(request, _("Marked as sent. The link in it is no longer shown here."))
        return redirect("outbox")
    mailto = f"mailto:{quote(found.to)}?subject={quote(found.subject)}&body={quote(found.body)}"
    return render(request, "desk/letter.html", {"letter": found, "mailto": mailto})


def _letter(request: HttpRequest, number: int) -> Letter:
    found = visible_letters(acting(request)).filter(pk=number).first()
    if found is None:
        raise Http404
    return found


@open_to(ADMINISTRATOR, GENDER_TEAM)
@require_POST
def send(request: ActorRequest) -> HttpResponse:
    """Hand what waits to the mail server now instead of within a minute."""
    if request.partnership is None or not request.partnership.mail_host:
        messages.warning(request, _("No mail server is set. Open a letter and send it yourself."))
        return redirect("outbox")
    sent, failed = send_letters(request.partnership)
    messages.success(request, _("%(sent)d sent, %(failed)d failed.") % {"sent": sent, "failed": failed})
    return redirect("outbox")
