"""An engagement's page, its form, its link and poster, and what people answered."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from jwp.core.access import GENDER_TEAM, INSIDERS, ActorRequest, acting, open_to, visible_or_404
from jwp.core.forms import attempt
from jwp.core.models import Partnership
from jwp.instruments.rules import Profile, say
from jwp.instruments.xlsform import read_forms
from jwp.plans.access import visible_plans
from jwp.reviews import qr
from jwp.reviews.access import visible_engagements, writes
from jwp.reviews.actions import answers
from jwp.reviews.actions.engagement import add_engagement, change_engagement
from jwp.reviews.actions.link import close_link, open_link, replace_link, token
from jwp.reviews.forms import AgreedForm, EngagementForm, FormsForm, GroupForms, LinkForm, groups
from jwp.reviews.models import Engagement, headcount
from jwp.reviews.results import Results, as_csv, results
from jwp.reviews.rules import LinkStanding


def _language() -> str:
    return get_language() or "en"


def crumbs(*more: tuple[str, str]) -> list[tuple[str, str]]:
    return [(_("Engagements"), reverse("reviews:home")), *more]


def _page_of(engagement: Engagement) -> str:
    return reverse("reviews:engagement", args=[engagement.ref])


@open_to(*INSIDERS)
def engagement(request: ActorRequest, ref: str) -> HttpResponse:
    actor = acting(request)
    row = visible_or_404(visible_engagements(actor), ref)
    if writes(actor):
        answers.write_down_days(request.today)
    return render(request, "reviews/engagement.html", _shown(request, row))


def _shown(request: ActorRequest, row: Engagement, link_form: LinkForm | None = None) -> dict[str, Any]:
    actor, standing = acting(request), row.link_standing(request.today)
    taking = standing in (LinkStanding.OPEN, LinkStanding.NOT_YET)
    found = results(row, request.today, _language())
    instrument = answers.instrument_of(row)
    participants = list(row.participants.all())
    first = {
        "link_opens": row.link_opens or request.today,
        "link_closes": row.link_closes or max(row.held_on, request.today),
    }
    return {
        "engagement": row,
        "crumbs": crumbs(),
        "writes": writes(actor),
        "standing": standing.value,
        "taking": taking,
        "address": _address(request, row) if writes(actor) and taking else "",
        "only_here": request.get_host().split(":")[0] in ("localhost", "127.0.0.1"),
        "link_form": link_form or LinkForm(instance=row, initial=first),
        "may_open": writes(actor) and found is not None and not found.seen,
        "instrument": say(instrument.name, _language()) if instrument else "",
        "results": found,
        "participants": participants,
        "totals": headcount(participants),
    }


def _address(request: ActorRequest, row: Engagement) -> str:
    found = token(row)
    return request.build_absolute_uri(reverse("shared_link", args=[found])) if found else ""


@open_to(GENDER_TEAM)
def engagement_new(request: ActorRequest) -> HttpResponse:
    actor = acting(request)
    plan = visible_plans(actor).filter(ref=request.GET.get("plan", "")).first()
    form = EngagementForm(request.POST or None, initial={"plan": plan, "held_on": request.today})
    grid = GroupForms(request.POST or None, prefix="groups")
    if _both(form, grid):
        row = attempt(form, lambda: add_engagement(actor, groups(grid), **form.values))
        if row:
            return redirect("reviews:engagement", row.ref)
    context = {"form": form, "grid": grid, "heading": _("New engagement"), "crumbs": crumbs()}
    return render(request, "reviews/engagement_form.html", context)


@open_to(GENDER_TEAM)
def engagement_edit(request: ActorRequest, ref: str) -> HttpResponse:
    actor = acting(request)
    row = visible_or_404(visible_engagements(actor), ref)
    initial = list(row.participants.values("role", "women", "men", "not_stated"))
    crumbs_here = crumbs((row.title, _page_of(row)))
    form = EngagementForm(request.POST or None, instance=row)
    grid = GroupForms(request.POST or None, prefix="groups", initial=initial)
    if _both(form, grid):
        changed = attempt(form, lambda: change_engagement(actor, ref, form.opened_at, groups(grid), **form.values))
        if changed:
            return redirect("reviews:engagement", ref)
    context = {"form": form, "grid": grid, "heading": _("Change the engagement"), "crumbs": crumbs_here}
    return render(request, "reviews/engagement_form.html", context)


def _both(form: EngagementForm, grid: Any) -> bool:
    """Check the two together, so that every mistake shows at once."""
    return all([form.is_valid(), grid.is_valid()])


@open_to(GENDER_TEAM)
@require_POST
def link_open(request: ActorRequest, ref: str) -> HttpResponse:
    """Make the link or move its days."""
    actor = acting(request)
    row = visible_or_404(visible_engagements(actor), ref)
    form = LinkForm(request.POST, instance=row)

    def act() -> Engagement:
        days = form.values
        return open_link(
            actor, ref, form.opened_at,
            opens=days["link_opens"], closes=days["link_closes"], min_group=days["min_group"],
        )  # fmt: skip

    if attempt(form, act):
        return redirect(f"{_page_of(row)}#answers")
    row.refresh_from_db()  # the form wrote into it
    return render(request, "reviews/engagement.html", _shown(request, row, form))


@open_to(GENDER_TEAM)
@require_POST
def link_close(request: ActorRequest, ref: str) -> HttpResponse:
    row = close_link(acting(request), visible_or_404(visible_engagements(acting(request)), ref).ref)
    return redirect(f"{_page_of(row)}#answers")


@open_to(GENDER_TEAM)
@require_POST
def link_replace(request: ActorRequest, ref: str) -> HttpResponse:
    row = replace_link(acting(request), visible_or_404(visible_engagements(acting(request)), ref).ref)
    messages.success(request, _("The old link no longer works. Print the poster again."))
    return redirect(f"{_page_of(row)}#answers")


@open_to(GENDER_TEAM)
def poster(request: ActorRequest, ref: str) -> HttpResponse:
    """The link on one sheet for a workshop wall, or for the screen."""
    row = visible_or_404(visible_engagements(acting(request)), ref)
    address = _address(request, row)
    if not address or row.link_standing(request.today) is LinkStanding.CLOSED:
        raise Http404
    context = {
        "engagement": row, "address": address, "code": qr.svg(address),
        "smallest_group": answers.smallest_group(row), "crumbs": crumbs((row.title, _page_of(row))),
    }  # fmt: skip
    return render(request, "reviews/poster.html", context)


@open_to(GENDER_TEAM)
def forms(request: ActorRequest, ref: str) -> HttpResponse:
    """What a group filled in offline comes in here; the page then says of each form whether it was taken."""
    row = visible_or_404(visible_engagements(acting(request)), ref)
    instrument = answers.instrument_of(row)
    if not isinstance(instrument, Profile):
        raise Http404
    form = FormsForm(request.POST, request.FILES) if request.method == "POST" else FormsForm()

    def act() -> list[tuple[int, str]]:
        file = form.cleaned_data["file"]
        return answers.bring(acting(request), ref, read_forms(instrument, file, file.name, file.size))

    report = attempt(form, act) if request.method == "POST" else None
    context = {
        "engagement": row, "form": form, "instrument": instrument, "open": row.link_standing(request.today) == "open",
        "taken": sum(not why for _line, why in report or ()), "left": [one for one in report or () if one[1]],
        "report": report is not None, "back": _page_of(row), "crumbs": crumbs((row.title, _page_of(row))),
    }  # fmt: skip
    return render(request, "reviews/forms.html", context)


@open_to(*INSIDERS)
def results_csv(request: ActorRequest, ref: str) -> HttpResponse:
    row = visible_or_404(visible_engagements(acting(request)), ref)
    found = _results_or_404(request, row)
    partnership = Partnership.get()
    text = as_csv(row, found, fictional=partnership is not None and partnership.fictional)
    response = HttpResponse(text, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{row.ref}.csv"'
    return response


@open_to(GENDER_TEAM)
def agreed(request: ActorRequest, ref: str) -> HttpResponse:
    row = visible_or_404(visible_engagements(acting(request)), ref)
    found = _results_or_404(request, row)
    form = AgreedForm(found, request.POST or None)
    if attempt(form, lambda: answers.agree(acting(request), ref, form.answers())):
        return redirect(f"{_page_of(row)}#answers")
    spheres = [
        (sphere, [(line, form[line.code], form[f"{line.code}:why"]) for line in lines])
        for sphere, lines in found.spheres
    ]
    context = {
        "engagement": row, "form": form, "spheres": spheres, "crumbs": crumbs((row.title, _page_of(row))),
    }  # fmt: skip
    return render(request, "reviews/agreed.html", context)


def _results_or_404(request: ActorRequest, row: Engagement) -> Results:
    found = results(row, request.today, _language())
    if found is None:
        raise Http404
    return found
