"""Bringing data in: paste or upload, see what would change, apply, undo; and the workbook to fill in."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from jwp.core.access import acting, open_to, visible_or_404
from jwp.core.door import Refused
from jwp.core.workbook.cells import text
from jwp.core.workbook.foreign import Table, from_book, from_csv, from_text
from jwp.core.workbook.reading import check_file, knows
from jwp.desk import imports
from jwp.desk.foreign import bringing
from jwp.desk.foreign.columns import LABELS, Part
from jwp.desk.foreign.forms import TermsForm
from jwp.desk.foreign.promises import MILESTONE, NUMBER, TEXT
from jwp.desk.imports import IMPORTERS, visible_imports
from jwp.desk.models import Import
from jwp.desk.weighing import Fate, Verdict
from jwp.desk.workbook import BOOK, export, template

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
SHOWN = 200  # rows of each kind on the page; the counts say how many there are
RECENT = 10


@open_to(*IMPORTERS)
def bring(request: HttpRequest) -> HttpResponse:
    """Paste a table, or upload a workbook: ours or anybody's own."""
    actor = acting(request)
    reasons: tuple[str, ...] = ()
    pasted = request.POST.get("pasted", "")
    if request.method == "POST":
        try:
            upload = request.FILES.get("file")
            if isinstance(upload, UploadedFile):
                return redirect(_page(_uploaded(actor, upload)))
            return redirect(_page(bringing.start(actor, [from_text(pasted)], _("pasted table"))))
        except Refused as refused:
            reasons = refused.reasons
    recent = visible_imports(actor).exclude(state=imports.DROPPED)[:RECENT]
    context = {"heading": _("Bring your data in"), "reasons": reasons, "pasted": pasted, "recent": recent}
    return render(request, "desk/bring.html", context, status=400 if reasons else 200)


def _uploaded(actor: Any, upload: UploadedFile[bytes]) -> Import:
    name = upload.name or _("table")
    if name.lower().endswith((".csv", ".tsv", ".txt")):
        if (upload.size or 0) > settings.BOOK_LIMIT:
            raise Refused(_("%(name)s is too large. Bring it in by parts.") % {"name": name})
        return bringing.start(actor, [from_csv(upload.read(), name)], name)
    check_file(upload, name, upload.size or 0, settings.BOOK_LIMIT)
    if knows(upload, name, BOOK):
        return imports.check_book(actor, upload, name, upload.size or 0)
    return bringing.start(actor, from_book(upload, name, upload.size or 0), name)


def _page(imported: Import) -> str:
    """The page an import continues on."""
    waiting = imported.kind == Import.Kind.TABLE and imported.state == imports.CHECKED
    return reverse("import_columns" if waiting else "import", args=[imported.ref])


@open_to(*IMPORTERS)
def difference(request: HttpRequest, ref: str) -> HttpResponse:
    """What a workbook would change, or did; every refused row with what to write instead."""
    imported = visible_or_404(visible_imports(acting(request)), ref)
    if imported.kind == Import.Kind.TABLE and imported.state == imports.CHECKED:
        return redirect("import_columns", ref)
    verdicts: Sequence[Verdict] = []
    if imported.kind == Import.Kind.BOOK and imported.rows:
        verdicts = imports.difference(acting(request), imported)
    by_fate = {fate: [verdict for verdict in verdicts if verdict.fate == fate] for fate in Fate}
    context = {
        "heading": imported.file_name,
        "crumbs": [(_("Bring your data in"), "/bring/")],
        "imported": imported,
        "waiting": imported.state == imports.CHECKED,
        "counts": imported.counts,
        "refused": by_fate[Fate.REFUSED][:SHOWN],
        "changes": by_fate[Fate.CHANGE][:SHOWN],
        "additions": _by_sheet(by_fate[Fate.ADD]),
        "good": len(by_fate[Fate.ADD]) + len(by_fate[Fate.CHANGE]),
        "refused_count": len(by_fate[Fate.REFUSED]),
        "shown": SHOWN,
    }
    return render(request, "desk/import.html", context)


def _by_sheet(verdicts: Sequence[Verdict]) -> list[tuple[str, int, list[str]]]:
    """(sheet, how many, the first names)"""
    found: dict[str, list[str]] = {}
    for verdict in verdicts:
        found.setdefault(str(verdict.sheet), []).append(verdict.name)
    return [(sheet, len(names), names[:20]) for sheet, names in found.items()]


@open_to(*IMPORTERS)
@require_POST
def apply(request: HttpRequest, ref: str) -> HttpResponse:
    imported = visible_or_404(visible_imports(acting(request)), ref)
    done = imports.apply(acting(request), imported.ref, good_only="good" in request.POST)
    changed = done.counts["add"] + done.counts["change"]
    messages.success(request, ngettext("%(n)d row is in.", "%(n)d rows are in.", changed) % {"n": changed})
    return redirect("import", ref)


@open_to(*IMPORTERS)
@require_POST
def undo(request: HttpRequest, ref: str) -> HttpResponse:
    imports.undo(acting(request), visible_or_404(visible_imports(acting(request)), ref).ref)
    messages.success(request, _("Everything is as it was before."))
    return redirect("bring")


@open_to(*IMPORTERS)
@require_POST
def drop(request: HttpRequest, ref: str) -> HttpResponse:
    imports.drop(acting(request), visible_or_404(visible_imports(acting(request)), ref).ref)
    return redirect("bring")


@open_to(*IMPORTERS)
def refused(request: HttpRequest, ref: str) -> HttpResponse:
    """The refused rows as a workbook, with what to put right."""
    imported = visible_or_404(visible_imports(acting(request)), ref)
    if imported.kind != Import.Kind.BOOK or imported.state not in (imports.APPLIED, imports.CHECKED):
        raise Http404
    return _xlsx(imports.refused_book(acting(request), imported), "refused-rows.xlsx")


@open_to(*IMPORTERS)
def book_template(request: HttpRequest) -> HttpResponse:
    return _xlsx(template(), "jwp-empty.xlsx")


@open_to(*IMPORTERS)
def book_export(request: HttpRequest) -> HttpResponse:
    actor = acting(request)
    return _xlsx(export(actor), f"jwp-{actor.today}.xlsx")


def _xlsx(content: bytes, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type=XLSX)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@open_to(*IMPORTERS)
def columns(request: HttpRequest, ref: str) -> HttpResponse:
    """Which column is what: guessed, or as last time; three samples of each."""
    actor = acting(request)
    imported = _waiting(request, ref)
    reasons: tuple[str, ...] = ()
    if request.method == "POST":
        try:
            if "sheet" in request.POST:
                bringing.choose_sheet(
                    actor, ref, int(request.POST["sheet"]) if request.POST["sheet"].isdecimal() else 0
                )
                return redirect("import_columns", ref)
            made = bringing.draft(imported)
            asked = [request.POST.get(f"column-{place}", "") for place in range(len(made.parts))]
            bringing.choose_columns(actor, ref, [part if part in LABELS else Part.REMARK.value for part in asked])
            return redirect("import_table", ref)
        except Refused as refused:
            reasons = refused.reasons
            imported.mapping["parts"] = [part for part in asked if part in LABELS] or imported.mapping["parts"]
    made = bringing.draft(imported)
    context = {
        "heading": _("What is in your columns?"),
        "crumbs": [(_("Bring your data in"), "/bring/")],
        "imported": imported,
        "draft": made,
        "columns": _samples(made),
        "parts": LABELS.items(),
        "sheets": [(n, Table.from_json(kept)) for n, kept in enumerate(imported.rows)],
        "sheet": imported.mapping["sheet"],
        "reasons": reasons,
    }
    return render(request, "desk/import_columns.html", context, status=400 if reasons else 200)


def _waiting(request: HttpRequest, ref: str) -> Import:
    imported = visible_or_404(visible_imports(acting(request)), ref)
    if imported.kind != Import.Kind.TABLE or imported.state != imports.CHECKED:
        raise Http404
    return imported


def _samples(made: bringing.Draft) -> list[tuple[int, str, list[str], Part]]:
    """(place, heading, the first different values, what it is taken for); empty columns are left out."""
    found = []
    for place, (heading, part) in enumerate(zip(made.table.headings, made.parts, strict=True)):
        values = list(dict.fromkeys(words for cell in made.table.column(place) if (words := text(cell))))
        if heading or values:
            found.append((place, heading or _("(no heading)"), [value[:80] for value in values[:3]], part))
    return found


@open_to(*IMPORTERS)
def table(request: HttpRequest, ref: str) -> HttpResponse:
    """The difference: each promise as we understand it, its owner, and the plan it stands in."""
    actor = acting(request)
    imported = _waiting(request, ref)
    reasons: tuple[str, ...] = ()
    if request.method == "POST":
        typed = {name: value for name, value in request.POST.items() if name != "csrfmiddlewaretoken"}
        imported = bringing.keep_typed(actor, ref, {name: str(value) for name, value in typed.items()})
    made = bringing.draft(imported)
    typed = imported.mapping.get("typed", {})
    initial = bringing.proposed(imported, made, actor.today)
    form = TermsForm(typed or None, today=actor.today, initial=initial)
    if request.method == "POST" and form.is_valid():
        reasons = tuple(made.faults())
        if not reasons and "apply" in request.POST:
            try:
                plan = bringing.bring(actor, ref, form.terms())
            except Refused as refused:
                reasons = refused.reasons
            else:
                said = _("“%(plan)s” is here, with its targets and owners.") % {"plan": plan}
                undo = reverse("import", args=[ref]), _("See the import, or undo it")
                messages.success(request, format_html('{} <a href="{}">{}</a>', said, *undo))
                return redirect("gender:home")
    context = {
        "heading": _("What your table promises"),
        "crumbs": [(_("Bring your data in"), "/bring/"), (_("Columns"), f"/bring/{ref}/columns/")],
        "imported": imported,
        "draft": made,
        "form": form,
        "kinds": [(NUMBER, _("number")), (MILESTONE, _("milestone")), (TEXT, _("text"))],
        "reasons": reasons,
        "count": len(made.taken),
    }
    bad = bool(reasons) or (request.method == "POST" and not form.is_valid())
    return render(request, "desk/import_table.html", context, status=400 if bad else 200)
