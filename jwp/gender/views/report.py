"""Owners report: all their targets of a round in one grid, signed in or through a personal link."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_POST

from jwp.core.access import GENDER_TEAM, LINK, SIGNED_IN, Actor, acting, open_to, visible_or_404
from jwp.core.door import Refused, Stale, open_door
from jwp.core.forms import whole
from jwp.evidence.files import keep
from jwp.partners.access import actor_for_person
from jwp.partners.models import PersonalLink
from jwp.plans.access import reportable_targets, visible_reports, visible_rounds
from jwp.plans.actions import report as reports
from jwp.plans.answers import KEYS, read, typed_from
from jwp.plans.models import Report, Round, Target
from jwp.plans.overview import Spot, TargetRow, overview

FILE_LIMIT = 1  # pieces of evidence sent with one report; more follow on the target's page


@dataclass
class Line:
    """One row of the grid: the target, what it says now, and what was wrong with it if it was just sent."""

    row: TargetRow
    spot: Spot
    typed: dict[str, str]
    problems: dict[str, str]
    saved: str = ""

    @property
    def target(self) -> Target:
        return self.row.target

    @property
    def report(self) -> Report | None:
        return self.spot.report

    @property
    def open(self) -> bool:
        return self.report is None or self.report.state in ("draft", "returned")

    @property
    def revision(self) -> int:
        return self.report.revision if self.report else 0

    @property
    def last(self) -> Spot | None:
        return self.row.before(self.spot.round)

    @property
    def by_sex(self) -> bool:
        indicator = self.target.indicator
        return indicator is not None and "sex" in indicator.disaggregations

    @property
    def ratio(self) -> bool:
        return self.target.indicator is not None and self.target.indicator.aggregation == "ratio"

    @property
    def prefix(self) -> str:
        return f"{self.target.ref}:"


def grid_lines(actor: Actor, round: Round, sent: dict[str, dict[str, str]] | None = None) -> list[Line]:
    """The owner's rows of a round. `sent` holds what was just typed and refused: it is shown again, nothing is lost."""
    targets = reportable_targets(actor).filter(plan=round.plan, holder__in=actor.offices)
    seen = overview(round.plan, actor.today, targets)
    lines = []
    for row in seen.rows:
        spot = row.at(round)
        if spot is None or spot.round.number < round.plan.first_round_here:
            continue
        report = spot.report
        typed = (sent or {}).get(row.target.ref)
        problems: dict[str, str] = {}
        if typed is not None:
            problems = dict(read(row.target, typed).problems)
        elif report is not None:
            typed = report.draft if report.state in ("draft", "returned") else typed_from(report)
        lines.append(Line(row, spot, typed or {}, problems))
    return lines


def typed_of(request: HttpRequest, target: Target) -> dict[str, str]:
    prefix = f"{target.ref}:"
    # PostgreSQL keeps no NUL, and nobody types one.
    return {key: request.POST.get(prefix + key, "").replace("\0", "").strip() for key in KEYS}


def evidence_of(request: HttpRequest, prefix: str) -> list[dict[str, Any]]:
    """The evidence typed or attached in the fields of this prefix."""
    items: list[dict[str, Any]] = []
    for upload in request.FILES.getlist(prefix + "file")[:FILE_LIMIT]:
        items.append({"file": keep(upload), "title": upload.name})
    if url := request.POST.get(prefix + "url", "").strip():
        items.append({"url": url if "://" in url else f"https://{url}"})
    if seen_by := request.POST.get(prefix + "seen_by", "").strip():
        day = request.POST.get(prefix + "seen_on", "")
        try:
            items.append({"seen_by": seen_by, "seen_on": date.fromisoformat(day)})
        except ValueError as error:
            raise Refused(_("Say on which day %(who)s saw it.") % {"who": seen_by}) from error
    return items


def send(request: HttpRequest, actor: Actor, round: Round) -> tuple[int, dict[str, dict[str, str]], list[str]]:
    """Submit every row that says something: how many were taken, what was refused as typed, and why."""
    sent, refused, why = 0, {}, []
    for line in grid_lines(actor, round):
        once = f"{request.POST['once']}:{line.target.ref}"[:64] if request.POST.get("once") else ""
        if once and line.report is not None and not line.open and line.report.once == once:
            sent += 1  # it arrived before, and its thanks were lost on the way
            continue
        typed = typed_of(request, line.target)
        answer = read(line.target, typed)
        if line.report is not None and not line.open and (more := evidence_of(request, line.prefix)):
            reports.add_evidence(actor, line.report.ref, more)
            sent += 1
        if not line.open or (answer.empty and not answer.problems and not typed["comment"]):
            continue
        try:
            with open_door(actor):
                revision = whole(request.POST.get(line.prefix + "revision", ""))
                reports.submit(
                    actor, round.ref, line.target.ref, typed, revision=revision,
                    evidence=evidence_of(request, line.prefix),
                    evidence_follows=bool(request.POST.get(line.prefix + "follows")),
                    once=once,
                )  # fmt: skip
            sent += 1
        except Refused as error:
            refused[line.target.ref] = typed
            why += [f"{line.target.number or line.target.text[:40]}: {reason}" for reason in error.reasons]
    return sent, refused, why


def _grid_page(
    request: HttpRequest,
    actor: Actor,
    round: Round,
    template: str,
    refused: dict[str, dict[str, str]],
    why: list[str],
    **more: Any,
) -> HttpResponse:
    lines = grid_lines(actor, round, refused)
    open_lines = [line for line in lines if line.open]
    context = {
        "round": round, "plan": round.plan, "lines": lines, "why": why, "once": secrets.token_urlsafe(12),
        "open_lines": open_lines, "done_lines": [line for line in lines if not line.open],
        "by_sex": any(line.by_sex for line in lines), "not_open": actor.today < round.opens,
        "due": max((line.spot.due for line in open_lines), default=round.due),
    } | more  # fmt: skip
    return render(request, template, context, status=422 if refused else 200)


@open_to(SIGNED_IN)
def grid(request: HttpRequest, ref: str) -> HttpResponse:
    """One grid for all targets one holds, saved while typing, sent with one button."""
    actor = acting(request)
    round = visible_or_404(visible_rounds(actor), ref)
    if request.method == "POST":
        if not grid_lines(actor, round):
            raise Refused(_("You hold no target in this round."))
        sent, refused, why = send(request, actor, round)
        if sent:
            messages.success(request, _("%(n)d reported. The gender team reads it next.") % {"n": sent})
        if not refused:
            if not sent:
                messages.info(request, _("Nothing was filled in, so nothing was sent."))
            return redirect("gender:grid", ref)
        return _grid_page(request, actor, round, "gender/grid.html", refused, why)
    return _grid_page(request, actor, round, "gender/grid.html", {}, [])


@open_to(SIGNED_IN)
@require_POST
def keep_draft(request: HttpRequest, round_ref: str, target_ref: str) -> JsonResponse:
    """Autosave of one row: what is typed is kept as typed. 409 with both values where somebody else was first."""
    actor = acting(request)
    target = visible_or_404(reportable_targets(actor), target_ref)
    typed = typed_of(request, target)
    prefix = f"{target.ref}:"
    revision = whole(request.POST.get(prefix + "revision", ""))
    try:
        kept = reports.save_draft(actor, round_ref, target_ref, typed, revision)
    except Stale as error:
        theirs = {prefix + key: error.row.draft.get(key, "") for key in KEYS}  # type: ignore[attr-defined]
        clash = {"who": "", "revision": error.row.revision, "values": theirs}  # type: ignore[attr-defined]
        return JsonResponse(clash, status=409)
    answer = read(target, typed)
    saved = date_format(timezone.localtime(), "H:i")
    errors = {prefix + key: [text] for key, text in answer.problems}
    return JsonResponse({"revision": kept.revision, "saved": saved, "errors": errors})


@open_to(GENDER_TEAM)
def one(request: HttpRequest, round_ref: str, target_ref: str) -> HttpResponse:
    """The team records for an owner, naming how it came and from whom."""
    actor = acting(request)
    round = visible_or_404(visible_rounds(actor), round_ref)
    target = visible_or_404(reportable_targets(actor).filter(plan=round.plan), target_ref)
    seen = overview(round.plan, actor.today, Target.objects.filter(pk=target.pk))
    spot = seen.rows[0].at(round)
    if spot is None:
        raise Refused(_("This target is not asked about in this round."))
    sent = typed_of(request, target) if request.method == "POST" else None
    line = Line(seen.rows[0], spot, sent or (spot.report.draft if spot.report else {}), {})
    why: list[str] = []
    if sent is not None:
        line.problems = dict(read(target, sent).problems)
        try:
            reports.submit(
                actor, round_ref, target_ref, sent, evidence=evidence_of(request, line.prefix),
                evidence_follows=bool(request.POST.get(line.prefix + "follows")),
                via=request.POST.get("via", ""), source=request.POST.get("source", ""),
            )  # fmt: skip
            messages.success(request, _("Recorded for %(holder)s, who is told by mail.") % {"holder": target.holder})
            return redirect("gender:board", round_ref)
        except Refused as error:
            why = list(error.reasons)
    context = {
        "round": round, "plan": round.plan, "target": target, "line": line, "why": why,
        "ways": [w for w in Report.Via.choices if w[0] != "own"], "via": request.POST.get("via", ""),
        "source": request.POST.get("source", ""),
        "crumbs": [
            (round.plan.title, reverse("gender:plan", args=[round.plan.ref])),
            (str(round), reverse("gender:board", args=[round.ref])),
        ],
    }  # fmt: skip
    return render(request, "gender/one.html", context, status=422 if why else 200)


@open_to(SIGNED_IN)
@require_POST
def add_evidence(request: HttpRequest, ref: str) -> HttpResponse:
    """Evidence that follows a report, even an accepted one."""
    actor = acting(request)
    report = visible_or_404(visible_reports(actor), ref)
    reports.require_reporter(actor, report.target)  # before any file is kept
    items = evidence_of(request, ref)
    if not items:
        raise Refused(_("Give a file, a link, or who saw it and when."))
    reports.add_evidence(actor, ref, items)
    messages.success(request, _("The evidence stands beside the report."))
    return redirect("gender:target", report.target.ref)


@open_to(LINK)
@cache_control(private=True, no_cache=True)
def personal_link(request: HttpRequest, token: str) -> HttpResponse:
    """The same grid for somebody without an account: light, in their language, on any phone."""
    today: date = request.today  # type: ignore[attr-defined]
    link = PersonalLink.holding(token, PersonalLink.Purpose.REPORT, today)
    round = Round.objects.select_related("plan__adoption").filter(ref=link.subject).first() if link else None
    if link is None or round is None:
        return render(request, "gender/link_gone.html", status=404)
    actor = actor_for_person(link.person, today, via="link")
    if link.used_on is None:
        PersonalLink.objects.filter(pk=link.pk).mark(used_on=today)
    if request.method == "POST":
        sent, refused, why = send(request, actor, round)
        if sent and not refused:
            return redirect(f"{request.path}?sent={sent}")
        return _grid_page(request, actor, round, "gender/link.html", refused, why, person=link.person, sent=sent)
    sent_before = whole(request.GET.get("sent", ""))
    return _grid_page(
        request, actor, round, "gender/link.html", {}, [], person=link.person,
        sent=sent_before or 0,
    )  # fmt: skip
