"""The first minutes of an installation: the partnership, its first bodies and posts, and their people."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from jwp.core import access
from jwp.core.access import Actor, system
from jwp.core.door import Door, Refused, open_door
from jwp.core.models import Partnership, User
from jwp.desk import setup_code
from jwp.partners import actions
from jwp.partners.actions.people import verified
from jwp.partners.models import Body, Office, Person, Seat

DIRECTOR, TEAM, ADMINISTRATOR = "director", "team", "administrator"
STAFF, CHAIR, BOARD = "staff", "chair", "board"
Place = tuple[Body, Office | None]


@dataclass(frozen=True)
class Post:
    """What somebody can be from the first day. `office` is empty for a plain seat in the body."""

    label: Promise
    office: Promise | str
    body: str  # secretariat or board
    kind: str = Office.Kind.POST
    role: str = ""


POSTS = {
    TEAM: Post(_("Gender team"), _("Gender Team"), "secretariat", "unit", access.GENDER_TEAM),
    DIRECTOR: Post(_("Director"), _("Director"), "secretariat", role=access.DIRECTOR),
    ADMINISTRATOR: Post(
        _("Administrator"), _("System administrator"), "secretariat", role=access.ADMINISTRATOR,
    ),
    STAFF: Post(_("Staff"), _("Secretariat staff"), "secretariat", "unit", access.STAFF),
    CHAIR: Post(_("Chair of the Board"), _("Chair"), "board", role=access.CHAIR),
    BOARD: Post(_("Board member"), "", "board"),
}  # fmt: skip


@dataclass(frozen=True)
class Newcomer:
    name: str
    email: str
    post: str


@dataclass(frozen=True)
class Setup:
    """What the guide asks. `partnership` holds the fields of the row: name, languages, time zone, mail."""

    partnership: dict[str, Any]
    me: Newcomer
    password: str
    language: str
    others: Sequence[Newcomer] = field(default_factory=tuple)


def set_up(code: str, given: Setup, today: date) -> User:
    """Make everything in one go and return who may sign in. Works once: the code is spent."""
    actor = system(today)
    with open_door(actor) as door:
        if Partnership.get() is not None or not setup_code.is_right(code):
            raise Refused(gettext("This installation is set up already. Sign in instead."))
        door.add(Partnership(ref="partnership", **given.partnership))
        # In some time zone today is still yesterday: whoever is seated now sits already.
        day = today - timedelta(days=1)
        offices = _offices(door)
        user = _user(given)
        me = _person(actor, given.me, given.language, user)
        _seat(actor, me, offices[given.me.post], day)
        if ADMINISTRATOR not in {one.post for one in (given.me, *given.others)}:
            _seat(actor, me, offices[ADMINISTRATOR], day)
        for other in given.others:
            person = _person(actor, other, given.language)
            _seat(actor, person, offices[other.post], day)
            actions.invite(actor, person.ref)
    setup_code.spend()
    return user


def _offices(door: Door) -> dict[str, Place]:
    """The two bodies every partnership has, and their first posts, which report to the Director."""
    secretariat = door.add(Body(ref="secretariat", name=gettext("Secretariat"), kind=Body.Kind.SECRETARIAT))
    board = door.add(Body(ref="board", name=gettext("Management Board"), kind=Body.Kind.BOARD, role=access.BOARD))
    bodies = {"secretariat": secretariat, "board": board}
    made: dict[str, Place] = {}
    for key, post in sorted(POSTS.items(), key=lambda item: item[0] != DIRECTOR):
        body, office = bodies[post.body], None
        if post.office:
            office = Office(body=body, name=str(post.office), kind=post.kind, role=post.role)
            if body is secretariat and key != DIRECTOR:
                office.reports_to = made[DIRECTOR][1]
            door.add(office)
        made[key] = body, office
    return made


def _user(given: Setup) -> User:
    user = User(email=given.me.email.lower(), language=given.language)
    try:
        validate_password(given.password, user)
    except ValidationError as error:
        raise Refused(*error.messages) from error
    user.set_password(given.password)
    user.save()
    verified(user)
    return user


def _person(actor: Actor, one: Newcomer, language: str, user: User | None = None) -> Person:
    person = Person(name=one.name, email=one.email.lower(), language=language, user=user)
    return actions.add_person(actor, person)


def _seat(actor: Actor, person: Person, place: Place, day: date) -> None:
    body, office = place
    actions.give_seat(actor, Seat(person=person, body=body, office=office, starts=day))
