"""The note after a round: on the page, as Word, as PDF."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from jwp.core.access import INSIDERS, acting, open_to, visible_or_404
from jwp.core.chart import cached_svg
from jwp.gender.note import Note, as_pdf, as_word, note_of
from jwp.plans.access import visible_rounds
from jwp.plans.models import Round

WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def _note(request: HttpRequest, ref: str) -> tuple[Round, Note]:
    actor = acting(request)
    round = visible_or_404(visible_rounds(actor), ref)
    return round, note_of(round, actor.today)


@open_to(*INSIDERS)
@require_GET
def page(request: HttpRequest, ref: str) -> HttpResponse:
    round, note = _note(request, ref)
    crumbs = [
        (round.plan.title, reverse("gender:plan", args=[round.plan.ref])),
        (str(round), reverse("gender:board", args=[ref])),
    ]
    return render(
        request,
        "gender/note.html",
        {"round": round, "note": note, "crumbs": crumbs, "chart": cached_svg(note.chart) if note.chart else ""},
    )


@open_to(*INSIDERS)
@require_GET
def word(request: HttpRequest, ref: str) -> HttpResponse:
    _round, note = _note(request, ref)
    return HttpResponse(
        as_word(note),
        content_type=WORD,
        headers={"Content-Disposition": f'attachment; filename="{ref}-note.docx"'},
    )


@open_to(*INSIDERS)
@require_GET
def pdf(request: HttpRequest, ref: str) -> HttpResponse:
    _round, note = _note(request, ref)
    headers = {"Content-Disposition": f'inline; filename="{ref}-note.pdf"'}
    return HttpResponse(as_pdf(note), content_type="application/pdf", headers=headers)
