"""The link through which a grantee reports, and the letter that brings it.

A grant that grew from an application keeps the application's link. Every other item has its own: the database keeps
its digest, the token goes out once, in a letter or to whoever made it.
"""

from __future__ import annotations

import secrets

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from jwp.core.access import Actor
from jwp.core.door import Door, Refused, open_door
from jwp.core.mail import write_letter
from jwp.core.models import Partnership
from jwp.grants.actions.items import locked, require_writer
from jwp.grants.models import FundedItem, ProgressReport
from jwp.partners.models import token_digest


def find_item(token: str) -> FundedItem | None:
    """The item whose own link this is."""
    found: FundedItem | None = FundedItem.objects.filter(link_digest=token_digest(token)).first() if token else None
    return found


def give_link(actor: Actor, ref: str, revision: int | None = None) -> str:
    """A new link of an item's own; an earlier one stops working. Its token is readable only now."""
    require_writer(actor)
    with open_door(actor) as door:
        item = locked(door, ref, revision)
        if item.application is not None:
            raise Refused(_("Who applied keeps the link of the application."))
        if item.state not in ("signed", "completed"):
            raise Refused(_("Reports are asked for once it is signed."))
        token = secrets.token_urlsafe(24)
        door.change(item, "give link", link_digest=token_digest(token))
        _write(door, item, token)
    return token


def tell_grantee(door: Door, item: FundedItem) -> bool:
    """That it is signed, and where to report."""
    if item.application is None and item.contact_email:
        token = secrets.token_urlsafe(24)
        door.change(item, "give link", link_digest=token_digest(token))
        return _write(door, item, token)
    return _write(door, item, "")


def _write(door: Door, item: FundedItem, token: str) -> bool:
    applied = item.application
    to = applied.contact_email if applied else item.contact_email
    if not to:
        return False
    partnership = Partnership.get()
    due = item.reports.order_by("due").values_list("due", flat=True).first()
    with translation.override(applied.language if applied else "en"):
        where = _("through the personal link with which you applied") if applied else _link(token)
        facts = {
            "title": item.title, "agreement": item.agreement_ref, "where": where,
            "due": date_format(due, "j F Y") if due else "–", "sender": partnership.name if partnership else "",
        }  # fmt: skip
        subject = _("Signed: %(title)s (%(agreement)s)") % facts
        body = _(
            "Dear partner,\n\nthe agreement %(agreement)s for “%(title)s” is signed. You report on it %(where)s. "
            "The first report is due on %(due)s.\n\n%(sender)s"
        ) % facts  # fmt: skip
    return write_letter(door, key=f"item:{item.ref}:{item.revision}", to=to, subject=subject, body=body)


def tell_of_report(door: Door, report: ProgressReport, reason: str = "") -> bool:
    """That a report came back, with what must be mended, or was accepted."""
    item = report.item
    applied = item.application
    to = applied.contact_email if applied else item.contact_email
    if not to:
        return False
    partnership = Partnership.get()
    with translation.override(applied.language if applied else "en"):
        facts = {
            "title": item.title, "ends": date_format(report.ends, "j F Y"), "reason": reason,
            "sender": partnership.name if partnership else "",
        }  # fmt: skip
        if reason:
            subject = _("Your report came back: %(title)s") % facts
            body = _(
                "Dear partner,\n\nyour report on “%(title)s” until %(ends)s came back to you:\n\n%(reason)s\n\n"
                "Please mend it through your personal link.\n\n%(sender)s"
            ) % facts  # fmt: skip
        else:
            subject = _("Your report is accepted: %(title)s") % facts
            body = _(
                "Dear partner,\n\nyour report on “%(title)s” until %(ends)s is accepted. Thank you.\n\n%(sender)s"
            ) % facts  # fmt: skip
    return write_letter(
        door, key=f"report:{item.ref}:{report.ref}:{report.revision}", to=to, subject=subject, body=body
    )


def _link(token: str) -> str:
    return _("here, for you alone: %(link)s") % {"link": link_address(token)}


def link_address(token: str) -> str:
    """The link in full. An item's own opens at the same address as an applicant's."""
    return f"{settings.BASE_URL}{reverse('grants_link', args=[token])}"
