"""The list of applications, one application with all that was said about it, and its steps."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.db.models import Q
from django.http import FileResponse, Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe
from django_tables2 import RequestConfig

from jwp.core.access import DIRECTOR, INSIDERS, SIGNED_IN, STAFF, ActorRequest, acting, open_to, visible_or_404
from jwp.core.door import Refused
from jwp.core.forms import attempt, whole
from jwp.evidence.files import keep, path_of
from jwp.evidence.models import StoredFile
from jwp.evidence.views.products import export_address
from jwp.grants.access import WRITERS, visible_applications, visible_calls
from jwp.grants.actions import applications as act
from jwp.grants.actions.eligibility import findings_of
from jwp.grants.actions.proposal import record_proposal as record
from jwp.grants.forms.applications import (
    AppraiseForm,
    AwardForm,
    CheckForm,
    ExtendForm,
    ProposalForm,
    RegisterForm,
    SendBackForm,
    StepForm,
)
from jwp.grants.models import Application, Attachment
from jwp.grants.tables.applications import CSV, ApplicationFilter, ApplicationTable, as_rows, listed
from jwp.grants.views.application_page import shown
from jwp.partners.tables import stream_csv
from jwp.partners.views.editing import Crumb, edit

PER_PAGE = 50
# Steps that only ask for a reason, or for nothing: their buttons stand on the page itself.
PLAIN = ("approve in principle", "recommend", "reject", "withdraw", "cancel", "reconsider")


@open_to(*INSIDERS)
@require_safe
def applications(request: ActorRequest) -> HttpResponseBase:
    actor = acting(request)
    rows = listed(visible_applications(actor))
    found = ApplicationFilter(request.GET, rows, calls=visible_calls(actor))
    table = ApplicationTable(found.qs, today=request.today, order_by="")
    exported = request.GET.get("export") == "csv"
    RequestConfig(request, paginate=False if exported else {"per_page": PER_PAGE}).configure(table)
    if exported:
        heading = [str(word) for word in CSV.values()]
        return stream_csv(heading, as_rows(table.data.data), "applications", request.partnership)
    table.export_url = export_address(request)
    return render(request, "grants/applications.html", {"table": table, "filter": found})


@open_to(SIGNED_IN)
@require_safe
def application(request: ActorRequest, ref: str) -> HttpResponse:
    actor = acting(request)
    row = visible_or_404(visible_applications(actor), ref)
    return render(request, "grants/application.html", shown(actor, row, PLAIN))


@open_to(SIGNED_IN)
@require_safe
def file(request: ActorRequest, ref: str, sha256: str) -> FileResponse:
    """A letter or attachment, for whoever sees the application; a full proposal for insiders."""
    actor = acting(request)
    row = visible_or_404(visible_applications(actor), ref)
    attached = Attachment.objects.filter(application=row)
    if not actor.has(*INSIDERS):
        attached = attached.exclude(kind=Attachment.Kind.PROPOSAL)
    cited = Q(attachment__in=attached) | Q(sponsor__application=row)
    stored = StoredFile.objects.filter(cited, sha256=sha256).distinct().first()
    if stored is None or not (path := path_of(stored.sha256)).exists():
        raise Http404
    answer = FileResponse(path.open("rb"), as_attachment=True, filename=stored.name, content_type=stored.media_type)
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Cache-Control"] = "private, no-store"
    return answer


@open_to(STAFF)
def check(request: ActorRequest, ref: str) -> HttpResponse:
    """The eligibility check: what the rules say, what they cannot tell, and the verdict."""
    actor = acting(request)
    row = visible_or_404(visible_applications(actor), ref)
    form = CheckForm(findings_of(row), request.POST or None, row=row)

    def find() -> Application:
        given = form.cleaned_data
        return act.find(
            actor, ref, form.opened_at,
            eligible=given["verdict"] == "eligible", findings=form.found(), note=given["note"],
        )  # fmt: skip

    if attempt(form, find):
        messages.success(request, _("The check is written down, and the applicant has a letter."))
        return redirect(_page(ref))
    context = {"form": form, "application": row, "crumbs": _crumbs(row), "heading": _("Eligibility check")}
    return render(request, "grants/application_check.html", context)


@open_to(*WRITERS)
@require_POST
def step(request: ActorRequest, ref: str) -> HttpResponse:
    actor = acting(request)
    visible_or_404(visible_applications(actor), ref)
    verb, reason = request.POST.get("verb", ""), request.POST.get("reason", "")
    revision = whole(request.POST.get("revision", ""))
    try:
        if verb == act.IN_PRINCIPLE:
            act.approve(actor, ref, revision)
        elif verb == "recommend":
            act.recommend(actor, ref, revision)
        elif verb in PLAIN:
            act.settle(actor, ref, verb, revision, reason=reason)
        else:
            raise Refused(_("Choose a step."))
    except Refused as refused:
        for why in refused.reasons:
            messages.error(request, why)
        # What was typed is not lost: it stands again in its field.
        context = shown(actor, visible_or_404(visible_applications(actor), ref), PLAIN) | {
            "typed": reason,
            "tried": verb,
        }
        return render(request, "grants/application.html", context, status=409)
    messages.success(request, _("Done, and written down."))
    return redirect(_page(ref))


@open_to(STAFF)
def appraise(request: ActorRequest, ref: str) -> HttpResponse:
    """The full proposal beside what is said of it. What comes of it is the funded item's page."""
    actor = acting(request)
    row = visible_or_404(visible_applications(actor), ref)
    form = AppraiseForm(request.POST or None, row=row)
    item = attempt(form, lambda: act.appraise(actor, ref, form.opened_at, appraisal=form.cleaned_data["appraisal"]))
    if item:
        messages.success(request, _("Appraised: it is a funded item now, and the applicant has a letter."))
        return redirect("grants:item", item.ref)
    context = {
        "form": form, "application": row, "crumbs": _crumbs(row), "heading": _("Appraise"),
        "sponsors": row.sponsors.select_related("organisation"),
        "attachments": row.attachments.select_related("file"),
    }  # fmt: skip
    return render(request, "grants/application_appraise.html", context)


@open_to(STAFF)
def record_proposal(request: ActorRequest, ref: str) -> HttpResponse:
    """Staff write down a full proposal that came by post or e-mail."""
    row = visible_or_404(visible_applications(acting(request)), ref)
    form = ProposalForm(request.POST or None, request.FILES or None, row=row, initial={"proposal": row.proposal})

    def write() -> Application:
        upload = form.cleaned_data["file"]
        files = [keep(upload)] if upload else []
        return record(acting(request), ref, form.opened_at, proposal=form.cleaned_data["proposal"], files=files)

    if attempt(form, write):
        messages.success(request, _("The full proposal is written down."))
        return redirect(_page(ref))
    context = {"form": form, "heading": _("Record the full proposal"), "crumbs": _crumbs(row), "back": _page(ref)}
    return render(request, "evidence/form.html", context)


@open_to(DIRECTOR)
def award(request: ActorRequest, ref: str) -> HttpResponse:
    return _form(
        request, ref, AwardForm, _("Award"), "",
        lambda form: act.award(
            acting(request), ref, form.opened_at,
            place=form.cleaned_data["place"], category=form.cleaned_data["category"],
        ),
    )  # fmt: skip


@open_to(*WRITERS)
def extend(request: ActorRequest, ref: str) -> HttpResponse:
    return _form(
        request, ref, ExtendForm, _("More time for the full proposal"), "",
        lambda form: act.extend(
            acting(request), ref, form.opened_at, due=form.cleaned_data["due"], reason=form.cleaned_data["reason"]
        ),
    )  # fmt: skip


@open_to(STAFF)
def send_back(request: ActorRequest, ref: str) -> HttpResponse:
    return _form(
        request, ref, SendBackForm, _("Send the full proposal back"), "",
        lambda form: act.send_back(
            acting(request), ref, form.opened_at, reason=form.cleaned_data["reason"], due=form.cleaned_data["due"]
        ),
    )  # fmt: skip


@open_to(*WRITERS)
def register(request: ActorRequest, ref: str) -> HttpResponse:
    return _form(
        request, ref, RegisterForm, _("Which organisation of ours applies"), "",
        lambda form: act.register(
            acting(request), ref, form.opened_at, organisation=form.cleaned_data["organisation"]
        ),
    )  # fmt: skip


@open_to(*WRITERS)
@require_POST
def confirm_sponsor(request: ActorRequest, ref: str) -> HttpResponse:
    actor = acting(request)
    seen = visible_applications(actor).filter(sponsors__ref=ref).first()
    if seen is None:
        raise Http404
    act.confirm_sponsor(actor, ref)
    messages.success(request, _("Written down: the sponsor confirmed."))
    return redirect(f"{_page(seen.ref)}#sponsors")


def _form(
    request: ActorRequest, ref: str, kind: type[StepForm], heading: str, lead: str, do: Callable[[Any], object]
) -> HttpResponse:
    row = visible_or_404(visible_applications(acting(request)), ref)
    form = kind(request.POST or None, row=row, initial=_first(row, kind))
    return edit(request, form, lambda: do(form), heading=heading, crumbs=_crumbs(row), then=_page(ref), lead=lead)


def _first(row: Application, kind: type[StepForm]) -> dict[str, Any]:
    if kind is RegisterForm and row.organisation:
        return {"organisation": row.organisation.ref}
    return {"due": row.proposal_due} if kind is ExtendForm else {}


def _page(ref: str) -> str:
    return reverse("grants:application", args=[ref])


def _crumbs(row: Application) -> list[Crumb]:
    return [(_("Applications"), reverse("grants:applications")), (str(row), _page(row.ref))]
