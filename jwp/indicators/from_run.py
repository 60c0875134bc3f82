"""Figures of a run become observations of an indicator."""

from __future__ import annotations

from datetime import timedelta

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from jwp.core.access import GENDER_TEAM, acting, open_to, visible_or_404
from jwp.evidence.access import visible_runs
from jwp.evidence.models import Run
from jwp.evidence.run_tables import families
from jwp.indicators import actions
from jwp.indicators.forms import FromRunForm
from jwp.indicators.models import Reading
from jwp.partners.views.editing import edit


@open_to(GENDER_TEAM)
@require_http_methods(["GET", "HEAD", "POST"])
def from_run(request: HttpRequest, ref: str) -> HttpResponse:
    actor = acting(request)
    run = visible_or_404(visible_runs(actor), ref)
    if not run.has_result:
        raise Http404
    form = FromRunForm(request.POST or None, families=_offered(run))

    def take() -> Reading:
        given = form.cleaned_data
        return actions.take_over(
            actor, given["indicator"].ref, run, given["family"], starts=given["starts"],
            ends=given["last"] + timedelta(days=1), place=run.place,
        )  # fmt: skip

    here = reverse("runs:run", args=[ref])
    return edit(
        request, form, take, heading=_("Record as observations"), button=_("Record"), then=here,
        crumbs=[(_("Diagnostics"), reverse("runs:list")), (run.title, here)],
        lead=_("Women, men and everybody become cells of one reading, marked as estimated; it names this run."),
        done=_("Recorded. The indicator shows it, and this run says where it went."),
    )  # fmt: skip


def _offered(run: Run) -> list[tuple[str, str]]:
    """Families of figures in words; gaps follow from women and men and are not recorded apart."""
    found = []
    for line in families(run.figures.all()):
        told = [line.label, line.group, line.place]
        if line.women or line.men:
            values = f"{line.women.told if line.women else '–'} / {line.men.told if line.men else '–'}"
            found.append((line.key, f"{', '.join(part for part in told if part)}: {values}"))
    return found
