"""What the rules of real calls say of applications, from tests/cases/calls; and what must hold for any."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from jwp.core.money import Money
from jwp.grants.call_words import FINDINGS, LACKING, said
from jwp.grants.rules.eligibility import ALWAYS_ASKED, ApplicationFacts, CallRules, Finding, check, fits, missing

CASES = Path(__file__).parent.parent / "cases" / "calls"
ANSWERS = {True: True, False: False, "look": None}
INSTANTS, SETS = {"opens_at", "closes_at", "at"}, {"countries", "languages"}
AMOUNTS = {"smallest", "largest", "requested", "own_cash"}


def read(of: type[Any], given: dict[str, Any]) -> Any:
    """YAML writes amounts in dollars, instants and sets as text and lists."""
    assert given.keys() <= {field.name for field in fields(of)}, given
    values: dict[str, Any] = dict(given)
    for name, value in given.items():
        if name in AMOUNTS:
            values[name] = Money.of(str(value), "USD").minor
        elif name in INSTANTS:
            values[name] = datetime.fromisoformat(value)
        elif name in SETS:
            values[name] = frozenset(value)
        elif name == "paid_at_most":
            values[name] = Decimal(value)
    return of(**values)


def cases() -> list[Any]:
    found = []
    for path in sorted(CASES.glob("*.yaml")):
        book = yaml.safe_load(path.read_text())
        assert book["sources"], path
        for case in book["cases"]:
            found.append(pytest.param(book["rules"], case, id=f"{book['call']}: {case['name']}"))
    return found


@pytest.mark.parametrize(("rules", "case"), cases())
def test_what_a_calls_rules_say(rules: dict[str, Any], case: dict[str, Any]) -> None:
    asked = read(CallRules, rules)
    facts = read(ApplicationFacts, case["application"] | {"given": frozenset(ALWAYS_ASKED)})
    found = {finding.rule: finding for finding in check(asked, facts)}
    assert {rule: finding.met for rule, finding in found.items()} == {
        rule: ANSWERS[answer] for rule, answer in case["finds"].items()
    }
    assert missing(asked, facts) == case.get("lacks", [])
    for rule, words in case.get("said", {}).items():
        assert found[rule].said == words


instants = st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
amounts = st.none() | st.integers(0, 10**12)
some_rules = st.builds(
    CallRules, grants=st.booleans(), smallest=amounts, largest=amounts,
    co_financing=st.sampled_from(["not asked", "encouraged", "required"]),
    paid_at_most=st.none() | st.decimals(0, 100, places=2), countries=st.frozensets(st.sampled_from("ab")),
    countries_text=st.sampled_from(["", "a list"]), languages=st.frozensets(st.sampled_from(["en", "fr"])),
    sponsors=st.integers(0, 3), no_objection=st.booleans(), gender_statement=st.booleans(),
    opens_at=st.none() | instants, closes_at=st.none() | instants,
    zone=st.sampled_from(["UTC", "Europe/Brussels", "Pacific/Kiritimati"]),
)  # fmt: skip
some_facts = st.builds(
    ApplicationFacts, requested=amounts, own_cash=amounts, country=st.sampled_from(["", "a", "c"]),
    language=st.sampled_from(["en", "ar"]), sponsors=st.integers(0, 3), letters=st.integers(0, 3),
    no_objection=st.booleans(), gender_statement=st.booleans(), at=st.none() | instants,
    given=st.frozensets(st.sampled_from(ALWAYS_ASKED)),
)  # fmt: skip


@given(some_rules, some_facts)
def test_everything_said_can_be_said_in_the_readers_language(rules: CallRules, facts: ApplicationFacts) -> None:
    found = check(rules, facts)
    assert len({finding.rule for finding in found}) == len(found)
    assert {finding.words for finding in found} <= set(FINDINGS)
    assert all(finding.said and said(finding) for finding in found)
    assert set(missing(rules, facts)) <= LACKING.keys()


@given(some_rules, some_facts)
def test_no_rule_is_asked_that_the_call_does_not_have(rules: CallRules, facts: ApplicationFacts) -> None:
    assert check(CallRules(), facts) == []
    asked = {finding.rule for finding in check(rules, facts)}
    assert ("sponsors" in asked) == bool(rules.sponsors)
    assert ("in time" in asked) == bool(rules.opens_at or rules.closes_at)
    assert rules.grants or not asked & {"size", "share"}


@given(st.integers(1, 10**12), st.integers(0, 10**12), st.decimals(0, 100, places=2))
def test_the_share_is_exact_and_never_reads_as_the_limit_it_breaks(requested: int, own: int, most: Decimal) -> None:
    rules = CallRules(paid_at_most=most)
    (found,) = check(rules, ApplicationFacts(requested=requested, own_cash=own))
    assert found.met == (Decimal(requested) * 100 <= most * Decimal(requested + own))
    if not found.met:
        assert Decimal(str(found.values["share"])) > most


@given(some_rules, some_facts, st.integers(1, 3))
def test_more_sponsors_and_letters_never_turn_a_met_rule(rules: CallRules, facts: ApplicationFacts, n: int) -> None:
    order = {False: 0, None: 1, True: 2}
    more = replace(facts, sponsors=facts.sponsors + n, letters=facts.letters + n)
    before, after = ({f.rule: f.met for f in check(rules, each)} for each in (facts, more))
    assert all(order[after[rule]] >= order[met] for rule, met in before.items())


@given(instants, st.timedeltas(timedelta(0), timedelta(days=900)), st.timedeltas(timedelta(0), timedelta(days=900)))
def test_an_earlier_one_is_in_time_where_a_later_one_is(closes: datetime, a: timedelta, b: timedelta) -> None:
    rules = CallRules(closes_at=closes)
    earlier, later = closes - timedelta(days=400) + min(a, b), closes - timedelta(days=400) + max(a, b)
    met = [check(rules, ApplicationFacts(at=at))[0].met for at in (earlier, later)]
    assert met != [False, True]
    assert met[1] == (later <= closes)


def test_somebody_must_look_unless_one_rule_is_broken() -> None:
    yes, no, look = (Finding("a", met, "") for met in (True, False, None))
    assert (fits([yes, look]), fits([yes, look, no]), fits([yes]), fits([])) == (None, False, True, True)
