"""What the rules of a call say of an application as it stands: rows turned into facts, nothing is written."""

from __future__ import annotations

from datetime import datetime

from jwp.grants.models import Application, Attachment, Call
from jwp.grants.rules.eligibility import ApplicationFacts, CallRules, Finding, check, clock

FIELDS = (
    "applicant", "contact_name", "country", "city", "title", "language", "summary", "gender_statement",
    "requested", "own_cash", "starts", "ends",
)  # fmt: skip


def rules_of(call: Call) -> CallRules:
    return CallRules(
        currency=call.currency,
        grants=call.kind != Call.Kind.PRIZE,
        smallest=call.smallest,
        largest=call.largest,
        co_financing=call.co_financing,
        paid_at_most=call.paid_at_most,
        countries=frozenset(row.place.ref for row in call.countries.select_related("place")),
        countries_text=call.countries_text,
        languages=frozenset(call.languages),
        sponsors=call.sponsors,
        no_objection=call.no_objection,
        gender_statement=bool(call.gender_statement.strip()),
        opens_at=call.opens_at,
        closes_at=call.closes_at,
        zone=call.zone,
    )


def clock_of(call: Call, now: datetime) -> str:
    """coming, open or closed, by the call's dates alone: no other rule is looked up."""
    return clock(CallRules(opens_at=call.opens_at, closes_at=call.closes_at), now)


def facts_of(application: Application, at: datetime | None) -> ApplicationFacts:
    """As it stands in this instance, saved or not; `at` is when it was, or would be, submitted."""
    sponsors = list(application.sponsors.all())
    return ApplicationFacts(
        requested=application.requested,
        own_cash=application.own_cash,
        country=application.country.ref if application.country else "",
        language=application.language,
        sponsors=len(sponsors),
        letters=sum(bool(row.letter_id or row.confirmed_on) for row in sponsors),
        no_objection=application.attachments.filter(kind=Attachment.Kind.NO_OBJECTION).exists(),
        gender_statement=bool(application.gender_statement.strip()),
        at=at,
        given=frozenset(name for name in FIELDS if getattr(application, name) not in (None, "")),
    )


def findings_of(application: Application, at: datetime | None = None) -> list[Finding]:
    """For the eligibility check: one finding a rule, by when it was submitted unless another instant is given."""
    return check(rules_of(application.call), facts_of(application, at or application.submitted_at))
