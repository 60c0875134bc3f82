"""The personal link by which an applicant reads and writes, and the language we write letters in.

The link's token is derived from the installation's secret, so that a lost letter can be written again while a copy
of the database alone opens nothing; the database keeps its digest.
"""

from __future__ import annotations

import base64

from django.conf import settings
from django.urls import reverse
from django.utils.crypto import salted_hmac

from jwp.core.door import Door
from jwp.grants.models import Application
from jwp.partners.models import token_digest


def derive(ref: str, number: int) -> str:
    digest = salted_hmac("jwp.grants.link", f"{ref} {number}", algorithm="sha256").digest()
    return base64.urlsafe_b64encode(digest[:18]).decode()


def address(application: Application) -> str:
    """The applicant's link in full."""
    return f"{settings.BASE_URL}{reverse('grants_link', args=[derive(application.ref, application.link_number)])}"


def with_link(door: Door, application: Application) -> Application:
    """With a link that opens it: what came by another portal, or was typed by staff, has none yet."""
    digest = token_digest(derive(application.ref, application.link_number))
    if application.link_digest != digest:  # or the secret changed since
        door.change(application, "make link", link_digest=digest)
    return application


def letter_language(application: Application) -> str:
    """The application's language, where we write letters in it."""
    known = {code for code, _name in settings.LANGUAGES}
    return application.language if application.language in known else "en"
