"""Answers to an engagement's instrument: anonymous ones by the shared link, and the one the group agrees on.

What could lead from an answer to a person is not written at all: no account, address, device or time, no
journal line of its own, no place in a row of numbers (keys are drawn at random). The journal gets a count per
day, written when the day is over or the link closed, so that the time of its entry says nothing either.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping
from datetime import date

from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext as _

from jwp.core.access import Actor, system
from jwp.core.door import Refused, open_door
from jwp.instruments.loader import shelf
from jwp.instruments.models import Answer, AnswerSheet
from jwp.instruments.rules import Answer as Given
from jwp.instruments.rules import Instrument, Profile, wrong_answers
from jwp.instruments.xlsform import Filled
from jwp.partners.models import token_digest
from jwp.reviews.access import require_team
from jwp.reviews.models import AnswersOfDay, Engagement, Receipt
from jwp.reviews.rules import LinkStanding


def instrument_of(engagement: Engagement) -> Instrument | None:
    return shelf().get(engagement.instrument)


def smallest_group(engagement: Engagement) -> int:
    """The engagement's own limit, never below the instrument's."""
    instrument = instrument_of(engagement)
    return max(engagement.min_group, instrument.smallest_group if isinstance(instrument, Profile) else 0)


def sheets(engagement: Engagement) -> QuerySet[AnswerSheet]:
    """The anonymous sheets. Only `jwp.reviews.results` looks inside them."""
    return AnswerSheet.objects.filter(subject=engagement.ref, anonymous=True, instrument=engagement.instrument)


def agreed_sheet(engagement: Engagement) -> AnswerSheet | None:
    found: AnswerSheet | None = (
        AnswerSheet.objects.filter(
            subject=engagement.ref, stage=AnswerSheet.Stage.AGREED, instrument=engagement.instrument
        )
        .prefetch_related("answers")
        .first()
    )
    return found


def answer(ref: str, answers: Mapping[str, str], once: str, today: date) -> bool:
    """Take one anonymous answer. `once` is the form's own number: the same form sent again counts once (False)."""
    anonymous = Actor(today, ref="anonymous", via="shared link")
    with open_door(anonymous) as door:
        engagement = door.lock(Engagement, ref)
        if engagement.link_standing(today) is not LinkStanding.OPEN:
            raise Refused(_("This link does not take answers any more."))
        instrument = instrument_of(engagement)
        given = [Given(item, value) for item, value in answers.items()]
        if instrument is None or wrong_answers(instrument, given):
            raise Refused(_("Please rate at least one element."))
        receipt = token_digest(f"{ref} {once}")
        if once and Receipt.objects.filter(digest=receipt).exists():
            return False
        if once:
            Receipt(digest=receipt).save()
        sheet = AnswerSheet(pk=_random_key(), instrument=instrument.pin, subject=ref, anonymous=True)
        sheet.save(force_insert=True)
        Answer.objects.bulk_create(
            [Answer(pk=_random_key(), sheet=sheet, item=each.item, value=each.value) for each in given]
        )
        days = AnswersOfDay.objects.filter(engagement=engagement, day=today)
        if not days.update(count=F("count") + 1):
            AnswersOfDay(engagement=engagement, day=today, count=1).save()
        return True


def bring(actor: Actor, ref: str, forms: Iterable[Filled]) -> list[tuple[int, str]]:
    """Take what a group filled in offline: of each form its line in the file and, if it was not taken, why.

    Every form counts as an anonymous answer by the link, while that is open, and counts once however often it is sent.
    """
    require_team(actor)
    report = []
    for form in forms:
        why = form.wrong or ("" if form.once else _("has no number of its own (_uuid)"))
        if not why and not answer(ref, form.answers, form.once, actor.today):
            why = _("was taken before")
        report.append((form.line, why))
    return report


def _random_key() -> int:
    """Numbers in a row would say in which order people answered."""
    return 2**40 + secrets.randbelow(2**52)


def write_down_days(today: date) -> None:
    """Give the journal the count of every day that is over, and of today only where no more can come.

    The system writes it, not whoever happened to look: they did not answer.
    """
    over = Q(day__lt=today) | Q(engagement__link_closed_on__isnull=False)
    waiting = AnswersOfDay.objects.filter(over, count__gt=F("journalled"))
    for ref in set(waiting.values_list("engagement__ref", flat=True)):
        with open_door(system(today)) as door:
            engagement = door.lock(Engagement, ref)
            for day in waiting.filter(engagement=engagement):
                door.note("answer", engagement, day=day.day, count=day.count - day.journalled)
                day.journalled = day.count
                day.save()


def agree(actor: Actor, ref: str, answers: Mapping[str, tuple[str, str]]) -> AnswerSheet:
    """What the group agreed on after its talk: per element a rating and, in its words, why."""
    require_team(actor)
    with open_door(actor) as door:
        engagement = door.lock(Engagement, ref)
        if engagement.link_standing(actor.today) is LinkStanding.OPEN:
            raise Refused(_("First close the link: people answer before the group agrees."))
        instrument = instrument_of(engagement)
        given = [Given(item, value, why) for item, (value, why) in answers.items() if value]
        if instrument is None or wrong_answers(instrument, given):
            raise Refused(_("Please rate at least one element."))
        sheet = agreed_sheet(engagement)
        if sheet is None:
            sheet = AnswerSheet(instrument=instrument.pin, subject=ref, answered_on=actor.today)
            sheet.stage, sheet.by_id = AnswerSheet.Stage.AGREED, actor.person_id
            door.add(sheet, verb="agree")
        else:
            door.change(sheet, "agree", answered_on=actor.today, by_id=actor.person_id)
        before = {row.item: row for row in sheet.answers.all()}
        for each in given:
            row = before.pop(each.item, None) or Answer(sheet=sheet, item=each.item)
            row.value, row.quote = each.value, each.quote
            row.save()
        for gone in before.values():
            gone.delete()
        door.note("agree", engagement, answers={each.item: [each.value, each.quote] for each in given})
        return sheet
