"""What the gender gate asks, of whom and since when; and a new policy from a day on."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from jwp.core.access import INSIDERS, acting, open_to
from jwp.gender.screening.forms import PolicyForm
from jwp.gender.screening.policy import in_force
from jwp.gender.views.screening import crumbs
from jwp.grants.actions.gate import POLICY_WRITERS, set_policy
from jwp.grants.models import GatePolicy, Override
from jwp.instruments.editions import latest
from jwp.instruments.rules.gate import NEVER_DECIDE
from jwp.instruments.words import local
from jwp.partners.views.editing import chosen_day, edit


@open_to(*INSIDERS)
@require_safe
def gate(request: HttpRequest) -> HttpResponse:
    actor = acting(request)
    day = chosen_day(request, actor.today)
    context = {
        "day": day,
        "rows": in_force(day),
        "policies": GatePolicy.objects.select_related("business_line").order_by("-starts", "-pk"),
        "overrides": Override.objects.select_related("item", "application", "by", "agenda_item__meeting"),
        "never": [(one, local(one.name), NEVER_DECIDE[id_]) for id_ in sorted(NEVER_DECIDE) if (one := latest(id_))],
        "may_set": actor.has(*POLICY_WRITERS),
        "crumbs": crumbs(),
    }
    return render(request, "gender/gate.html", context)


@open_to(*POLICY_WRITERS)
@require_http_methods(["GET", "HEAD", "POST"])
def new_policy(request: HttpRequest) -> HttpResponse:
    actor = acting(request)
    page = reverse("gender:gate")
    form = PolicyForm(request.POST or None, initial={"starts": actor.today, "instrument": "oecd-gender-marker"})
    return edit(
        request, form, lambda: set_policy(actor, **form.values), heading=_("What the gate asks from a day on"),
        crumbs=crumbs((_("The gate"), page)), then=page,
        lead=_("At any score: asking for a least score breeds upcoding. What held before that day stays as it was."),
    )  # fmt: skip
