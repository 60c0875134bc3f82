"""The shared link of an engagement: made, moved, closed, replaced.

The token is derived from the installation's secret, so that the team can print it again while a copy of the
database alone opens nothing; the database keeps its digest, by which the engagement is found.
"""

from __future__ import annotations

import base64
from datetime import date

from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from jwp.core.access import Actor
from jwp.core.door import Refused, open_door
from jwp.instruments.loader import shelf
from jwp.instruments.rules import Profile
from jwp.partners.models import token_digest
from jwp.reviews.access import require_team
from jwp.reviews.actions.answers import sheets, smallest_group, write_down_days
from jwp.reviews.models import Engagement
from jwp.reviews.rules import LinkStanding, may_show


def derive(ref: str, number: int) -> str:
    digest = salted_hmac("jwp.reviews.link", f"{ref} {number}", algorithm="sha256").digest()
    return base64.urlsafe_b64encode(digest[:18]).decode()


def token(engagement: Engagement) -> str:
    """The link's token; "" where there is none, or the secret changed since it was made."""
    found = derive(engagement.ref, engagement.link_number)
    return found if engagement.link_digest and token_digest(found) == engagement.link_digest else ""


def find(token: str) -> Engagement | None:
    """The engagement a link leads to, open or not."""
    engagement: Engagement | None = Engagement.objects.filter(link_digest=token_digest(token)).first()
    return engagement


def open_link(actor: Actor, ref: str, revision: int | None, *, opens: date, closes: date, min_group: int) -> Engagement:
    """Make the link, or move its days. What people were promised when they answered stays."""
    require_team(actor)
    with open_door(actor) as door:
        engagement = door.lock(Engagement, ref, revision)
        answered = sheets(engagement).count()
        if not isinstance(shelf().get(engagement.instrument), Profile):
            raise Refused(_("First choose an instrument that everybody can answer."))
        if may_show(engagement.link_standing(actor.today), answered, smallest_group(engagement)):
            raise Refused(_("The results can be seen, so the link stays closed: one more answer would stand out."))
        if closes < opens or closes < actor.today:
            raise Refused(_("The last day must not be over, nor before the first."))
        if answered and min_group != engagement.min_group:
            raise Refused(_("People answered under the group size shown to them: it stays."))
        number = engagement.link_number or 1
        return door.change(
            engagement,
            "open link",
            link_number=number,
            link_digest=engagement.link_digest or token_digest(derive(ref, number)),
            link_opens=opens,
            link_closes=closes,
            link_closed_on=None,
            min_group=min_group,
        )


def close_link(actor: Actor, ref: str) -> Engagement:
    """Take no more answers. From here the results can be seen, if enough people answered."""
    require_team(actor)
    with open_door(actor) as door:
        engagement = door.lock(Engagement, ref)
        if engagement.link_standing(actor.today) is not LinkStanding.OPEN:
            raise Refused(_("The link is not open."))
        door.change(engagement, "close link", link_closed_on=actor.today)
    write_down_days(actor.today)
    return engagement


def replace_link(actor: Actor, ref: str) -> Engagement:
    """A new address for the same questions; the old one stops working. Answers that came by it stay."""
    require_team(actor)
    with open_door(actor) as door:
        engagement = door.lock(Engagement, ref)
        if engagement.link_standing(actor.today) not in (LinkStanding.OPEN, LinkStanding.NOT_YET):
            raise Refused(_("The link is not open."))
        number = engagement.link_number + 1
        return door.change(
            engagement, "replace link", link_number=number, link_digest=token_digest(derive(ref, number))
        )
