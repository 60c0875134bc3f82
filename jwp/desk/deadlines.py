"""Letters before and after the deadlines of what we fund: proposals, reports, panel reviews, comments, conditions.

One letter for each thing and day to remind; its key keeps it from being written twice. After a stop only the latest
day counts. Applicants and grantees, who have no account, are written to like everybody else.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from jwp.core.access import system
from jwp.core.door import open_door
from jwp.core.mail import write_letter
from jwp.core.models import Letter, Partnership, Row
from jwp.desk.reminders import for_delegates
from jwp.desk.rules import AFTER, BEFORE, FRESH, mark
from jwp.grants.actions.applicant_link import address, letter_language
from jwp.grants.actions.donor import asked
from jwp.grants.actions.letters import focal_points
from jwp.grants.models import Application, Call, Condition, PanelMember, ProgressReport
from jwp.grants.tables.donor import commented
from jwp.grants.tables.panel import mine
from jwp.partners.access import actor_for_person, holders
from jwp.partners.models import Person

CLOCK = (3, 1)  # days before the end of a clock of ten business days
REVIEWS = (7, 1)
Words = Callable[[str, bool], str]  # of the day as it is read, and whether it is over


@dataclass(frozen=True)
class Owed:
    """One thing due that somebody is to be reminded of today. `told` says it in the reader's language."""

    row: Row
    what: str
    due: date
    mark: date
    to: str
    name: str
    language: str
    told: Words
    link: str
    person: str = ""

    @property
    def key(self) -> str:
        return f"due:{self.row.noun()}:{self.row.ref}:{self.due}:{self.mark}:{self.person or self.to}"[:200]


def remind(today: date) -> int:
    """Write what is owed today; how many letters that makes. Doing it twice writes nothing new."""
    partnership = Partnership.get()
    if partnership is None:
        return 0
    owed = {each.key: each for each in everything(today) if each.to}
    keys = list(owed)
    # Databases take only so many words in one question.
    for at in range(0, len(keys), 400):
        for key in Letter.objects.filter(key__in=keys[at : at + 400]).values_list("key", flat=True):
            del owed[key]
    if not owed:
        return 0
    with open_door(system(today)) as door:
        door.lock(Partnership, partnership.ref)  # a second clock waits here, and then finds every key taken
        written = 0
        for key, each in owed.items():
            subject, body = _letter(each, today, partnership.name)
            if write_letter(door, key=key, to=each.to, subject=subject, body=body, person=each.person):
                door.note("remind", each.row)
                written += 1
        return written


def everything(today: date) -> Iterator[Owed]:
    yield from _proposals(today)
    yield from _reports(today)
    yield from _conditions(today)
    yield from _reviews(today)
    yield from _comments(today)


def _letter(each: Owed, today: date, sender: str) -> tuple[str, str]:
    over = each.due < today
    with translation.override(each.language):
        day = date_format(each.due, "j F Y")
        said = "\n\n".join(filter(None, (each.told(day, over), each.link)))
        subject = _("%(what)s: was due on %(day)s") if over else _("%(what)s: due on %(day)s")
        body: str = _("Dear %(name)s,\n\n%(said)s\n\n%(sender)s")
        return (subject % {"what": each.what, "day": day})[:300], body % {
            "name": each.name, "said": said, "sender": sender,
        }  # fmt: skip


def _near(today: date) -> tuple[date, date]:
    """What is due outside these days is nobody's to be reminded of today."""
    return today - timedelta(days=FRESH + max(AFTER)), today + timedelta(days=max(BEFORE))


def _page(name: str, *refs: str) -> str:
    return f"{settings.BASE_URL}{reverse(name, args=refs)}"


def _proposals(today: date) -> Iterator[Owed]:
    rows = Application.objects.filter(state="in principle", proposal_due__range=_near(today)).select_related("call")
    for row in rows:
        assert row.proposal_due is not None
        come = mark(row.proposal_due, row.approved_on or row.started_on, today, BEFORE, (1,))
        if come:
            name = row.contact_name or row.applicant
            said, language = _proposal(row.title), letter_language(row)
            yield Owed(row, row.title, row.proposal_due, come, row.contact_email, name, language, said, address(row))


def _proposal(title: str) -> Words:
    def told(day: str, over: bool) -> str:
        text = (
            _("the full proposal of “%(title)s” was due on %(day)s. Write to us if you need more time.")
            if over
            else _("the full proposal of “%(title)s” is due on %(day)s.")
        )
        return text % {"title": title, "day": day}

    return told


def _reports(today: date) -> Iterator[Owed]:
    rows = ProgressReport.objects.filter(item__state="signed", state__in=("draft", "returned"), due__range=_near(today))
    for row in rows.select_related("item__application__call"):
        item, applied = row.item, row.item.application
        come = mark(row.due, item.signed_on or row.starts, today)
        if come:
            to = applied.contact_email if applied else item.contact_email
            name = (applied.contact_name if applied else "") or item.partner
            language = letter_language(applied) if applied else "en"
            # An item's own link went out once, and is readable nowhere since.
            told, link = _report(item.title, bool(applied)), address(applied) if applied else ""
            yield Owed(row, item.title, row.due, come, to, name, language, told, link)


def _report(title: str, link_follows: bool) -> Words:
    def told(day: str, over: bool) -> str:
        text = (
            _("your report on “%(title)s” was due on %(day)s and is not here yet.")
            if over
            else _("your report on “%(title)s” is due on %(day)s.")
        ) % {"title": title, "day": day}
        if not link_follows:
            text += " " + _("Please use the personal link of the letter that told you of the signature.")
        return text

    return told


def _conditions(today: date) -> Iterator[Owed]:
    rows = [
        (row, come)
        for row in Condition.objects.filter(done_on=None, due__range=_near(today)).select_related("item")
        if (come := mark(row.due, row.set_on, today))
    ]
    held = holders({row.owner_id for row, _come in rows}, today)
    for row, come in rows:
        link = _page("grants:condition", row.ref)
        for person in for_delegates(held.get(row.owner_id, []), today):
            yield _to(person, row, row.item.title, row.due, come, _condition(row), link)


def _condition(row: Condition) -> Words:
    def told(day: str, over: bool) -> str:
        text = (
            _("a condition of “%(item)s” was to be met by %(day)s: %(text)s")
            if over
            else _("a condition of “%(item)s” is to be met by %(day)s: %(text)s")
        )
        return text % {"item": row.item, "day": day, "text": row.text}

    return told


def _to(person: Person, row: Row, what: str, due: date, come: date, told: Words, link: str) -> Owed:
    return Owed(row, what, due, come, person.email, person.name, person.language, told, link, person.ref)


def _reviews(today: date) -> Iterator[Owed]:
    """Panel members whose reviews are missing, while they can still be sent."""
    for call in Call.objects.filter(state="published", panel_due__gte=today):
        assert call.panel_due is not None
        come = mark(call.panel_due, call.published_on or today, today, REVIEWS, ())
        if come:
            for place in PanelMember.objects.filter(call=call, left_on=None).select_related("person"):
                rows: QuerySet[Any] = mine(actor_for_person(place.person, today))
                if n := rows.filter(call=call, sent=None).count():
                    link = _page("grants:panel")
                    yield _to(place.person, call, call.title, call.panel_due, come, _review(call.title, n), link)


def _review(title: str, n: int) -> Words:
    def told(day: str, over: bool) -> str:
        text = ngettext(
            "%(n)d application to “%(call)s” waits for your points until %(day)s.",
            "%(n)d applications to “%(call)s” wait for your points until %(day)s.", n,
        )  # fmt: skip
        return text % {"n": n, "call": title, "day": day}

    return told


def _comments(today: date) -> Iterator[Owed]:
    """Focal points of the members that have not commented, while the clock runs: one letter a call and day."""
    running = Application.objects.filter(state="eligible", comments_due__gte=today).exclude(call__kind=Call.Kind.PRIZE)
    clocks = running.order_by().values_list("call", "comments_due", "comments_from").distinct()
    marks = {
        (call, due): come
        for call, due, since in clocks
        if due and since and (come := mark(due, since, today, CLOCK, ()))
    }
    if not marks:
        return
    calls = Call.objects.in_bulk([call for call, _due in marks])
    for person in _speakers(today):
        rows: QuerySet[Any] = commented(actor_for_person(person, today))
        unsaid = rows.filter(mine=None).order_by()
        for (key, due), come in marks.items():
            if n := unsaid.filter(call=key, comments_due=due).count():
                link = _page("grants:donor_inbox")
                yield _to(person, calls[key], calls[key].title, due, come, _comment(calls[key].title, n), link)


def _speakers(today: date) -> Iterable[Person]:
    """Whoever is on leave, too: a delegate does not speak for a member."""
    found = [person for member in asked(today) for person in focal_points(member, today)]
    return {person.pk: person for person in found}.values()


def _comment(title: str, n: int) -> Words:
    def told(day: str, over: bool) -> str:
        text = ngettext(
            "%(n)d concept note of “%(call)s” waits for your comment until %(day)s.",
            "%(n)d concept notes of “%(call)s” wait for your comment until %(day)s.", n,
        )  # fmt: skip
        return text % {"n": n, "call": title, "day": day}

    return told
