"""Behind an applicant's personal link: the draft while it is one, afterwards how the application stands."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import FileResponse, Http404, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from jwp.core.access import LINK, ActorRequest, open_to
from jwp.core.door import Refused, Stale
from jwp.core.forms import whole
from jwp.core.models import Letter
from jwp.core.templatetags.jwp import day, money
from jwp.evidence.files import Kept, keep, path_of
from jwp.evidence.models import StoredFile
from jwp.grants.actions import apply as actions
from jwp.grants.actions.applications import settle
from jwp.grants.actions.eligibility import facts_of, rules_of
from jwp.grants.actions.links import find_item
from jwp.grants.call_words import instant, lacking, language_name, rules_in_words, said
from jwp.grants.forms.apply import (
    NEXT_SPONSOR,
    ConceptForm,
    PartsForm,
    ProposalForm,
    ReasonForm,
    co_applicants,
    typed_from,
    typed_in,
)
from jwp.grants.models import Application, FundedItem
from jwp.grants.rules.eligibility import check, days_left, missing
from jwp.grants.rules.life import APPLICANT, APPLICATION
from jwp.grants.views.reports import link_reports, own_item

# What happens next, said to who applied.
NEXT = {
    "submitted": gettext_noop("We look whether it fits the rules of the call."),
    "eligible": gettext_noop("It fits the rules. A panel reads it, and our members comment on it."),
    "ineligible": gettext_noop("It does not fit the rules of the call."),
    "in principle": gettext_noop("Now we ask for the full proposal."),
    "awarded": gettext_noop("It was awarded. Congratulations."),
    "rejected": gettext_noop("It was not chosen."),
    "proposed": gettext_noop("We have the full proposal, and appraise it."),
    "appraised": gettext_noop("It is appraised. What comes next is the agreement."),
    "planned": gettext_noop("It is appraised. What comes next is the agreement."),
    "signed": gettext_noop("The agreement is signed. You report on it here."),
    "completed": gettext_noop("It is completed. What is left is to settle the payments."),
    "closed": gettext_noop("It is closed. Thank you."),
    "withdrawn": gettext_noop("It is withdrawn."),
    "cancelled": gettext_noop("It was cancelled."),
}


# The fields that a rule looks at.
ASKED_BY = {
    "size": {"requested"}, "share": {"requested", "own_cash"}, "country": {"country"},
    "sponsors": {"sponsors", "letters"}, "no objection": {"no_objection"}, "gender": {"gender_statement"},
}  # fmt: skip


@dataclass(frozen=True)
class Look:
    """What a draft still lacks, and where it does not fit the call's rules: the list beside the form."""

    missing: list[str]
    unfit: list[str]
    unsure: list[str]


def look_at(application: Application, form: ConceptForm, now: datetime) -> Look:
    form.is_valid()
    values = {name: form.readable.get(name, _empty(application, name)) for name in form.fields}
    rules, facts = rules_of(application.call), facts_of(actions.with_values(application, values), now)
    lacks = missing(rules, facts)
    found = [f for f in check(rules, facts) if not ASKED_BY.get(f.rule, set()) & {*lacks}]  # missing says it already
    return Look(
        lacking(lacks),
        [said(f) for f in found if f.met is False],
        [said(f) for f in found if f.met is None],
    )


def _empty(application: Application, name: str) -> Any:
    field = Application._meta.get_field(name)
    return None if getattr(field, "null", False) else ""


@open_to(LINK)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def link(request: ActorRequest, token: str) -> HttpResponseBase:
    application = actions.find(token)
    if application is None:
        item = find_item(token)
        return own_item(request, item, token) if item else render(request, "grants/apply_gone.html", status=404)
    if application.state != "draft":
        if request.method != "POST":
            return _status(request, application, token)
        if not _arrived(request, application):
            raise Refused(_("This application was sent before: it stays as it was."))
        return redirect(request.path)
    if request.method == "POST":
        return _take(request, application, token)
    return _form(request, application, token, typed_from(application))


def _arrived(request: ActorRequest, application: Application | None) -> bool:
    """Whether this very form was sent before, and its thanks were lost on the way."""
    once = request.POST.get("once", "")
    return bool(once) and application is not None and application.state != "draft" and application.once == once


def _take(request: ActorRequest, application: Application, token: str) -> HttpResponse:
    """Keep all that was typed and chosen, whatever comes of the rest; then send it, where asked to."""
    actor = actions.applicant(application, request.today)
    typed = typed_in(request.POST)
    more = PartsForm(request.today, request.POST, request.FILES)
    try:
        actions.save(actor, application.ref, typed, revision=whole(request.POST.get("revision", "")))
    except Refused as refused:
        if _arrived(request, actions.find(token)):  # the button was pressed twice at once
            return redirect(request.path)
        if not isinstance(refused, Stale):
            raise
        fresh = actions.find(token) or application
        return _form(request, fresh, token, typed, more, list(refused.reasons), status=409)
    why: list[str] = []
    if more.is_valid():
        kept = {name: text for name, text in typed.items() if name not in NEXT_SPONSOR}
        try:
            application = actions.save(actor, application.ref, kept, _parts(request, more, typed))
        except Refused as refused:
            why += refused.reasons
        else:
            typed = kept
    if more.is_valid() and not why:
        if request.POST.get("do") != "submit":
            return redirect(f"{request.path}?saved=yes")
        form = ConceptForm(application.call, typed)
        if form.is_valid():
            try:
                once = request.POST.get("once", "")
                actions.submit(actor, application.ref, form.cleaned_data, once, timezone.now())
                return redirect(request.path)
            except Refused as refused:
                why += refused.reasons
        more = PartsForm(request.today)  # what came with it is here already
    fresh = actions.find(token) or application
    return _form(request, fresh, token, typed, more, why, status=422)


def _parts(request: ActorRequest, more: PartsForm, typed: Mapping[str, str]) -> actions.Parts:
    """What came with the fields. Files are kept first: Refused says what is wrong with one."""
    given: Mapping[str, Any] = more.cleaned_data
    letters = {
        name.removeprefix("letter-"): keep(upload)
        for name in request.FILES
        if name.startswith("letter-")
        for upload in request.FILES.getlist(name)
    }
    attachments: list[tuple[str, Kept]] = []
    if upload := given.get("file"):
        attachments.append((given.get("kind") or "other", keep(upload)))
    letter = given.get("sponsor_letter")
    return actions.Parts(
        co_applicants=co_applicants(typed),
        sponsor=given.get("sponsor"),
        sponsor_role=given.get("sponsor_role", ""),
        sponsor_letter=keep(letter) if letter else None,
        letters=letters,
        attachments=attachments,
        remove=frozenset(request.POST.getlist("remove")),
    )


def _form(
    request: ActorRequest,
    application: Application,
    token: str,
    typed: Mapping[str, str],
    more: PartsForm | None = None,
    why: Sequence[str] = (),
    status: int = 200,
) -> HttpResponse:
    call, now = application.call, timezone.now()
    form, takes = ConceptForm(call, typed), actions.is_open(call, now)
    context = {
        "application": application,
        "call": call,
        "token": token,
        "form": form,
        "checked": more is not None,  # only what was sent is told that it is wrong
        "more": more or PartsForm(request.today, initial={name: typed.get(name, "") for name in NEXT_SPONSOR}),
        "why": why,
        "saved": request.method == "GET" and "saved" in request.GET,
        "look": look_at(application, form, now),
        "closes": instant(call.closes_at, call.zone) if call.closes_at else "",
        "days": days_left(call.closes_at, call.zone, now) if call.closes_at else None,
        "takes": takes,
        "not_open": "" if takes else actions.why_not_open(call, now),
        "co_applicants": co_applicants(typed),
        "joined": any(name for name, _role in co_applicants(typed)),
        "sponsors": application.sponsors.select_related("organisation", "letter"),
        "attachments": application.attachments.select_related("file"),
        "rules": rules_in_words(call),
        "criteria": call.criteria.all(),
        "once": request.POST.get("once") or secrets.token_urlsafe(12),
    }
    return render(request, "grants/apply.html", context, status=status)


@open_to(LINK)
@never_cache
@require_POST
def keep_draft(request: ActorRequest, token: str) -> JsonResponse:
    """Saved while typing. 409 where another window was faster: nothing newer is overwritten."""
    application = actions.find(token)
    if application is None:
        return JsonResponse({}, status=404)
    typed = typed_in(request.POST)
    actor = actions.applicant(application, request.today)
    try:
        kept = actions.save(actor, application.ref, typed, revision=whole(request.POST.get("revision", "")))
    except Refused as refused:
        return JsonResponse({"refused": refused.reasons}, status=409)
    look = look_at(kept, ConceptForm(kept.call, typed), timezone.now())
    live = render_to_string("grants/apply_look.html", {"look": look}, request)
    return JsonResponse({"revision": kept.revision, "live": live})


def _status(
    request: ActorRequest,
    application: Application,
    token: str,
    *,
    proposal: ProposalForm | None = None,
    why: Sequence[str] = (),
    status: int = 200,
) -> HttpResponseBase:
    """How it stands, what comes next and by when."""
    call = application.call
    item = FundedItem.objects.filter(application=application).first()
    state = item.state if item else application.state
    asked = application.state == "in principle"
    late = bool(asked and application.proposal_due and request.today > application.proposal_due)
    context = {
        "application": application,
        "call": call,
        "token": token,
        "state": state,
        "next": _(NEXT[state]) if state in NEXT else "",
        "submitted": instant(application.submitted_at, call.zone) if application.submitted_at else "",
        "rows": _rows(application),
        "co_applicants": application.co_applicants.all(),
        "sponsors": application.sponsors.select_related("organisation", "letter"),
        "attachments": application.attachments.select_related("file"),
        "letters": Letter.objects.filter(
            to__iexact=application.contact_email, key__contains=f":{application.ref}"
        ).order_by("-pk")[:10],
        "proposal": (proposal or ProposalForm(initial={"proposal": application.proposal})) if asked else None,
        "late": late,
        "reason": ReasonForm() if "withdraw" in APPLICATION.verbs(application.state, {APPLICANT}) else None,
        "why": why,
        "saved": bool(asked and request.method == "GET" and "saved" in request.GET),
    } | (link_reports(request, item) if item else {})
    return render(request, "grants/apply_status.html", context, status=status)


def _rows(application: Application) -> list[tuple[str, str]]:
    """What was sent, as it was typed."""
    form = ConceptForm(application.call)
    typed = typed_from(application)
    currency = application.call.currency
    shown = typed | {
        "country": str(application.country or ""),
        "language": language_name(application.language),
        "requested": money(application.requested, currency) if application.requested is not None else "",
        "own_cash": money(application.own_cash, currency) if application.own_cash is not None else "",
        "starts": day(application.starts) if application.starts else "",
        "ends": day(application.ends) if application.ends else "",
    }
    return [(str(field.label), shown[name]) for name, field in form.fields.items() if shown.get(name)]


def _mine(token: str) -> Application:
    found = actions.find(token)
    if found is None:
        raise Http404
    return found


@open_to(LINK)
@never_cache
@require_POST
def withdraw(request: ActorRequest, token: str) -> HttpResponseBase:
    application = _mine(token)
    form = ReasonForm(request.POST)
    reason = form.cleaned_data["reason"] if form.is_valid() else ""
    settle(actions.applicant(application, request.today), application.ref, "withdraw", reason=reason)
    return redirect("grants_link", token)


@open_to(LINK)
@never_cache
@require_POST
def proposal(request: ActorRequest, token: str) -> HttpResponseBase:
    """The full proposal: kept in any case, sent while it is due."""
    application = _mine(token)
    actor = actions.applicant(application, request.today)
    form = ProposalForm(request.POST, request.FILES)
    why: list[str] = []
    if form.is_valid() and application.state == "proposed" and application.proposal == form.cleaned_data["proposal"]:
        return redirect("grants_link", token)  # it arrived before
    if form.is_valid():
        try:
            files = [keep(upload)] if (upload := form.cleaned_data["file"]) else []
            revision = whole(request.POST.get("revision", ""))
            actions.keep_proposal(actor, application.ref, form.cleaned_data["proposal"], files, revision)
            if request.POST.get("do") == "submit":
                actions.propose(actor, application.ref)
                return redirect("grants_link", token)
            return redirect(f"{reverse('grants_link', args=[token])}?saved=yes")
        except Refused as refused:
            why += refused.reasons
    return _status(request, _mine(token), token, proposal=form, why=why, status=422)


@open_to(LINK)
@never_cache
@require_safe
def file(request: ActorRequest, token: str, sha256: str) -> HttpResponseBase:
    """Their own files back: what they sent and nothing else."""
    application = _mine(token)
    mine = StoredFile.objects.filter(sha256=sha256)
    stored = mine.filter(attachment__application=application).first()
    stored = stored or mine.filter(sponsor__application=application).first()
    if stored is None or not (path := path_of(stored.sha256)).exists():
        raise Http404
    answer = FileResponse(path.open("rb"), as_attachment=True, filename=stored.name, content_type=stored.media_type)
    answer["X-Content-Type-Options"] = "nosniff"
    return answer
