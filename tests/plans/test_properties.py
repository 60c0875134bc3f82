"""What holds for every round, report and number, tried with thousands of made-up ones."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from jwp.core.period import Cadence, rounds_owed
from jwp.core.workflow import obstacles
from jwp.plans.answers import NotANumber, number
from jwp.plans.rules import (
    BOARD_FIELDS,
    PLAN,
    REPORT,
    ReportFacts,
    RoundDates,
    Why,
    Word,
    authority,
    due_date,
    lateness_is_public,
    may_close,
    standing,
)

pytestmark = pytest.mark.rules

FIRST = date(2024, 1, 1)
days = st.integers(0, 1200).map(lambda n: FIRST + timedelta(days=n))
spans = st.integers(0, 90).map(lambda n: timedelta(days=n))
# How bad a standing is to have: to be owed nothing, late, not reported.
WORSE = {Word.ACCEPTED: 0, Word.REPORTED: 0, Word.NONE: 0, Word.LATE: 1, Word.NOT_REPORTED: 2}
LATE_FOR_GOOD = {Why.SILENT, Why.WAITING_LATE, Why.ACCEPTED_LATE}


@st.composite
def rounds(draw: Callable[[st.SearchStrategy[timedelta]], timedelta], closed: bool | None = None) -> RoundDates:
    """Dates in their order; closed, if at all, from the day on which that is allowed."""
    opens = FIRST + 3 * draw(spans)
    due = opens + draw(spans)
    closes = due + draw(spans)
    dates = RoundDates(opens, due, closes)
    is_closed = bool(draw(spans).days % 2) if closed is None else closed
    return replace(dates, closed_on=closes + draw(spans)) if is_closed else dates


@st.composite
def facts(draw: Callable[..., object], dates: RoundDates) -> ReportFacts:
    """A report as the workflow leaves it: submitted on a day or never, silent only where a round was closed."""
    state = draw(st.sampled_from(REPORT.states))
    submitted = None if state == "draft" else dates.opens + draw(spans) * 3  # type: ignore[operator]
    return ReportFacts(
        state=str(state),
        submitted_on=submitted,
        extended_to=draw(st.none() | days),  # type: ignore[arg-type]
        silent_at_close=dates.closed_on is not None and bool(draw(st.booleans())),
    )


both = rounds().flatmap(lambda dates: st.tuples(st.just(dates), facts(dates)))


@given(both, days)
def test_every_report_stands_somewhere_with_a_reason_and_a_colour(
    made: tuple[RoundDates, ReportFacts], today: date
) -> None:
    found = standing(*made, today)
    assert found.word in WORSE
    assert found.days >= 0
    assert found.tone in {"accepted", "reported", "late", "silent", "waiting"}
    # What the team has accepted or is reading can never look as if nothing had come.
    assert (found.word == Word.ACCEPTED) == (made[1].state == "accepted")
    assert (found.word == Word.REPORTED) == (made[1].state == "submitted")


@given(both, days)
def test_late_begins_the_day_after_the_date_and_not_before(made: tuple[RoundDates, ReportFacts], today: date) -> None:
    found = standing(*made, today)
    if found.word == Word.LATE:
        assert today - due_date(*made) == timedelta(days=found.days)
        assert found.days >= 1
    elif found.word == Word.NONE:
        assert today <= due_date(*made)


@given(both, days, days)
def test_more_time_never_makes_it_worse(made: tuple[RoundDates, ReportFacts], longer: date, today: date) -> None:
    dates, report = made
    assume(report.extended_to is None or longer >= report.extended_to)
    before = standing(dates, report, today)
    after = standing(dates, replace(report, extended_to=longer), today)
    assert WORSE[after.word] <= WORSE[before.word]
    if before.word == after.word and before.word != Word.NONE:
        assert after.days <= before.days


@given(both, days, days)
def test_left_alone_it_never_gets_better(made: tuple[RoundDates, ReportFacts], one: date, other: date) -> None:
    earlier, later = sorted((one, other))
    assert WORSE[standing(*made, earlier).word] <= WORSE[standing(*made, later).word]


@given(rounds(closed=True), st.sampled_from(REPORT.states), days, st.none() | days)
def test_who_was_silent_at_the_close_was_silent_for_good(
    dates: RoundDates, state: str, today: date, extended: date | None
) -> None:
    """No later report, extension or day makes it look as if it had come in time."""
    submitted = None if state == "draft" else today
    report = ReportFacts(state, submitted, extended, silent_at_close=True)
    assert standing(dates, report, today).why in LATE_FOR_GOOD


@given(rounds(closed=False), days)
def test_a_round_is_closed_from_its_day_on_and_once(dates: RoundDates, today: date) -> None:
    assert may_close(dates, today) == (today >= dates.closes)
    assert not may_close(replace(dates, closed_on=dates.closes), today)


@given(days, st.integers(0, 60), days)
def test_lateness_is_public_only_when_it_is_late_and_grace_is_over(due: date, grace: int, today: date) -> None:
    shown = lateness_is_public(due, grace, today)
    assert shown == ((today - due).days > grace)
    assert not (shown and lateness_is_public(due + timedelta(days=1), grace, due + timedelta(days=grace)))


@given(
    st.sets(st.sampled_from([*sorted(BOARD_FIELDS), "text", "holder", "area", "theme", "number"])),
    st.sampled_from(sorted(BOARD_FIELDS)),
)
def test_a_change_that_touches_what_the_board_decides_needs_the_board(fields: set[str], decided: str) -> None:
    assert authority(fields | {decided}) == "board"
    assert (authority(fields) == "gender team") == (not fields & BOARD_FIELDS)


months = st.lists(st.integers(1, 60), min_size=1, max_size=6, unique=True).map(lambda m: tuple(sorted(m)))
cadences = st.builds(Cadence, months, st.none() | st.integers(1, 24), st.integers(0, 60), st.integers(0, 60))


@given(days, cadences, spans, spans)
def test_rounds_follow_each_other_and_a_longer_plan_only_adds(
    adopted: date, cadence: Cadence, length: timedelta, more: timedelta
) -> None:
    ends = adopted + 12 * length
    owed = rounds_owed(adopted, cadence, ends)
    assert [one.number for one in owed] == list(range(1, len(owed) + 1))
    assert all(one.due < other.due for one, other in pairwise(owed))
    assert all(one.opens <= one.due <= one.closes and one.due <= ends for one in owed)
    assert rounds_owed(adopted, cadence, ends + 12 * more)[: len(owed)] == owed


@given(days, cadences, st.integers(0, 400))
def test_a_later_adoption_never_owes_a_round_earlier(adopted: date, cadence: Cadence, later: int) -> None:
    ends = date(2030, 1, 1)
    first = rounds_owed(adopted, cadence, ends)
    second = rounds_owed(adopted + timedelta(days=later), cadence, ends)
    assert len(second) <= len(first)
    assert all(one.due <= other.due for one, other in zip(first, second, strict=False))


workflows = st.sampled_from([PLAN, REPORT])
words = st.sampled_from(sorted({word for w in (PLAN, REPORT) for s in w.steps for word in (*s.by, *s.needs)}))


@given(workflows, st.data(), st.sets(words), st.sets(words))
def test_nothing_stands_in_the_way_exactly_where_a_step_its_role_and_its_needs_are_there(
    workflow: object, data: st.DataObject, roles: set[str], given_facts: set[str]
) -> None:
    assert workflow in (PLAN, REPORT)
    chosen = PLAN if workflow is PLAN else REPORT
    verb = data.draw(st.sampled_from(sorted({step.verb for step in chosen.steps})))
    state = data.draw(st.sampled_from(chosen.states))
    step = chosen.step(verb, state)
    free = step is not None and bool(set(step.by) & roles) and set(step.needs) <= given_facts
    assert (obstacles(chosen, verb, state, roles, given_facts) == []) == free


amounts = st.decimals(min_value=-(10**9), max_value=10**9, places=2, allow_nan=False, allow_infinity=False)
MARKS = [("", "."), ("", ","), (",", "."), (".", ","), (" ", ","), (" ", "."), ("\u202f", ","), ("’", "."), ("'", ",")]


@given(amounts, st.sampled_from(MARKS))
def test_a_number_written_in_any_of_our_countries_is_the_same_number(value: Decimal, marks: tuple[str, str]) -> None:
    group, point = marks
    written = f"{value:,.2f}".replace(",", "G").replace(".", point).replace("G", group)
    assert number(written) == value


@given(st.integers(-(10**10), 10**10), st.sampled_from(["", " ", ".", ",", "’"]))
def test_whole_numbers_may_be_grouped_by_any_mark(value: int, group: str) -> None:
    assert number(f"{value:,}".replace(",", group), decimals=0) == value


@given(st.text(max_size=20) | st.text("0123456789.,' -+%", max_size=12), st.sampled_from([0, 4]))
def test_whatever_is_typed_is_a_number_or_is_told_so(text: str, decimals: int) -> None:
    try:
        value = number(text, decimals)
    except NotANumber as refusal:
        assert str(refusal)
    else:
        assert value.is_finite()
        assert len(value.as_tuple().digits) <= 15
