"""Letters that carry a personal link: an invitation to set a password, and its answer."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from datetime import date, timedelta

from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import formats, translation
from django.utils.translation import gettext as _

from jwp.core.access import Actor, system
from jwp.core.door import Door, Refused, open_door
from jwp.core.mail import write_letter
from jwp.core.models import Partnership, User
from jwp.partners.access import actor_for_person, may_change_person
from jwp.partners.models import Person, PersonalLink, token_digest

INVITATION_DAYS = 14


def join_address(token: str) -> str:
    return f"{settings.BASE_URL}{reverse('join', args=[token])}"


def invite(actor: Actor, ref: str) -> str:
    """Write a letter with a link to set a password, and return its token. Earlier ones stop working."""
    with open_door(actor) as door:
        person = door.lock(Person, ref, None, "user")
        if not may_change_person(actor, person):
            raise Refused(_("Only the administrator and the Director may invite this person."))
        if person.left_on and person.left_on < actor.today:
            raise Refused(_("%(name)s has left.") % {"name": person.name})
        if not person.email:
            raise Refused(_("Enter an e-mail address for %(name)s first.") % {"name": person.name})
        if person.user and person.user.is_active and person.user.has_usable_password():
            raise Refused(
                _("%(name)s can sign in already; a forgotten password is changed from the sign-in page.")
                % {"name": person.name}
            )
        withdraw(door, person, _open_invitations(person, actor.today), _("a new invitation"))
        expires = actor.today + timedelta(days=INVITATION_DAYS)
        token = PersonalLink.issue(person, PersonalLink.Purpose.JOIN, "", expires)
        with translation.override(person.language):
            subject, body = _invitation(person, join_address(token), expires)
        write_letter(
            door, key=f"join-{token_digest(token)[:32]}", to=person.email, subject=subject, body=body,
            person=person.ref,
        )  # fmt: skip
        door.note("invite", person, expires=expires)
        return token


def _invitation(person: Person, address: str, expires: date) -> tuple[str, str]:
    partnership = Partnership.get()
    said = {
        "name": person.name, "partnership": partnership.name if partnership else "", "address": address,
        "day": formats.date_format(expires, "j F Y"),
    }  # fmt: skip
    subject = _("Your sign-in for %(partnership)s") % said
    body = _(
        "Dear %(name)s,\n\n"
        "you are invited to the joint work programme of %(partnership)s. Choose a password here:\n\n"
        "%(address)s\n\n"
        "The link is yours alone, works once, and until %(day)s.\n"
    )
    return subject, body % said


def _open_invitations(person: Person, today: date) -> list[PersonalLink]:
    return list(PersonalLink.open(person, today).filter(purpose=PersonalLink.Purpose.JOIN))


def withdraw(door: Door, person: Person, links: Iterable[PersonalLink], reason: str) -> int:
    """Make these links stop working today."""
    count = 0
    for link in links:
        link.revoked_on = door.actor.today
        link.save()
        count += 1
    if count:
        door.note("withdraw links", person, reason=reason, links=count)
    return count


def revoke_links(actor: Actor, ref: str, *, reason: str = "") -> int:
    """Make every link of this person stop working: invitations and reporting links alike."""
    with open_door(actor) as door:
        person = door.lock(Person, ref)
        if not may_change_person(actor, person):
            raise Refused(_("Only the administrator and the Director may withdraw this person's links."))
        return withdraw(door, person, PersonalLink.open(person, actor.today), reason)


def accept_invitation(token: str, password: str, today: date) -> User:
    """Set the password of the link's person, who can sign in from now on. The link works once."""
    from jwp.partners.actions.people import verified

    link = PersonalLink.holding(token, PersonalLink.Purpose.JOIN, today)
    if link is None:
        raise Refused(_("This link has expired or was used. Ask for a new invitation."))
    with open_door(actor_for_person(link.person, today, via="link")) as door:
        # Locked before it is looked at again: of two people with the same link one is told.
        person = door.lock(Person, link.person.ref)
        link.refresh_from_db()
        if link.used_on or link.revoked_on:
            raise Refused(_("This link has expired or was used. Ask for a new invitation."))
        email = person.email.lower()
        user = person.user or User(email=email, language=person.language)
        if User.objects.filter(email__iexact=email).exclude(pk=user.pk).exists():
            raise Refused(_("Somebody else signs in with this e-mail address. Tell whoever invited you."))
        try:
            validate_password(password, user)
        except ValidationError as error:
            raise Refused(*error.messages) from error
        user.is_active = True
        user.set_password(password)
        user.save()
        verified(user)
        link.used_on = today
        link.save()
        if person.user_id is None:
            door.change(person, "join", user=user)
        else:
            door.note("join", person)
        return user


def post_letter(to: str, subject: str, body: str, today: date) -> None:
    """A letter of the sign-in library, such as for a forgotten password, into the outbox."""
    with open_door(system(today)) as door:
        person = Person.objects.filter(email__iexact=to).first()
        write_letter(
            door, key=f"sign-in-{secrets.token_hex(16)}", to=to, subject=subject, body=body,
            person=person.ref if person else "",
        )  # fmt: skip
