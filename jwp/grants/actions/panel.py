"""Panel scoring: points by criterion of the call, until its day; never of one's own organisation."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from jwp.core.access import Actor
from jwp.core.door import Door, Refused, open_door
from jwp.grants.access import WRITERS, in_conflict, places_on_panels, visible_applications
from jwp.grants.models import Application, Call, PanelMember, PanelReview
from jwp.grants.rules.panel import MISSING, OUTSIDE, UNKNOWN, Given, wrong


def criteria_of(call: Call) -> list[Given]:
    return [Given(row.ref, row.points, row.gender) for row in call.criteria.all()]


def to_score(actor: Actor) -> QuerySet[Application]:
    """What this actor scores or has scored, as a member of its call's panel."""
    places = places_on_panels(actor).filter(call=OuterRef("call_id"))
    found: QuerySet[Application] = visible_applications(actor).filter(Exists(places), state="eligible")
    return found


def place_of(actor: Actor, application: Application) -> PanelMember | None:
    """Their place on the application's panel; None for a stranger and for one of the applying organisation."""
    place: PanelMember | None = places_on_panels(actor).filter(call=application.call_id).first()
    return None if place is None or in_conflict(actor, application) else place


def score(
    actor: Actor, ref: str, revision: int | None = None, *,
    points: Mapping[str, int], comment: str = "", submit: bool = False,
) -> PanelReview:  # fmt: skip
    """Save points, or submit them; both can be changed until the panel's day."""
    with open_door(actor) as door:
        application, place = _lock(door, ref)
        call = application.call
        if call.panel_due and call.panel_due < actor.today:
            day = date_format(call.panel_due, pgettext("date", "j M Y"))
            raise Refused(_("Reviews were due on %(day)s: points can no longer be changed.") % {"day": day})
        if mistakes := wrong(criteria_of(call), points, whole=submit):
            raise Refused(*_sentences(call, mistakes))
        found = PanelReview.objects.filter(application=application, member=place).first()
        if found is None:
            row = PanelReview(application=application, member=place, points=dict(points), comment=comment)
            row.submitted_on = actor.today if submit else None
            return door.add(row, verb="submit" if submit else "save")
        row = door.lock(PanelReview, found.ref, revision)
        # What was submitted stays submitted: saved again it must still be whole.
        again = submit or row.submitted_on is not None
        if again and (mistakes := wrong(criteria_of(call), points, whole=True)):
            raise Refused(_("You submitted this review: give points for every criterion."))
        said: dict[str, Any] = {
            "points": dict(points),
            "comment": comment,
            "submitted_on": actor.today if again else None,
        }
        return door.change(row, "submit" if submit else "save", **said)


def _sentences(call: Call, mistakes: Mapping[str, str]) -> list[str]:
    rows = {row.ref: row for row in call.criteria.all()}
    said = {
        UNKNOWN: _("%(criterion)s is no criterion of this call."),
        OUTSIDE: _("%(criterion)s: give from 0 to %(points)s points."),
        MISSING: _("%(criterion)s: points are missing."),
    }
    return [
        said[why] % {"criterion": rows.get(ref, ref), "points": rows[ref].points if ref in rows else ""}
        for ref, why in mistakes.items()
    ]


def declare_conflict(actor: Actor, ref: str) -> PanelReview:
    """Somebody on the panel has a conflict of interest: no points of theirs count, and they see it no more."""
    with open_door(actor) as door:
        application, place = _lock(door, ref)
        found: PanelReview | None = PanelReview.objects.filter(application=application, member=place).first()
        if found is None:
            return door.add(PanelReview(application=application, member=place, conflict=True), verb="declare conflict")
        return door.change(found, "declare conflict", conflict=True, points={}, comment="", submitted_on=None)


def lift_conflict(actor: Actor, ref: str, *, reason: str) -> PanelReview:
    """Ticked by mistake: the secretariat lets them score again, and says why."""
    with open_door(actor) as door:
        review = door.lock(PanelReview, ref, None, "application")
        if not actor.has(*WRITERS) or not visible_applications(actor).filter(pk=review.application_id).exists():
            raise Refused(_("Only the secretariat may do this."))
        if not review.conflict or not reason.strip():
            raise Refused(_("Say why there is no conflict of interest."))
        return door.change(review, "lift conflict", reason=reason, conflict=False)


def _lock(door: Door, ref: str) -> tuple[Application, PanelMember]:
    """The application, which may not be decided on meanwhile, and the actor's place on its panel."""
    actor = door.actor
    application = visible_applications(actor).filter(ref=ref).first()
    place = place_of(actor, application) if application else None
    if application is None or place is None:
        raise Refused(_("%(ref)s does not exist.") % {"ref": ref})
    application = door.lock(Application, ref, None, "call")
    if application.state != "eligible":
        raise Refused(_("It is decided on: points can no longer be changed."))
    return application, place
