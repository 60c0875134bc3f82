"""What is funded: screened, signed, paid, reported on, marked again, completed and closed; or refused on the way."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from functools import cache
from typing import Any

from jwp.core.door import Refused
from jwp.desk.example.diary import Diary, minor
from jwp.desk.example.grants_calls import application_of
from jwp.desk.example.grants_money import told_payments
from jwp.desk.example.story import Story, got, office, paper, told
from jwp.evidence.models import Event, Product
from jwp.governance.actions.override import override
from jwp.grants.access import link_actor
from jwp.grants.actions import agreement, conditions, investments, items, reports, screening, self_assessment
from jwp.grants.models import FundedItem, Programme, Tranche
from jwp.instruments.rules import MET, NOT_MET, SCORE, Answer, Classes
from jwp.partners.models import Organisation, Place
from jwp.plans.models import BusinessLine, Fund, Theme

Said = dict[str, Any]


def told_items(diary: Diary) -> None:
    said = told("items")
    for number, row in enumerate(said["items"], start=1):
        row["agreement"] = f"LCP/{number:02}"
        _told(diary, row, number)
    told_payments(diary, said)


def ref_of(row: Said) -> str:
    """An item that grew from an application has its reference."""
    return application_of(row["of"]).ref if "of" in row else str(row["ref"])


def _told(diary: Diary, row: Said, number: int) -> None:
    if "ref" in row:
        diary.on(_planned(row), _add, row)
    if "refused" in row:
        _told_refusal(diary, row, number)
    elif "screened" in row:
        _told_screening(diary, row, row["screened"], number)
    if "proposed" in row:
        day, who, score = row["proposed"]
        lacks = row.get("unproven", "")
        diary.on(day, _sign_sheet, row, "self", who, score, number, lacks=lacks)
    if "parts" in row:
        diary.on(_planned(row), _parts, row)
    if "overridden" in row:
        diary.on(row["overridden"], _override, row)
    if "signed" in row:
        every = int(row["every"]) if "every" in row else None
        diary.on(row["signed"], _sign, row, every)
        _told_agreement(diary, row, number)
    if "ended" in row:
        ended = row["ended"]
        diary.on(ended["on"], _end, row, ended)


def _planned(row: Said) -> int:
    """A few days before anything else is known of it."""
    known = row.get("screened") or row.get("proposed") or [row.get("ended", {}).get("on", "12")]
    return int(known[0]) + 5


def _add(story: Story, day: date, row: Said) -> None:
    amount, currency = row["amount"].split()
    country = got(Place, row["country"]) if "country" in row else None
    items.add_item(
        story.actor(_manager(row), day), [got(Place, ref) for ref in row.get("cities", [])],
        ref=row["ref"], kind=row["kind"], title=row["title"], purpose=row.get("purpose", ""),
        business_line=got(BusinessLine, f"line-{row['line']}-2"), fund=got(Fund, row["fund"]),
        theme=got(Theme, row["theme"]) if "theme" in row else None,
        programme=got(Programme, row["programme"]) if "programme" in row else None,
        partner=row["partner"], organisation=got(Organisation, row["organisation"]) if "organisation" in row else None,
        contact_email=f"{row['ref']}@example.org", country=country, manager=office(_office(row)),
        product=got(Product, row["product"]) if "product" in row else None,
        event=got(Event, row["event"]) if "event" in row else None,
        agreement_ref=row["agreement"] if "screened" in row else "", minor=minor(amount, currency), currency=currency,
        starts=story.ago(int(row["span"][0])), ends=story.ago(int(row["span"][1])),
    )  # fmt: skip


def _office(row: Said) -> str:
    return "country-unit" if "of" in row or row["kind"] == "direct grant" else "programmes-head"


def _manager(row: Said) -> str:
    return "rosalba" if _office(row) == "country-unit" else "bastian"


# Screening: who declares it, who agrees, and what the proposal says where a criterion is claimed.


@cache
def shown() -> dict[str, list[str]]:
    found: dict[str, list[str]] = told("shown")
    return found


def _answers(asked: Classes, score: str, number: int, ref: str, lacks: str = "") -> list[Answer]:
    declared = asked.find(score)
    assert declared is not None
    link = f"https://example.org/proposals/{ref}.pdf"
    return [
        Answer(SCORE, score),
        *(
            Answer(c.code, MET, shown()[c.code][number % 2], link)
            if c.code in declared.needs and c.code != lacks
            else Answer(c.code, NOT_MET)
            for c in asked.criteria
        ),
    ]


def _sign_sheet(
    story: Story, day: date, row: Said, stage: str, who: str, score: str, number: int,
    *, lacks: str = "", reason: str = "", on: Sequence[str] = (),
) -> None:  # fmt: skip
    actor, ref = story.actor(who, day), ref_of(row)
    subject = screening.subject_of(actor, ref)
    assert subject is not None
    answers = _answers(screening.asked(subject, day), score, number, ref, lacks)
    condition = screening.Promise(on[0], office("country-unit"), story.ago(int(on[1]))) if on else None
    screening.screen(actor, ref, stage, answers, reason=reason, condition=condition)


def _told_screening(diary: Diary, row: Said, sheet: list[str], number: int) -> None:
    proposed, who, score, agreed, by, *why = sheet
    diary.on(proposed, _sign_sheet, row, "self", who, score, number, reason=" ".join(why))
    diary.on(agreed, _sign_sheet, row, "agreed", by, score, number)


def _told_refusal(diary: Diary, row: Said, number: int) -> None:
    """Declared without showing that it does no harm; refused at the gate; mended, agreed on a condition."""
    proposed, who, score, agreed, by = row["screened"]
    reason = "The passage on complaints was in the annex; it is quoted now."
    diary.on(proposed, _sign_sheet, row, "self", who, score, number, lacks="do-no-harm")
    diary.on(row["refused"], _is_refused, row)
    diary.on(row["mended"], _sign_sheet, row, "self", who, score, number, reason=reason)
    diary.on(agreed, _sign_sheet, row, "agreed", by, score, number, on=row["condition"])


def _is_refused(story: Story, day: date, row: Said) -> None:
    try:
        _sign(story, day, row, None)
    except Refused as refused:
        assert any("gate" in reason for reason in refused.reasons), refused.reasons
    else:
        raise AssertionError("the gate let it through")


# The agreement and what follows from it.


def _sign(story: Story, day: date, row: Said, every: int | None) -> None:
    ref = ref_of(row)
    items.change_item(story.actor(_manager(row), day), ref, None, agreement_ref=row["agreement"])
    agreement.sign(story.actor("ilsabet", day), ref, every=every)


def _told_agreement(diary: Diary, row: Said, number: int) -> None:
    if "tranches" in row:
        diary.on(row["signed"], _tranches, row)
        for nth, (_amount, _due, *met) in enumerate(row["tranches"], start=1):
            if len(met) > 1:
                diary.on(met[1], _meet, row, nth, met[0])
    for nth, said in enumerate(row.get("reports", [])):
        diary.on(said[0], _report, row, nth, said)
        if said[4]:
            verb, _space, on = said[4].rpartition(" ")
            diary.on(on, _decide, row, nth, "return" if verb else "accept")
    if "again" in row:
        sheets = row["again"] if isinstance(row["again"][0], list) else [row["again"]]
        for sheet in sheets:
            _told_screening(diary, row, sheet, number + 1)
    for kind, on, value, reason in row.get("amended", []):
        diary.on(on, _amend, row, kind, value, reason)
    if "promised" in row:
        _text, _due, met, _how = row["promised"]
        diary.on(int(row["signed"]) - 1, _promise, row)
        if met:
            diary.on(met, _keep_promise, row)
    if "own" in row:
        diary.on(row["own"]["on"], _assess, row)
        diary.on(row["own"]["looked"], _look, row)
    if "completed" in row:
        diary.on(row["completed"], _complete, row)
    for who, kind, on, amount, text in row.get("investments", []):
        diary.on(on, _invest, row, who, kind, amount, text)
    if "rated" in row:
        diary.on(row["rated"][3], _rate, row)
    if "closed" in row:
        diary.on(row["closed"], _close, row)


def _item(row: Said) -> FundedItem:
    return got(FundedItem, ref_of(row))


def _tranches(story: Story, day: date, row: Said) -> None:
    item = _item(row)
    wanted = [
        agreement.Instalment(minor=minor(amount, item.currency), due=story.ago(int(due)), condition=condition)
        for amount, due, condition, *_met in row["tranches"]
    ]
    agreement.set_tranches(story.actor(_manager(row), day), item.ref, wanted)


def _meet(story: Story, day: date, row: Said, number: int, how: str) -> None:
    tranche = Tranche.objects.get(item=_item(row), number=number)
    agreement.meet_tranche(
        story.actor(_manager(row), day), tranche.ref, on=day, how=f"Report: {how[0].lower()}{how[1:]}"
    )


def _report(story: Story, day: date, row: Said, nth: int, said: list[str]) -> None:
    """By the grantee, through the personal link. What nobody counted is not zero."""
    _on, women, men, not_stated, _accepted, done = said
    counts = [int(n) if n else None for n in (women, men, not_stated)]
    item = _item(row)
    due = list(item.reports.order_by("due", "pk"))[nth]
    known = [n for n in counts if n is not None]
    reports.write(
        link_actor(item.ref, day), due.ref, None, paper(f"report-{row['agreement'][4:]}-{nth + 1}.txt", done),
        done=done, women=counts[0], men=counts[1], not_stated=counts[2], total=sum(known) if known else None,
        not_counted_because="" if counts[1] is not None else "Nobody stood there to count.",
        for_women_and_men="What changed stands in the table of the report." if known else "",
    )  # fmt: skip


def _decide(story: Story, day: date, row: Said, nth: int, verb: str) -> None:
    handed_in = list(_item(row).reports.order_by("due", "pk"))[nth]
    reason = "Who brings the children: how many men? It was counted last time." if verb == "return" else ""
    reports.decide(story.actor(_manager(row), day), handed_in.ref, verb, reason=reason)


def _assess(story: Story, day: date, row: Said) -> None:
    codes = [Answer(item, code) for item, code in row["own"]["codes"].items()]
    self_assessment.assess(story.actor(_manager(row), day), ref_of(row), codes)


def _look(story: Story, day: date, row: Said) -> None:
    own = row["own"]
    checks = story.actor(own["by"], day)
    self_assessment.choose(checks, ref_of(row), [own["at"]])
    self_assessment.found(checks, ref_of(row), own["said"])


def _parts(story: Story, day: date, row: Said) -> None:
    items.set_parts(story.actor(_manager(row), day), row["ref"], row["parts"])


def _promise(story: Story, day: date, row: Said) -> None:
    text, due, *_met = row["promised"]
    staff = story.actor(_manager(row), day)
    conditions.add_condition(staff, ref_of(row), text=text, owner=office(_office(row)), due=story.ago(int(due)))


def _keep_promise(story: Story, day: date, row: Said) -> None:
    text, *_dates, how = row["promised"]
    kept = _item(row).conditions.get(text=text)
    conditions.meet_condition(story.actor(_manager(row), day), kept.ref, on=day, how=how)


def _override(story: Story, day: date, row: Said) -> None:
    override(story.actor("ilsabet", day), ref_of(row), "sign", row["because"])


def _complete(story: Story, day: date, row: Said) -> None:
    agreement.complete(story.actor(_manager(row), day), ref_of(row))


def _close(story: Story, day: date, row: Said) -> None:
    agreement.close(story.actor("ilsabet", day), ref_of(row))


def _amend(story: Story, day: date, row: Said, kind: str, value: str, reason: str) -> None:
    item = _item(row)
    new: int | date | str = value
    if kind == "amount":
        new = minor(value, item.currency)
    elif kind == "no-cost extension":
        new = story.ago(int(value))
    agreement.amend(story.actor("ilsabet", day), item.ref, kind=kind, value=new, on=day, reason=reason)


def _invest(story: Story, day: date, row: Said, who: str, kind: str, amount: str, text: str) -> None:
    item = _item(row)
    investments.add_investment(
        story.actor(_manager(row), day), item.ref, paper(f"investment-{row['agreement'][4:]}.txt", text),
        investor=who, kind=kind, on=day, minor=minor(amount, item.currency), currency=item.currency, text=text,
    )  # fmt: skip


def _rate(story: Story, day: date, row: Said) -> None:
    who, level, quote, _on, *due = row["rated"]
    screening.rate_result(
        story.actor(who, day), ref_of(row), level, quote, "https://example.org/visit-notes.pdf",
        owner=office("country-unit") if due else None, due=story.ago(int(due[0])) if due else None,
    )  # fmt: skip


def _end(story: Story, day: date, row: Said, ended: Said) -> None:
    who = "ilsabet" if ended["verb"] == "cancel" else _manager(row)
    agreement.end(story.actor(who, day), ref_of(row), ended["verb"], reason=ended["because"])
