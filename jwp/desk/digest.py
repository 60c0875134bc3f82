"""What one person is written on one day: what they are asked for and what went up to them, in one letter."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from django.conf import settings
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from jwp.core.models import Partnership
from jwp.desk.rules import APART, Rung, grace_over
from jwp.governance.models import AgendaItem
from jwp.partners.models import Person
from jwp.plans.models import Round
from jwp.plans.overview import Spot
from jwp.plans.rules import Word


@dataclass
class Post:
    person: Person
    own: list[Spot]
    late: dict[Rung, list[Spot]] = field(default_factory=dict)
    items: list[AgendaItem] = field(default_factory=list)


def letter(post: Post, links: Mapping[int, str]) -> tuple[str, str]:
    """Subject and text, in the language of the moment. `links` opens each round's form, by its key."""
    partnership = Partnership.get()
    parts = [_("Dear %(name)s,") % {"name": post.person.name}]
    for round in {spot.round.pk: spot.round for spot in post.own}.values():
        parts += _own(round, [spot for spot in post.own if spot.round.pk == round.pk], links[round.pk])
    parts += _late(post) + _items(post)
    parts.append(partnership.name if partnership else "")
    return _subject(post), "\n\n".join(filter(None, parts)) + "\n"


def _subject(post: Post) -> str:
    late = sum(spot.standing.word == Word.LATE for spot in post.own)
    if late:
        return ngettext("%(n)d report is late", "%(n)d reports are late", late) % {"n": late}
    if n := len(post.own):
        said = ngettext("%(n)d report is due on %(day)s", "%(n)d reports are due, from %(day)s", n)
        return said % {"n": n, "day": day(min(spot.due for spot in post.own))}
    if n := sum(map(len, post.late.values())):
        return ngettext("%(n)d late report needs you", "%(n)d late reports need you", n) % {"n": n}
    n = len(post.items)
    return ngettext("%(n)d draft agenda item", "%(n)d draft agenda items", n) % {"n": n}


def _own(round: Round, spots: list[Spot], link: str) -> list[str]:
    said = {"round": round, "plan": round.plan.title, "link": link}
    heading = _("Still to come from you in round %(round)s of the %(plan)s:") % said
    parts = [heading + "".join(f"\n- {spot.target}\n  {_when(spot)}" for spot in spots)]
    if late := [spot.due for spot in spots if spot.standing.word == Word.LATE]:
        over = {"day": day(grace_over(min(late), round.plan.grace_days))}
        parts.append(_("From %(day)s lateness is shown outside, and whoever you report to is told.") % over)
    ask = _("Please report with this personal link (no password needed; please do not pass it on):\n%(link)s")
    return [*parts, ask % said]


def _when(spot: Spot) -> str:
    if spot.standing.word == Word.LATE:
        days = spot.standing.days
        late = ngettext("%(n)d day late", "%(n)d days late", days) % {"n": days}
        return _("was due on %(day)s, %(late)s") % {"day": day(spot.due), "late": late}
    return _("due on %(day)s") % {"day": day(spot.due)}


def _late(post: Post) -> list[str]:
    parts = []
    said = {"n": APART}
    if spots := post.late.get(Rung.SUPERVISOR):
        parts.append(_("Late, after the days of grace, in offices that report to you:") + _list(spots))
        parts.append(_("Please speak with them. What is missing in %(n)d days goes to the Director.") % said)
    if spots := post.late.get(Rung.DIRECTOR):
        parts.append(_("Still late, though those above the owners were told:") + _list(spots))
        parts.append(
            _(
                "What is missing in %(n)d days becomes a draft item of the next agenda. "
                "You may explain it before; it is shown as late until it is reported."
            )
            % said
        )
    if parts and post.person.user_id:
        parts.append(settings.BASE_URL + reverse("desk"))
    return parts


def _items(post: Post) -> list[str]:
    if not post.items:
        return []
    lines = [_("Prepared for the next agenda of %(body)s:") % {"body": post.items[0].body}]
    for item in post.items:
        lines.append(f"- {item.title}\n  {settings.BASE_URL}{reverse('governance:item', args=[item.ref])}")
    return ["\n".join(lines), _("You can look at each first and comment on it; the items themselves stay.")]


def _list(spots: list[Spot]) -> str:
    return "".join(f"\n- {spot.target}\n  {spot.target.holder}, {_when(spot)}" for spot in spots)


def agenda_words(spot: Spot) -> tuple[str, str]:
    """Title and text of the draft item: offices, never persons."""
    round = spot.round
    said = {
        "target": spot.target, "round": round, "plan": round.plan.title, "holder": spot.target.holder,
        "due": day(spot.due), "over": day(grace_over(spot.due, round.plan.grace_days)),
    }  # fmt: skip
    text = _(
        "%(holder)s has not reported on “%(target)s” in round %(round)s of the %(plan)s. It was "
        "due on %(due)s and is shown as late since %(over)s. Those above were told, the Director last."
    )
    return _("No report for %(round)s: %(target)s") % said, text % said


def day(value: date) -> str:
    return str(date_format(value, "j F Y"))
