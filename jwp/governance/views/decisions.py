"""Pages of decisions: one form that records it with all it sets in motion, and the decision itself."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from jwp.core.access import INSIDERS, acting, open_to, visible_or_404
from jwp.core.forms import attempt
from jwp.core.templatetags.jwp import day, figure
from jwp.governance.access import WRITERS, visible_decisions, visible_meetings
from jwp.governance.actions import decision as actions
from jwp.governance.forms import CHANGES, RESERVATIONS, DecisionForm
from jwp.governance.models import Attendance, Decision
from jwp.governance.views import crumbs
from jwp.plans.models import Revision, Target


@open_to(*INSIDERS)
@require_safe
def decision(request: HttpRequest, ref: str) -> HttpResponse:
    row = visible_or_404(visible_decisions(acting(request)), ref)
    revisions = row.approval.promise_changes.select_related("target") if row.approval else []
    context = {
        "decision": row,
        "crumbs": crumbs(row.meeting),
        "reservations": row.reservations.select_related("organisation", "person"),
        "revisions": [(revision, _sides(revision)) for revision in revisions],
        "arising": row.actions_arising.select_related("owner"),
        "may_ask": acting(request).has(*WRITERS),
    }
    return render(request, "governance/decision.html", context)


def _sides(revision: Revision) -> list[tuple[str, str, str]]:
    """(what, before, now) for every field the decision changed."""
    return [
        (
            str(Target._meta.get_field(name).verbose_name),  # type: ignore[union-attr]
            _shown(name, revision.before.get(name)),
            _shown(name, now),
        )
        for name, now in revision.after.items()
    ]


def _shown(name: str, value: Any) -> str:
    if name == "due":
        return day(date.fromisoformat(value) if value else None)
    return figure(value) if name in ("value", "baseline") else str(value or "–")


@open_to(*WRITERS)
def decide(request: HttpRequest, ref: str) -> HttpResponse:
    actor = acting(request)
    meeting = visible_or_404(visible_meetings(actor), ref)
    sent = request.POST or None
    present = list(Attendance.objects.filter(meeting=meeting, votes=True).select_related("person", "organisation"))
    targets = list(
        Target.objects.filter(plan__state="adopted", state=Target.STANDS)
        .select_related("plan__adoption__body")
        .order_by("plan", "order", "pk")
    )
    form = DecisionForm(sent, meeting=meeting, initial={"item": request.GET.get("item")})
    changes = CHANGES(sent, prefix="changes", form_kwargs={"targets": targets})
    reservations = RESERVATIONS(sent, prefix="reservations", form_kwargs={"present": present})

    def record() -> Decision:
        return actions.decide(
            actor, ref, form.cleaned_data["revision"],
            changes=[line.change for line in changes if line.change],
            reservations=[line.reserved for line in reservations if line.reserved],
            **form.values,
        )  # fmt: skip

    lines_are_good = sent is None or (changes.is_valid() and reservations.is_valid())
    made = attempt(form, record) if lines_are_good else None
    if made:
        return redirect("governance:decision", made.ref)
    context = {
        "form": form, "changes": changes, "reservations": reservations, "meeting": meeting,
        "targets": targets, "quorum": meeting.quorum(), "crumbs": crumbs(meeting),
        "heading": _("Record a decision"),
    }  # fmt: skip
    return render(request, "governance/decide.html", context)
