"""The pages of documents, sources and events, and the one address that hands out files."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe
from django_tables2 import RequestConfig, Table

from jwp.core.access import ANYONE, INSIDERS, SIGNED_IN, Actor, acting, open_to, visible_or_404
from jwp.core.forms import attempt
from jwp.evidence import actions
from jwp.evidence.access import RECORDERS, WRITERS, visible_documents, visible_files
from jwp.evidence.files import path_of
from jwp.evidence.forms import ApprovalForm, DocumentForm, EventForm, SourceForm
from jwp.evidence.models import Approval, Document, Event, Source
from jwp.evidence.tables import DocumentFilter, DocumentTable, EventTable, SourceTable, with_latest_approval

PER_PAGE = 50


@open_to(SIGNED_IN)
@require_safe
def documents(request: HttpRequest) -> HttpResponse:
    actor = acting(request)
    found = DocumentFilter(request.GET, with_latest_approval(visible_documents(actor)))
    table = _page(request, DocumentTable(found.qs))
    return render(
        request,
        "evidence/documents.html",
        {"table": table, "filter": found, "may_write": actor.has(*WRITERS)},
    )


@open_to(SIGNED_IN)
@require_safe
def document(request: HttpRequest, ref: str) -> HttpResponse:
    actor = acting(request)
    shown = visible_or_404(visible_documents(actor), ref)
    every = _versions(shown)
    readable = set(visible_documents(actor).filter(pk__in=[v.pk for v in every]).values_list("pk", flat=True))
    versions = [version for version in every if version.pk in readable]
    approvals: dict[str, list[Approval]] = {}
    for approval in Approval.objects.filter(subject__in=[v.ref for v in versions]).select_related("body"):
        approvals.setdefault(approval.subject, []).append(approval)
    context = {
        "document": shown,
        "versions": [(version, approvals.get(version.ref, [])) for version in versions],
        "newest": versions[0],
        "may_write": actor.has(*WRITERS),
        "may_approve": actor.has(*RECORDERS),
    }
    return render(request, "evidence/document.html", context)


def _versions(document: Document) -> list[Document]:
    """Every version of this document, newest first, in one query whatever their number."""
    return list(
        Document.objects.raw(
            """
            WITH RECURSIVE
              older(id, step) AS (
                SELECT id, 0 FROM evidence_document WHERE id = %s
                UNION ALL
                SELECT d.supersedes_id, o.step - 1 FROM evidence_document d JOIN older o ON d.id = o.id
                WHERE d.supersedes_id IS NOT NULL),
              newer(id, step) AS (
                SELECT id, 0 FROM evidence_document WHERE id = %s
                UNION ALL
                SELECT d.id, n.step + 1 FROM evidence_document d JOIN newer n ON d.supersedes_id = n.id),
              chain AS (SELECT * FROM older UNION SELECT * FROM newer)
            SELECT d.*, f.sha256 AS file_sha256, f.name AS file_name
            FROM evidence_document d
            JOIN chain c ON c.id = d.id
            LEFT JOIN evidence_storedfile f ON f.id = d.file_id
            ORDER BY c.step DESC
            """,
            [document.pk, document.pk],
        )
    )


@open_to(*WRITERS)
def new_document(request: HttpRequest) -> HttpResponse:
    form = DocumentForm(request.POST or None, request.FILES or None)
    made = attempt(form, lambda: actions.add_document(acting(request), form.kept(), **form.values))
    if made:
        return redirect("evidence:document", made.ref)
    return _form(request, form, _("Add a document"), reverse("evidence:documents"))


@open_to(*WRITERS)
def change_document(request: HttpRequest, ref: str) -> HttpResponse:
    document = visible_or_404(visible_documents(acting(request)), ref)
    form = DocumentForm(request.POST or None, request.FILES or None, instance=document)
    done = attempt(
        form,
        lambda: actions.change_document(acting(request), ref, form.opened_at, form.kept(), **form.values),
    )
    if done:
        return redirect("evidence:document", ref)
    return _form(request, form, _("Put the record right"), reverse("evidence:document", args=[ref]))


@open_to(*WRITERS)
def new_version(request: HttpRequest, ref: str) -> HttpResponse:
    old = visible_or_404(visible_documents(acting(request)), ref)
    # What usually stays the same is filled in; what makes the version new is not.
    same = {name: getattr(old, name) for name in ("title", "kind", "language", "prepared_by", "public")}
    form = DocumentForm(request.POST or None, request.FILES or None, initial=same | {"revision": old.revision})
    form.fields["revision"].initial = old.revision
    made = attempt(form, lambda: actions.new_version(acting(request), ref, form.opened_at, form.kept(), **form.values))
    if made:
        return redirect("evidence:document", made.ref)
    heading = _("New version of %(document)s") % {"document": old}
    return _form(request, form, heading, reverse("evidence:document", args=[ref]))


@open_to(*RECORDERS)
def approve(request: HttpRequest, ref: str) -> HttpResponse:
    document = visible_or_404(visible_documents(acting(request)), ref)
    form = ApprovalForm(request.POST or None)
    if attempt(form, lambda: actions.approve_document(acting(request), ref, **form.cleaned_data)):
        return redirect("evidence:document", ref)
    heading = _("%(document)s was approved") % {"document": document}
    return _form(request, form, heading, reverse("evidence:document", args=[ref]))


@open_to(*INSIDERS)
@require_safe
def sources(request: HttpRequest) -> HttpResponse:
    table = SourceTable(_with_words(Source.objects.all(), request.GET.get("q", "")))
    return _list(request, table, _("Sources"), "evidence:new_source")


@open_to(*INSIDERS)
@require_safe
def events(request: HttpRequest) -> HttpResponse:
    rows = Event.objects.select_related("place").prefetch_related("organisers")
    table = EventTable(_with_words(rows, request.GET.get("q", "")))
    return _list(request, table, _("Events"), "evidence:new_event")


@open_to(*WRITERS)
def source(request: HttpRequest, ref: str = "") -> HttpResponse:
    row = visible_or_404(Source.objects.all(), ref) if ref else None
    form = SourceForm(request.POST or None, instance=row)
    if attempt(form, lambda: actions.keep_source(acting(request), row, form.opened_at, **form.values)):
        return redirect("evidence:sources")
    return _form(request, form, str(row or _("Add a source")), reverse("evidence:sources"))


@open_to(*WRITERS)
def event(request: HttpRequest, ref: str = "") -> HttpResponse:
    row = visible_or_404(Event.objects.all(), ref) if ref else None
    form = EventForm(request.POST or None, instance=row)
    if attempt(form, lambda: actions.keep_event(acting(request), row, revision=form.opened_at, **form.values)):
        return redirect("evidence:events")
    return _form(request, form, str(row or _("Add an event")), reverse("evidence:events"))


@open_to(ANYONE)
@require_safe
def file(request: HttpRequest, sha256: str) -> HttpResponseBase:
    """One file for those entitled to it; always a download, so that it never opens as a page of ours."""
    actor: Actor | None = getattr(request, "actor", None)
    stored = visible_files(actor).filter(sha256=sha256).first()
    if stored is None and actor is None:
        return HttpResponseRedirect(f"{reverse('account_login')}?{urlencode({'next': request.path})}")
    if stored is None or not (path := path_of(stored.sha256)).exists():
        raise Http404
    answer = FileResponse(path.open("rb"), as_attachment=True, filename=stored.name, content_type=stored.media_type)
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Cache-Control"] = "private, no-store"
    return answer


def _with_words(rows: QuerySet[Any], words: str) -> QuerySet[Any]:
    for word in words.split():
        rows = rows.filter(title__icontains=word)
    return rows


def _page(request: HttpRequest, table: Table) -> Table:
    RequestConfig(request, paginate={"per_page": PER_PAGE}).configure(table)
    return table


def _list(request: HttpRequest, table: Table, heading: str, add: str) -> HttpResponse:
    may_write = acting(request).has(*WRITERS)
    if not may_write:
        table.exclude = ("ref",)
    context = {"table": _page(request, table), "heading": heading, "add": reverse(add) if may_write else ""}
    return render(request, "evidence/list.html", context)


def _form(request: HttpRequest, form: Any, heading: str, back: str) -> HttpResponse:
    return render(request, "evidence/form.html", {"form": form, "heading": heading, "back": back})
