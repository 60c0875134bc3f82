"""Being away: from when until when, and who acts meanwhile."""

from __future__ import annotations

from datetime import date, timedelta

from django.db.models import Q
from django.utils.translation import gettext as _

from jwp.core.access import Actor
from jwp.core.door import Refused, open_door
from jwp.partners.access import may_change_person
from jwp.partners.actions.register import accept
from jwp.partners.models import Absence, Person


def set_absence(actor: Actor, person: Person, starts: date, ends: date, delegate: Person | None = None) -> Absence:
    """Letters of these days go to the delegate, who reports in the person's place."""
    with open_door(actor) as door:
        _permit(actor, person)
        door.lock(Person, person.ref)  # so that two absences cannot be entered at once
        if ends < starts:
            raise Refused(_("The last day is before the first."))
        days = Q(starts__lte=ends, ends__gte=starts)
        if Absence.objects.filter(days, person=person).exists():
            raise Refused(_("%(name)s is away in these days already.") % {"name": person.name})
        if delegate is not None:
            if delegate == person:
                raise Refused(_("Name somebody else to act meanwhile."))
            if delegate.left_on and delegate.left_on < ends:
                raise Refused(_("%(name)s leaves before the last day.") % {"name": delegate.name})
            if Absence.objects.filter(days, person=delegate).exists():
                raise Refused(_("%(name)s is away in these days too.") % {"name": delegate.name})
        absence = Absence(person=person, delegate=delegate, starts=starts, ends=ends)
        accept(absence)
        return door.add(absence)


def end_absence(actor: Actor, ref: str, day: date) -> Absence:
    """They are back on this day: yesterday was the last, or the absence never began."""
    with open_door(actor) as door:
        absence = door.lock(Absence, ref, None, "person")
        _permit(actor, absence.person)
        if day > absence.ends:
            raise Refused(_("This absence is over already."))
        if day <= absence.starts:
            door.take_back(absence, reason=_("it did not take place"))
            return absence
        return door.change(absence, ends=day - timedelta(days=1))


def _permit(actor: Actor, person: Person) -> None:
    if actor.person_id != person.pk and not may_change_person(actor, person):
        raise Refused(_("Only they, the administrator and the Director may say when somebody is away."))
