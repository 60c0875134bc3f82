"""Whether an application fits its call's own rules. Pure: what a call asks is data, the clock is an argument.

A finding is met (True), not met (False), or somebody must look (None): a list of countries kept elsewhere is
nothing that a rule can read. Fitting is not being complete: `missing` says what a concept note still lacks.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from zoneinfo import ZoneInfo

from jwp.core.money import Money

Value = str | int | Money | datetime
ALWAYS_ASKED = ("applicant", "contact_name", "title", "language", "summary")


@dataclass(frozen=True)
class CallRules:
    """Amounts in minor units. What is None, empty or False is not asked."""

    currency: str = "USD"
    grants: bool = True  # a prize gives no grant: no size, no share
    smallest: int | None = None
    largest: int | None = None
    co_financing: str = "not asked"  # or: encouraged, required
    paid_at_most: Decimal | None = None  # per cent of the total in cash: requested and co-financed
    countries: frozenset[str] = frozenset()
    countries_text: str = ""  # such as a list that somebody else keeps
    languages: frozenset[str] = frozenset()
    sponsors: int = 0
    no_objection: bool = False
    gender_statement: bool = False
    opens_at: datetime | None = None
    closes_at: datetime | None = None
    zone: str = "UTC"

    def said_here(self, instant: datetime) -> datetime:
        return instant.astimezone(ZoneInfo(self.zone))


@dataclass(frozen=True)
class ApplicationFacts:
    """`given` names the fields that say something; `letters` counts the sponsors whose letter is here or confirmed.

    `at` is when it was submitted; of a draft: now.
    """

    requested: int | None = None
    own_cash: int | None = None
    country: str = ""
    language: str = ""
    sponsors: int = 0
    letters: int = 0
    no_objection: bool = False
    gender_statement: bool = False
    at: datetime | None = None
    given: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Finding:
    """`words` and `values` are kept apart so that the sentence can be said in the reader's language."""

    rule: str
    met: bool | None
    words: str
    values: Mapping[str, Value] = field(default_factory=dict)

    @property
    def said(self) -> str:
        return self.words % {name: _plain(value) for name, value in self.values.items()}


def check(rules: CallRules, facts: ApplicationFacts) -> list[Finding]:
    """One finding for each rule that the call has.

    >>> half = ApplicationFacts(requested=30_000_00, own_cash=30_000_00)
    >>> [(f.rule, f.met, f.said) for f in check(CallRules(smallest=50_000_00, largest=200_000_00), half)]
    [('size', False, 'USD 30,000.00 is less than USD 50,000.00, the smallest grant of this call.')]
    >>> [(f.met, f.said) for f in check(CallRules(co_financing="required", paid_at_most=Decimal(80)), half)]
    [(True, '50% of the total in cash is asked for; this call pays at most 80%.')]
    """
    found = [
        *([_size(rules, facts), _share(rules, facts)] if rules.grants else []),
        _country(rules, facts),
        _language(rules, facts),
        _sponsors(rules, facts),
        _no_objection(rules, facts),
        _gender(rules, facts),
        _in_time(rules, facts),
    ]
    return [finding for finding in found if finding is not None]


def fits(findings: list[Finding]) -> bool | None:
    """False where one rule is not met; None where none is, but somebody must look.

    >>> fits([]), fits([Finding("a", True, ""), Finding("b", None, "")])
    (True, None)
    """
    answers = [finding.met for finding in findings]
    return False if False in answers else None if None in answers else True


def missing(rules: CallRules, facts: ApplicationFacts) -> list[str]:
    """Fields that an application must fill before it can be sent.

    >>> missing(CallRules(sponsors=1), ApplicationFacts(given=frozenset(ALWAYS_ASKED)))
    ['requested', 'sponsors']
    >>> missing(CallRules(grants=False), ApplicationFacts(given=frozenset(ALWAYS_ASKED) - {"title"}))
    ['title']
    """
    lacking = [name for name in ALWAYS_ASKED if name not in facts.given]
    if rules.countries and not facts.country:
        lacking.append("country")
    if rules.grants and facts.requested is None:
        lacking.append("requested")
    if rules.grants and rules.co_financing == "required" and facts.own_cash is None:
        lacking.append("own_cash")
    if rules.gender_statement and not facts.gender_statement:
        lacking.append("gender_statement")
    if facts.sponsors < rules.sponsors:
        lacking.append("sponsors")
    elif facts.letters < rules.sponsors:
        lacking.append("letters")
    if rules.no_objection and not facts.no_objection:
        lacking.append("no_objection")
    return lacking


def clock(rules: CallRules, now: datetime) -> str:
    """Where a call's own clock stands: coming, open or closed. The deadline itself is still in time.

    >>> from datetime import UTC
    >>> rules = CallRules(closes_at=datetime(2026, 12, 9, 13, tzinfo=UTC))
    >>> clock(rules, datetime(2026, 12, 9, 13, tzinfo=UTC)), clock(rules, datetime(2026, 12, 9, 13, 1, tzinfo=UTC))
    ('open', 'closed')
    """
    if rules.opens_at is not None and now < rules.opens_at:
        return "coming"
    if rules.closes_at is not None and now > rules.closes_at:
        return "closed"
    return "open"


def days_left(closes: datetime, zone: str, now: datetime) -> int:
    """Days on the calendar of the call's zone: 0 on the day it closes.

    >>> from datetime import UTC
    >>> days_left(datetime(2026, 12, 9, 23, tzinfo=UTC), "Europe/Brussels", datetime(2026, 12, 9, 20, tzinfo=UTC))
    1
    """
    place = ZoneInfo(zone)
    return (closes.astimezone(place).date() - now.astimezone(place).date()).days


def _size(rules: CallRules, facts: ApplicationFacts) -> Finding | None:
    smallest, largest = (None if m is None else Money(m, rules.currency) for m in (rules.smallest, rules.largest))
    if smallest is None and largest is None:
        return None
    if facts.requested is None:
        return Finding("size", None, "No amount is given.")
    asked: dict[str, Value] = {"asked": Money(facts.requested, rules.currency)}
    if smallest is not None and facts.requested < smallest.minor:
        said = "%(asked)s is less than %(limit)s, the smallest grant of this call."
        return Finding("size", False, said, asked | {"limit": smallest})
    if largest is not None and facts.requested > largest.minor:
        return Finding(
            "size", False, "%(asked)s is more than %(limit)s, the largest grant of this call.",
            asked | {"limit": largest},
        )  # fmt: skip
    return Finding("size", True, "%(asked)s is a size this call gives.", asked)


def _share(rules: CallRules, facts: ApplicationFacts) -> Finding | None:
    if rules.co_financing == "encouraged" and rules.paid_at_most is None:
        if facts.own_cash:
            return Finding(
                "share", True, "%(own)s of co-financing in cash.", {"own": Money(facts.own_cash, rules.currency)}
            )
        return Finding("share", True, "Co-financing is encouraged, not required; none is given.")
    if rules.co_financing != "required" and rules.paid_at_most is None:
        return None
    if facts.own_cash is None:
        return Finding("share", None, "The co-financing in cash is not given.")
    if rules.co_financing == "required" and not facts.own_cash:
        return Finding("share", False, "This call requires co-financing in cash.")
    if rules.paid_at_most is None:
        return Finding(
            "share", True, "%(own)s of co-financing in cash.", {"own": Money(facts.own_cash, rules.currency)}
        )
    if facts.requested is None:
        return Finding("share", None, "No amount is given.")
    total = facts.requested + facts.own_cash
    # Compared as whole numbers, said rounded: a share of 80.004% is more than 80%, and must not read "80%".
    met = facts.requested * 100 <= rules.paid_at_most * total
    share = Decimal(facts.requested * 100) / total if total else Decimal(0)
    values: dict[str, Value] = {"share": _per_cent(share, rules.paid_at_most), "most": _digits(rules.paid_at_most)}
    return Finding(
        "share", met, "%(share)s%% of the total in cash is asked for; this call pays at most %(most)s%%.", values
    )


def _country(rules: CallRules, facts: ApplicationFacts) -> Finding | None:
    if not rules.countries and not rules.countries_text:
        return None
    if not facts.country:
        return Finding("country", None, "No country is given.")
    if facts.country in rules.countries:
        return Finding("country", True, "The country is one of those that may apply.")
    if rules.countries_text:
        return Finding(
            "country", None, "Somebody must look whether the country is eligible: %(which)s.",
            {"which": rules.countries_text.rstrip(".")},
        )  # fmt: skip
    return Finding("country", False, "The country is not one of those that may apply.")


def _language(rules: CallRules, facts: ApplicationFacts) -> Finding | None:
    if not rules.languages:
        return None
    if facts.language in rules.languages:
        return Finding("language", True, "It is written in a language of this call.")
    return Finding("language", False, "It is not written in a language of this call.")


def _sponsors(rules: CallRules, facts: ApplicationFacts) -> Finding | None:
    if not rules.sponsors:
        return None
    values: dict[str, Value] = {"named": facts.sponsors, "letters": facts.letters, "needed": rules.sponsors}
    if facts.sponsors < rules.sponsors:
        return Finding("sponsors", False, "Sponsors named: %(named)d of %(needed)d.", values)
    if facts.letters < rules.sponsors:
        return Finding("sponsors", None, "Sponsors are named; letters are here: %(letters)d of %(needed)d.", values)
    return Finding("sponsors", True, "Sponsors with a letter: %(letters)d of %(needed)d.", values)


def _no_objection(rules: CallRules, facts: ApplicationFacts) -> Finding | None:
    if not rules.no_objection:
        return None
    if facts.no_objection:
        return Finding("no objection", True, "The government’s no objection is attached.")
    return Finding("no objection", False, "The government’s no objection is not attached.")


def _gender(rules: CallRules, facts: ApplicationFacts) -> Finding | None:
    """Whether there is a statement at all. What it is worth is for a reader to say."""
    if not rules.gender_statement:
        return None
    if facts.gender_statement:
        return Finding("gender", True, "It says how it serves women and men.")
    return Finding("gender", False, "It does not say how it serves women and men.")


def _in_time(rules: CallRules, facts: ApplicationFacts) -> Finding | None:
    if rules.closes_at is None and rules.opens_at is None:
        return None
    if facts.at is None:
        return Finding("in time", None, "Nobody wrote down when it came.")
    at: dict[str, Value] = {"at": rules.said_here(facts.at)}
    standing = clock(rules, facts.at)
    if standing == "coming" and rules.opens_at is not None:
        said = "The call opens on %(opens)s; this is from %(at)s."
        return Finding("in time", False, said, at | {"opens": rules.said_here(rules.opens_at)})
    if rules.closes_at is None:
        return Finding("in time", True, "The call was open on %(at)s.", at)
    values = at | {"closes": rules.said_here(rules.closes_at)}
    if standing == "closed":
        return Finding("in time", False, "The call closed on %(closes)s; this is from %(at)s.", values)
    return Finding("in time", True, "Before the deadline, %(closes)s.", values)


def _per_cent(share: Decimal, most: Decimal) -> str:
    """Rounded to as many places as it takes not to look like the limit it breaks."""
    for places in range(9):
        rounded = share.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)
        if (rounded > most) == (share > most):
            return _digits(rounded)
    return _digits(share)


def _digits(number: Decimal) -> str:
    return f"{number.normalize():f}"


def _plain(value: Value) -> str | int:
    if isinstance(value, datetime):
        return f"{value.day} {value:%B %Y, %H:%M} ({value.tzinfo})"
    return str(value) if isinstance(value, Money) else value
