"""Running a round: who has not reported, what waits to be read, dates, extensions, the close."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from jwp.core.access import DIRECTOR, GENDER_TEAM, INSIDERS, acting, open_to, visible_or_404
from jwp.core.chart import cached_svg, status_strip
from jwp.core.door import Refused, open_door
from jwp.core.forms import attempt, whole
from jwp.core.models import Partnership
from jwp.gender.forms import RoundDatesForm, decisions_for
from jwp.partners.access import holders
from jwp.partners.models import Office
from jwp.plans.access import visible_reports, visible_rounds, visible_targets
from jwp.plans.actions import promise
from jwp.plans.actions import report as reports
from jwp.plans.actions import round as rounds
from jwp.plans.answers import KEYS, typed_from
from jwp.plans.models import Evidence, Round, Target, Theme
from jwp.plans.overview import Spot, overview
from jwp.plans.rules import Why, Word, may_close

TEAM = (GENDER_TEAM, DIRECTOR)


@open_to(*INSIDERS)
def board(request: HttpRequest, ref: str) -> HttpResponse:
    """Who has not reported, by owner; and what waits for the team."""
    actor = acting(request)
    round = visible_or_404(visible_rounds(actor), ref)
    seen = overview(round.plan, actor.today, evidence=True)
    round = next(r for r in seen.rounds if r.pk == round.pk)
    spots = [spot for spot in seen.spots(round) if spot.standing.why != Why.BEFORE_US]
    missing: dict[Office, list[Spot]] = {}
    for spot in spots:
        if spot.standing.word in (Word.NONE, Word.LATE, Word.NOT_REPORTED):
            missing.setdefault(spot.target.holder, []).append(spot)
    held = holders({office.pk for office in missing}, actor.today)
    counts = seen.counts(round)
    context = {
        "round": round, "plan": round.plan, "rounds": seen.rounds, "counts": counts, "total": len(spots),
        "missing": [
            (office, held.get(office.pk, []), found)
            for office, found in sorted(missing.items(), key=_longest_late_first)
        ],
        "waiting": [spot for spot in spots if spot.report and spot.report.state == "submitted"],
        "accepted": [spot for spot in spots if spot.accepted],
        "may_close": may_close(rounds.dates_of(round), actor.today), "started": actor.today >= round.opens,
        "team": actor.has(*TEAM), "is_team": actor.has(GENDER_TEAM), "is_director": actor.has(DIRECTOR),
        "strip": cached_svg(status_strip(counts, title=_("Where the targets stand in this round"))) if counts else "",
        "offices": Office.objects.select_related("body"), "themes": Theme.objects.filter(period=round.plan.period),
        "decisions": decisions_for(round.plan), "me": actor.person_id,
        "crumbs": [(round.plan.title, reverse("gender:plan", args=[round.plan.ref]))],
    }  # fmt: skip
    return render(request, "gender/board.html", context)


def _longest_late_first(of_one: tuple[Office, list[Spot]]) -> tuple[int, str]:
    office, spots = of_one
    return -max(spot.standing.days for spot in spots), str(office)


@open_to(*TEAM)
@require_POST
def bulk(request: HttpRequest, ref: str) -> HttpResponse:
    """One verb for every ticked target: write to its owner, extend, change owner, due date or theme. All or none."""
    actor = acting(request)
    round = visible_or_404(visible_rounds(actor), ref)
    refs = request.POST.getlist("target")
    verb = request.POST.get("verb", "")
    reason = request.POST.get("reason", "")
    chosen = Target.objects.filter(plan=round.plan, ref__in=refs)
    if verb != "send all" and not chosen.exists():
        raise Refused(_("Tick at least one target."))
    with open_door(actor):
        match verb:
            case "send all":
                _tell_written(request, rounds.send_links(actor, ref))
            case "remind":
                _tell_written(request, rounds.send_links(actor, ref, [t.holder_id for t in chosen], again=True))
            case "extend":
                done = rounds.extend(actor, ref, refs, _day(request.POST.get("to", "")), reason)
                messages.success(request, _("%(n)d extended.") % {"n": len(done)})
            case "owner":
                holder = Office.objects.filter(ref=request.POST.get("holder", "")).first()
                if holder is None:
                    raise Refused(_("Choose the new owner."))
                _each(chosen, lambda t: promise.revise(actor, t.ref, reason=reason, holder=holder))
                messages.success(request, _("The owner was changed."))
            case "theme":
                theme = Theme.objects.filter(ref=request.POST.get("theme", "")).first()
                _each(chosen, lambda t: promise.revise(actor, t.ref, reason=reason, theme=theme))
                messages.success(request, _("The theme was changed."))
            case "due":
                decision = decisions_for(round.plan).filter(ref=request.POST.get("approval", "")).first()
                due = _day(request.POST.get("to", ""))
                _each(chosen, lambda t: promise.revise(actor, t.ref, reason=reason, approval=decision, due=due))
                messages.success(request, _("The due date was changed; the old one stays readable."))
            case _:
                raise Refused(_("Choose what to do with the ticked targets."))
    return redirect("gender:board", ref)


def _each(targets: object, do: Callable[[Target], object]) -> None:
    for target in targets:  # type: ignore[attr-defined]
        do(target)


def _tell_written(request: HttpRequest, names: list[str]) -> None:
    if names:
        text = ngettext("A letter to %(names)s.", "%(n)d letters: %(names)s.", len(names))
        messages.success(request, text % {"n": len(names), "names": ", ".join(names)})
        _tell_what_keeps_them(request)
    else:
        messages.info(request, _("Everyone concerned was written to today already, or nobody holds these targets."))


def _tell_what_keeps_them(request: HttpRequest) -> None:
    """Letters nobody has sent, and links that open on no other machine, look like success until somebody waits."""
    partnership = Partnership.get()
    if partnership and not partnership.mail_host:
        said = _("They are not sent yet: no mail server is set, so they wait in the outbox.")
        messages.warning(request, format_html('{} <a href="{}">{}</a>', said, reverse("outbox"), _("Open the outbox")))
    if urlsplit(settings.BASE_URL).hostname in ("localhost", "127.0.0.1", "::1"):
        said = _("Their links begin with %(address)s and open on this computer only.")
        said += " " + _("Start jwp with JWP_BASE_URL and JWP_HOSTS set to the address that others reach it by.")
        messages.warning(request, said % {"address": settings.BASE_URL})


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise Refused(_("Choose the new date.")) from error


@open_to(*TEAM)
def dates(request: HttpRequest, ref: str) -> HttpResponse:
    actor = acting(request)
    round = visible_or_404(visible_rounds(actor), ref)
    given = {"opens": round.opens, "due": round.due, "closes": round.closes}
    form = RoundDatesForm(request.POST or None, initial=given)
    revision = whole(request.POST.get("revision", ""))

    def moved() -> Round:
        return rounds.move(actor, ref, revision=revision, **form.cleaned_data)

    if request.method == "POST" and attempt(form, moved) is not None:
        return redirect("gender:board", ref)
    context = {
        "form": form, "heading": _("Move the dates of %(round)s") % {"round": round}, "revision": round.revision,
        "crumbs": [
            (round.plan.title, reverse("gender:plan", args=[round.plan.ref])),
            (str(round), reverse("gender:board", args=[ref])),
        ],
    }  # fmt: skip
    return render(request, "gender/form.html", context)


@open_to(GENDER_TEAM)
@require_POST
def close(request: HttpRequest, ref: str) -> HttpResponse:
    actor = acting(request)
    visible_or_404(visible_rounds(actor), ref)
    round: Round = rounds.close_round(actor, ref)
    messages.success(request, _("%(round)s is closed. The note for the Director is ready.") % {"round": round})
    return redirect("gender:note", ref)


@open_to(GENDER_TEAM)
@require_POST
def judge(request: HttpRequest, ref: str) -> HttpResponse:
    """Accept a report, or return it with a comment."""
    actor = acting(request)
    report = visible_or_404(visible_reports(actor).select_related("round"), ref)
    revision = whole(request.POST.get("revision", ""))
    if request.POST.get("verb") == "accept":
        reports.accept(actor, ref, revision)
        messages.success(request, _("Accepted."))
    else:
        reports.return_(actor, ref, request.POST.get("comment", ""), revision)
        messages.success(request, _("Returned; the owner is told."))
    return redirect(reverse("gender:board", args=[report.round.ref]) + "#waiting")


@open_to(GENDER_TEAM)
def correct(request: HttpRequest, ref: str) -> HttpResponse:
    """Put an accepted value right; old and new stay side by side."""
    actor = acting(request)
    report = visible_or_404(visible_reports(actor).select_related("round__plan", "target__indicator", "reading"), ref)
    typed = {key: request.POST.get(key, "").strip() for key in KEYS} if request.method == "POST" else typed_from(report)
    why: list[str] = []
    if request.method == "POST":
        try:
            revision = whole(request.POST.get("revision", ""))
            reports.correct(actor, ref, typed, request.POST.get("reason", ""), revision)
            messages.success(request, _("Corrected. The old value stays readable beside the new."))
            return redirect("gender:target", report.target.ref)
        except Refused as error:
            why = list(error.reasons)
    target = report.target
    context = {
        "report": report, "target": target, "typed": typed, "why": why, "reason": request.POST.get("reason", ""),
        "crumbs": [
            (report.round.plan.title, reverse("gender:plan", args=[report.round.plan.ref])),
            (target.number or target.ref, reverse("gender:target", args=[target.ref])),
        ],
    }  # fmt: skip
    return render(request, "gender/correct.html", context, status=422 if why else 200)


@open_to(DIRECTOR)
@require_POST
def explain(request: HttpRequest, ref: str, target_ref: str) -> HttpResponse:
    """The Director's explanation, before lateness is public. It never changes a status."""
    actor = acting(request)
    visible_or_404(visible_rounds(actor), ref)
    visible_or_404(visible_targets(actor), target_ref)
    reports.explain(actor, ref, target_ref, request.POST.get("explanation", "").strip())
    messages.success(request, _("Your explanation stands beside the target."))
    return redirect("gender:board", ref)


@open_to(GENDER_TEAM)
@require_POST
def publish_evidence(request: HttpRequest, ref: str) -> HttpResponse:
    actor = acting(request)
    visible = Evidence.objects.filter(report__in=visible_reports(actor).values("pk")).select_related("report__target")
    item = visible_or_404(visible, ref)
    reports.publish_evidence(actor, ref, not item.public)
    return redirect("gender:target", item.report.target.ref)
