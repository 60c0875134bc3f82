"""Results by indicator and round, on the page and as PDF."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import typst
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from jwp.core.access import FOCAL_POINT, INSIDERS, acting, open_to, visible_or_404
from jwp.core.models import Partnership
from jwp.core.templatetags.jwp import figure
from jwp.gender.results import Results, results
from jwp.plans.access import visible_plans

READERS = (*INSIDERS, FOCAL_POINT)


def _read(request: HttpRequest, ref: str) -> Results:
    """What has not been accepted yet stays inside."""
    actor = acting(request)
    plan = visible_or_404(visible_plans(actor), ref)
    return results(plan, only_accepted=not actor.has(*INSIDERS))


@open_to(*READERS)
@require_GET
def page(request: HttpRequest, ref: str) -> HttpResponse:
    found = _read(request, ref)
    crumbs = [(found.plan.title, reverse("gender:plan", args=[ref]))]
    return render(request, "gender/results.html", {"results": found, "plan": found.plan, "crumbs": crumbs})


@open_to(*READERS)
@require_GET
def pdf(request: HttpRequest, ref: str) -> HttpResponse:
    headers = {"Content-Disposition": f'inline; filename="{ref}-results.pdf"'}
    return HttpResponse(as_pdf(_read(request, ref)), content_type="application/pdf", headers=headers)


def as_pdf(found: Results) -> bytes:
    partnership = Partnership.get()
    fictional = bool(partnership and partnership.fictional)
    content: dict[str, Any] = {
        "title": found.plan.title,
        "note": _("Fictional example: no person, organisation or figure is real.") if fictional else "",
        "lead": _("Women / men / total, as reported by those who contribute; n of N says how many did."),
        "header": [_("Indicator"), _("Promised"), *map(str, found.rounds)],
        "rows": [
            [
                str(row.indicator), figure(row.promised),
                *(
                    f.why or f"{figure(f.women)} / {figure(f.men)} / {figure(f.total)}\n{f.reported} / {f.expected}"
                    for f in row.figures
                ),
            ]
            for row in found.rows
        ],
    }  # fmt: skip
    template = Path(__file__).parents[1] / "results.typ"
    made = typst.compile(template, sys_inputs={"content": json.dumps(content)})
    assert isinstance(made, bytes)
    return made
