"""People: entering them, changing them, what each may change alone, and erasing somebody who asks for it."""

from __future__ import annotations

import re
from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from django.utils.translation import gettext as _

from jwp.core import journal
from jwp.core.access import GENDER_TEAM, Actor
from jwp.core.door import Refused, open_door
from jwp.core.models import Letter, User
from jwp.partners.access import manages, may_change_person
from jwp.partners.actions.invitations import withdraw
from jwp.partners.actions.register import accept
from jwp.partners.models import Person, PersonalLink

OWN = frozenset({"phone", "language"})
FIELDS = OWN | {"name", "email", "organisation"}


def add_person(actor: Actor, person: Person, *, reason: str = "") -> Person:
    if not (manages(actor) or actor.has(GENDER_TEAM)):
        raise Refused(_("Only the gender team, the administrator and the Director may enter people."))
    with open_door(actor) as door:
        accept(person)
        return door.add(person, reason=reason)


def refuse_unless_may_change(actor: Actor, person: Person) -> None:
    if not may_change_person(actor, person):
        raise Refused(
            _(
                "Only the administrator and the Director may change this person; "
                "the gender team, those whose role is not above its own."
            )
        )


def change_person(actor: Actor, ref: str, revision: int | None = None, *, reason: str = "", **fields: Any) -> Person:
    """A new e-mail address also becomes the sign-in, and withdraws links that went to the old one."""
    _only(fields, FIELDS)
    with open_door(actor) as door:
        person = door.lock(Person, ref, revision)
        refuse_unless_may_change(actor, person)
        if erased(person):
            raise Refused(_("What we knew of this person was erased at their request."))
        moved = "email" in fields and fields["email"].lower() != person.email.lower()
        door.change(person, reason=reason, **fields)
        accept(person)
        if moved:
            withdraw(door, person, list(PersonalLink.open(person, actor.today)), _("new e-mail address"))
        if person.user_id:
            _follow(person)
        return person


def change_own(actor: Actor, revision: int | None = None, **fields: Any) -> Person:
    """What everybody may change about themselves: telephone and language."""
    _only(fields, OWN)
    with open_door(actor) as door:
        person = door.lock(Person, actor.ref, revision)
        door.change(person, **fields)
        accept(person)
        if person.user_id:
            _follow(person)
        return person


def _only(fields: dict[str, Any], allowed: frozenset[str]) -> None:
    if extra := fields.keys() - allowed:
        raise ValueError(f"not to be changed here: {', '.join(sorted(extra))}")


def _follow(person: Person) -> None:
    """Keep the sign-in in step with the person: same address, same language."""
    user = person.user
    assert user is not None
    email = person.email.lower()
    if not email:
        raise Refused(_("%(name)s signs in with this address: write another one instead.") % {"name": person.name})
    if User.objects.filter(email__iexact=email).exclude(pk=user.pk).exists():
        raise Refused(_("Somebody else signs in with this e-mail address."))
    user.email, user.language = email, person.language
    user.save(update_fields=["email", "language"])
    verified(user)


def verified(user: User) -> None:
    """Tell the sign-in library that this address is the user's: the invitation, or we, verified it."""
    EmailAddress.objects.filter(user=user).exclude(email__iexact=user.email).delete()
    EmailAddress.objects.update_or_create(user=user, email=user.email, defaults={"verified": True, "primary": True})


def erased(person: Person) -> bool:
    return person.name == erased_name(person)


def erased_name(person: Person) -> str:
    """In no language, so that it is the same for every reader."""
    return f"[{person.ref}]"


def erase_person(actor: Actor, ref: str, revision: int | None = None, *, reason: str) -> Person:
    """Blank what we know of somebody who has left: row, letters, sign-in and journal.

    What they did stays, under a reference; the journal's chain still holds.
    """
    if not manages(actor):
        raise Refused(_("Only the administrator and the Director may erase personal data."))
    if not reason:
        raise Refused(_("Say why: the request and its date."))
    with open_door(actor) as door:
        person = door.lock(Person, ref, revision, "user")
        if person.left_on is None or person.left_on >= actor.today:
            raise Refused(_("%(name)s has not left. Say first on which day they leave.") % {"name": person.name})
        addresses = {person.email, person.user.email if person.user else ""} - {""}
        _erase_letters(person, addresses)
        _erase_name_in_letters(person)
        if person.user:
            _erase_sign_in(person.user)
        # Not door.change: it would write the old name into the journal once more.
        person.name, person.email, person.phone = erased_name(person), "", ""
        person.revision += 1
        person.save()
        journal.erase_personal(person.ref)
        door.note("erase", person, reason=reason)
        return person


def _erase_letters(person: Person, addresses: set[str]) -> None:
    letters = Letter.objects.filter(person=person.ref) | Letter.objects.filter(to__in=addresses)
    for letter in letters:
        if letter.sent_at is None:
            letter.delete()
        else:
            letter.to, letter.subject, letter.body, letter.reply_to = "erased@invalid", "", "", ""
            letter.save()


def _erase_name_in_letters(person: Person) -> None:
    """What was written to others names them too."""
    name = re.compile(rf"\b{re.escape(person.name)}\b")
    naming = Letter.objects.filter(subject__contains=person.name) | Letter.objects.filter(body__contains=person.name)
    for letter in naming:
        letter.subject = name.sub(erased_name(person), letter.subject)[:300]
        letter.body = name.sub(erased_name(person), letter.body)
        letter.save()


def _erase_sign_in(user: User) -> None:
    for table in (EmailAddress, Authenticator, SocialAccount):
        table.objects.filter(user=user).delete()
    user.email, user.is_active = f"erased-{user.pk}@invalid", False
    user.set_unusable_password()
    user.save()
