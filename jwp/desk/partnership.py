"""The partnership's own settings: what the first-run guide asked, changed later."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from jwp.core.access import ADMINISTRATOR, Actor
from jwp.core.door import Refused, open_door
from jwp.core.mail import write_letter
from jwp.core.models import Partnership
from jwp.partners.models import Person

MAIL = ("mail_host", "mail_port", "mail_user", "mail_password", "mail_from", "reply_domain")
SETTINGS = ("name", "languages", "time_zone", *MAIL)


def change_settings(actor: Actor, revision: int | None, **fields: Any) -> Partnership:
    """What the guide asked, changed later. A mail password left empty stays as it is."""
    if not actor.has(ADMINISTRATOR):
        raise Refused(_("Only the administrator changes these settings."))
    if extra := fields.keys() - set(SETTINGS):
        raise ValueError(f"not a setting: {', '.join(sorted(extra))}")
    if not fields.get("mail_password"):
        fields.pop("mail_password", None)
    with open_door(actor) as door:
        return door.change(door.lock(Partnership, "partnership", revision), **fields)


def write_test_letter(actor: Actor) -> bool:
    """A letter to whoever asks, to see whether mail arrives."""
    with open_door(actor) as door:
        person = Person.objects.get(ref=actor.ref)
        subject, body = _("A test letter"), _("If you read this in your mail program, mail works.")
        key = f"test:{person.ref}:{door.batch}"
        return write_letter(door, key=key, to=person.email, subject=subject, body=body, person=person.ref)
