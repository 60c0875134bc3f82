"""Donor coordination: what members say about eligible concept notes while their clock runs."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from jwp.core.access import FOCAL_POINT, Actor
from jwp.core.door import Refused, check, open_door
from jwp.grants.access import own_organisations, visible_applications
from jwp.grants.models import Application, Call, DonorComment
from jwp.partners.models import Membership, Organisation, Person, Seat, on


def asked(today: date) -> QuerySet[Organisation]:
    """Full members with a focal point: those whose comment is waited for."""
    seats = Seat.objects.filter(on(today)).filter(Q(office__role=FOCAL_POINT) | Q(body__role=FOCAL_POINT))
    members = Membership.objects.filter(on(today), kind=Membership.Kind.FULL)
    speak = Q(pk__in=seats.values("organisation")) | Q(
        pk__in=seats.filter(organisation=None).values("person__organisation")
    )
    found: QuerySet[Organisation] = Organisation.objects.filter(speak, memberships__in=members).distinct()
    return found


def comments_over(application: Application, today: date) -> bool:
    """Whether the clock has run out, or everybody it runs for has spoken in this round."""
    if application.comments_due is None:
        return False
    if application.comments_due < today:
        return True
    waited = set(asked(today).values_list("pk", flat=True))
    spoke = application.comments.filter(round=round_of(application)).values_list("organisation", flat=True)
    return bool(waited) and waited <= set(spoke)


def round_of(application: Application) -> int:
    return 2 if application.recommended_on else 1


def speaks_for(actor: Actor) -> QuerySet[Organisation]:
    """The members in whose name this actor may comment."""
    rows = own_organisations(actor)
    return rows if actor.has(FOCAL_POINT) else rows.none()


def comment(actor: Actor, ref: str, *, organisation: Organisation, view: str, text: str = "") -> DonorComment:
    """Say what a member thinks, or change it, while the clock runs."""
    with open_door(actor) as door:
        if not visible_applications(actor).filter(ref=ref).exists():
            raise Refused(_("%(ref)s does not exist.") % {"ref": ref})
        if not speaks_for(actor).filter(pk=organisation.pk).exists():
            raise Refused(_("Only a focal point of this member may comment in its name."))
        application = door.lock(Application, ref, None, "call")
        due = application.comments_due
        if application.state != "eligible" or application.call.kind == Call.Kind.PRIZE or due is None:
            raise Refused(_("Members comment while an application is eligible and nothing is decided."))
        if due < actor.today:
            day = date_format(due, pgettext("date", "j M Y"))
            raise Refused(_("Comments were due on %(day)s.") % {"day": day})
        said: dict[str, Any] = {
            "view": view,
            "text": text,
            "on": actor.today,
            "person": Person.objects.get(ref=actor.ref),
        }
        row: DonorComment | None = DonorComment.objects.filter(
            application=application, organisation=organisation, round=round_of(application)
        ).first()
        if row is not None:
            check(row, **said)
            return door.change(row, "comment", **said)
        row = DonorComment(application=application, organisation=organisation, round=round_of(application), **said)
        check(row)
        return door.add(row, verb="comment")
