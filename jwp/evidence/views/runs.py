"""“Diagnose a city”: files are sent, what we guessed is put right, the work is watched, the result is read."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import capfirst
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe
from django_tables2 import RequestConfig

from jwp.core.access import GENDER_TEAM, INSIDERS, SECRETARIAT, acting, open_to, visible_or_404
from jwp.core.door import Refused
from jwp.core.forms import attempt, whole
from jwp.core.models import Partnership
from jwp.evidence import actions, tasks
from jwp.evidence.access import PUBLISHERS, visible_files, visible_runs
from jwp.evidence.files import path_of
from jwp.evidence.models import Run, RunFile
from jwp.evidence.rules import RUN, UPLOADS
from jwp.evidence.run_form import FILES, ChoicesForm, UploadForm, WithdrawForm
from jwp.evidence.run_tables import TONES, FigureTable, RunFilter, RunTable, columns, families
from jwp.evidence.views.products import export_address
from jwp.partners.tables import as_csv
from jwp.partners.views.editing import Crumb

PER_PAGE = 50
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
SHOWN = 200  # lines of figures on the page; the rest is in the file
SHOWN_OTHERWISE = ("body.html", "figures.csv")
CHANGEABLE = (Run.State.PREPARED, Run.State.FAILED)
# What each kind gives, for somebody who has to choose.
GIVES = {
    "sheet": gettext_lazy(
        "Some hundred answers from a form or a workshop: counts of women and men. It speaks only of those asked."
    ),
    "survey": gettext_lazy(
        "A sample survey with weights: estimates of women and men, the gap between them, and how sure it is."
    ),
    "access": gettext_lazy(
        "Streets, homes and places: what women and men reach, also with a care stop on the way, and what that costs."
    ),
    "audit": gettext_lazy(
        "Ratings of streets by those who walk them: scores by time of day and by who rated, on a map."
    ),
}


@open_to(*INSIDERS)
@require_safe
def runs(request: HttpRequest) -> HttpResponse:
    actor = acting(request)
    found = RunFilter(request.GET, visible_runs(actor))
    table = RunTable(found.qs)
    RequestConfig(request, paginate={"per_page": PER_PAGE}).configure(table)
    if request.GET.get("export") == "csv":
        return as_csv(table, "diagnostics", Partnership.get())
    table.export_url = export_address(request)
    any_run = bool(request.GET) or visible_runs(actor).exists()
    context = {"table": table, "filter": found, "may_write": actor.has(*SECRETARIAT), "any_run": any_run}
    return render(request, "evidence/runs.html", context)


@open_to(*SECRETARIAT)
@require_safe
def kinds(request: HttpRequest) -> HttpResponse:
    found = [
        (kind, capfirst(label), GIVES[kind], [FILES[upload.role][0] for upload in UPLOADS[kind]])
        for kind, label in Run.Kind.choices
    ]
    return render(request, "evidence/run_kinds.html", {"kinds": found, "missing": tasks.missing(), "crumbs": _crumbs()})


@open_to(*SECRETARIAT)
@require_http_methods(["GET", "HEAD", "POST"])
def upload(request: HttpRequest, kind: str) -> HttpResponse:
    """Files are kept first and looked at then: nothing has to be sent twice."""
    if kind not in UPLOADS:
        raise Http404
    actor = acting(request)
    first = {"place": request.GET.get("city", ""), "language": getattr(request, "LANGUAGE_CODE", "en")}
    form = UploadForm(request.POST or None, request.FILES or None, kind=kind, initial=first)

    def keep() -> Run:
        return actions.upload_run(actor, kind, list(form.kept()), **form.values)

    if (made := attempt(form, keep)) is not None:
        tasks.look(actor, made.ref)
        return redirect("runs:choices", made.ref)
    crumbs = [*_crumbs(), (_("Diagnose a city"), reverse("runs:kinds"))]
    context = {"form": form, "crumbs": crumbs, "kind": kind, "heading": capfirst(Run.Kind(kind).label), "step": 1}
    return render(request, "evidence/run_upload.html", context)


@open_to(*SECRETARIAT)
@require_safe
def audit_form(request: HttpRequest) -> HttpResponse:
    """What people walk with: the form of a safety audit for Kobo or ODK, in three languages."""
    if tasks.missing():
        raise Http404
    content = tasks.audit_form((get_language() or "en").split("-")[0])
    response = HttpResponse(content, content_type=XLSX)
    response["Content-Disposition"] = 'attachment; filename="safety-audit.xlsx"'
    return response


@open_to(*SECRETARIAT)
@require_http_methods(["GET", "HEAD", "POST"])
def send_again(request: HttpRequest, ref: str) -> HttpResponse:
    """Mended files, for a run that has not begun or has failed."""
    actor = acting(request)
    shown = visible_or_404(visible_runs(actor), ref)
    if shown.state not in CHANGEABLE:
        raise Http404
    form = UploadForm(request.POST or None, request.FILES or None, kind=shown.kind, instance=shown, again=True)

    def keep() -> Run:
        return actions.send_again(actor, ref, form.opened_at, list(form.kept()), **form.values)

    if attempt(form, keep) is not None:
        tasks.look(actor, ref)
        return redirect("runs:choices", ref)
    context = {"form": form, "crumbs": _crumbs(shown), "heading": shown.title, "step": 1, "run": shown}
    return render(request, "evidence/run_upload.html", context | {"files": shown.files.select_related("file")})


@open_to(*SECRETARIAT)
@require_http_methods(["GET", "HEAD", "POST"])
def choices(request: HttpRequest, ref: str) -> HttpResponse:
    """What we guessed, to be put right; and then it starts."""
    actor = acting(request)
    shown = visible_or_404(visible_runs(actor), ref)
    if shown.state not in CHANGEABLE:
        return redirect("runs:run", ref)
    again = request.POST.get("verb") == "look"  # another column of sex: its codes have to be asked for
    if again and not shown.guess:  # sent while the library was not installed
        tasks.look(actor, ref)
        return redirect("runs:choices", ref)
    form = ChoicesForm(request.POST if request.method == "POST" else None, run=shown)

    def begin() -> Run:
        revision = form.cleaned_data["revision"]
        chosen = actions.choose(actor, ref, revision, parameters=form.parameters)
        return tasks.start(actor, ref, chosen.revision)

    if request.method == "POST" and not again and attempt(form, begin) is not None:
        return redirect("runs:run", ref)
    if again:
        form.errors.clear()
    context = {
        "run": shown, "form": form, "guess": shown.guess, "missing": tasks.missing(), "crumbs": _crumbs(),
        "codes": [form[f"code-{number}"] for number in range(len(form.codes))],
        "fields": [field for field in form.visible_fields() if not field.name.startswith("code-")],
        "files": shown.files.select_related("file"), "step": 2,
    }  # fmt: skip
    return render(request, "evidence/run_choices.html", context)


@open_to(*INSIDERS)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def run(request: HttpRequest, ref: str) -> HttpResponse:
    """Where a run stands: on its way, failed with what to mend, or its result. Sent, it is started once more."""
    actor = acting(request)
    shown = visible_or_404(visible_runs(actor), ref)
    if request.method == "POST":
        if not actor.has(*SECRETARIAT):
            raise Http404
        tasks.start(actor, ref, whole(request.POST.get("revision", "")))
        return redirect("runs:run", ref)
    context: dict[str, Any] = {
        "run": shown,
        "crumbs": _crumbs(),
        "tone": TONES[shown.state],
        "percent": round(shown.share * 100),
        "step": 3,
        "verbs": RUN.verbs(shown.state, actions.run_roles(actor)),
        "may_record": shown.has_result and actor.has(GENDER_TEAM),
        "facts": _facts(shown),
    }
    if shown.has_result or shown.state == Run.State.WITHDRAWN:  # what was said stays readable inside
        lines = families(shown.figures.all())
        files = shown.files.filter(file__in=visible_files(actor)).select_related("file")
        body = body_of(shown)
        context |= {
            "findings": untold(shown.findings, body),
            "lines": lines[:SHOWN],
            "has": columns(lines),
            "more": max(len(lines) - SHOWN, 0),
            "body": body,
            "files": [one for one in files if one.role not in SHOWN_OTHERWISE],
            "readings": _readings(shown),
        }
    return render(request, "evidence/run.html", context)


@open_to(*INSIDERS)
@never_cache
@require_safe
def progress(request: HttpRequest, ref: str) -> HttpResponse:
    shown = visible_or_404(visible_runs(acting(request)), ref)
    said = {"state": shown.state, "percent": round(shown.share * 100), "step": shown.step, "waits": shown.waits}
    return JsonResponse(said)


@open_to(*INSIDERS)
@require_safe
def figures_csv(request: HttpRequest, ref: str) -> HttpResponse:
    shown = visible_or_404(visible_runs(acting(request)), ref)
    if not shown.has_result:
        raise Http404
    return as_csv(FigureTable(shown.figures.all()), shown.ref, Partnership.get())


@open_to(*PUBLISHERS)
@require_http_methods(["GET", "HEAD", "POST"])
def publish(request: HttpRequest, ref: str) -> HttpResponse:
    actor = acting(request)
    shown = visible_or_404(visible_runs(actor), ref)
    if "publish" not in RUN.verbs(shown.state, actions.run_roles(actor)):
        raise Http404
    refused: tuple[str, ...] = ()
    if request.method == "POST":
        try:
            actions.publish_run(actor, ref, whole(request.POST.get("revision", "")))
        except Refused as why:
            refused = why.reasons
        else:
            messages.success(request, _("Published. Anybody may read it now."))
            return redirect("runs:run", ref)
    small = actions.small_figures(shown)[:10]
    context = {"run": shown, "refused": refused, "small": small, "crumbs": _crumbs(shown)}
    return render(request, "evidence/run_publish.html", context, status=409 if refused else 200)


@open_to(*SECRETARIAT)
@require_http_methods(["GET", "HEAD", "POST"])
def withdraw(request: HttpRequest, ref: str) -> HttpResponse:
    actor = acting(request)
    shown = visible_or_404(visible_runs(actor), ref)
    if "withdraw" not in RUN.verbs(shown.state, actions.run_roles(actor)):
        raise Http404
    form = WithdrawForm(request.POST or None, initial={"revision": shown.revision})

    def act() -> Run:
        return actions.withdraw_run(actor, ref, form.cleaned_data["revision"], form.cleaned_data["reason"])

    if attempt(form, act) is not None:
        messages.success(request, _("Withdrawn."))
        return redirect("runs:run", ref)
    context = {"run": shown, "form": form, "crumbs": _crumbs(shown), "back": reverse("runs:run", args=[ref])}
    context["readings"] = _readings(shown)
    return render(request, "evidence/run_withdraw.html", context)


def body_of(run: Run) -> SafeString:
    """The report, as the measuring library wrote it: every text in it is escaped there."""
    kept = run.files.filter(part=RunFile.Part.RESULT, role="body.html").select_related("file").first()
    path = path_of(kept.file.sha256) if kept else None
    return mark_safe(path.read_text(encoding="utf-8") if path and path.exists() else "")


def untold(findings: list[dict[str, str]], body: str) -> list[dict[str, str]]:
    """What was found in the data and the report does not say by itself."""
    return [finding for finding in findings if escape(finding["what"]) not in body]


def _facts(run: Run) -> list[tuple[str, object]]:
    chosen = ((name, value) for name, value in run.parameters.items() if value not in ("", [], {}, None))
    said = "; ".join(f"{name}: {_plain(value)}" for name, value in chosen)
    return [
        (_("City"), run.place or ""),
        (_("Kind"), capfirst(run.get_kind_display())),
        (_("Data from"), run.source),
        (_("Chosen"), said),
        (_("Made by"), run.started_by or ""),
    ]


def _plain(value: Any) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{name} = {one}" for name, one in value.items())
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def _readings(run: Run) -> list[Any]:
    """Where its figures went: rows of a higher room, reached from here by their pointing at us."""
    return list(run.readings.filter(superseded_by=None).select_related("indicator"))


def _crumbs(run: Run | None = None) -> list[Crumb]:
    found = [(_("Diagnostics"), reverse("runs:list"))]
    return found + ([(run.title, reverse("runs:run", args=[run.ref]))] if run else [])
