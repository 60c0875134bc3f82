"""The rules of plans and reports against tables that a reviewer reads: `tests/cases/plans/*.yaml`."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml

from jwp.core.access import ROLES
from jwp.core.workflow import Workflow, obstacles
from jwp.plans.access import HOLDER
from jwp.plans.answers import NotANumber, number
from jwp.plans.rules import PLAN, REPORT, ReportFacts, RoundDates, Word, standing

pytestmark = pytest.mark.rules

CASES = Path(__file__).parents[1] / "cases" / "plans"
EVERYBODY = (*ROLES, HOLDER)


def cases(name: str) -> Any:
    return yaml.safe_load((CASES / f"{name}.yaml").read_text())


def workflows() -> list[tuple[Workflow, dict[str, Any]]]:
    written = cases("workflows")
    assert set(written) == {"plan", "report"}
    return [(PLAN, written["plan"]), (REPORT, written["report"])]


@pytest.mark.parametrize(("workflow", "table"), workflows(), ids=["plan", "report"])
def test_only_what_the_table_says_may_be_done(workflow: Workflow, table: dict[str, Any]) -> None:
    assert workflow.start == table["starts"]
    assert set(workflow.states) == set(table["may"])
    assert {step.verb for step in workflow.steps} == set(table["needs"])
    for state, may in table["may"].items():
        assert set(may) <= set(EVERYBODY)
        for role in EVERYBODY:
            assert set(workflow.verbs(state, {role})) == set(may.get(role, []))
            for verb, needs in table["needs"].items():
                refused = obstacles(workflow, verb, state, {role}, needs)
                assert bool(refused) == (verb not in may.get(role, []))


@pytest.mark.parametrize(("workflow", "table"), workflows(), ids=["plan", "report"])
def test_every_need_is_asked_for_by_name_and_every_verb_leads_where_the_table_says(
    workflow: Workflow, table: dict[str, Any]
) -> None:
    for step in workflow.steps:
        assert step.target == table["leads"][step.verb]
        needs = set(table["needs"][step.verb])
        for missing in needs:
            why = obstacles(workflow, step.verb, step.source, step.by, needs - {missing})
            assert why == [f"needs {missing}"]


STANDINGS = cases("standing")


@pytest.mark.parametrize("case", STANDINGS["cases"], ids=lambda case: case["name"])
def test_how_a_target_stands(case: dict[str, Any]) -> None:
    dates = RoundDates(**STANDINGS["round"])
    if "closed_on" in case:
        dates = replace(dates, closed_on=case["closed_on"])
    found = standing(dates, ReportFacts(**case.get("report", {})), case["today"])
    assert (found.word.value, found.why.value, found.days) == (
        case["stands"],
        case["why"],
        case.get("days", 0),
    )


def test_the_worked_cases_show_every_word_and_every_state_of_a_report() -> None:
    shown = {case["stands"] for case in STANDINGS["cases"]}
    assert shown == {word.value for word in Word}
    assert {case.get("report", {}).get("state", "draft") for case in STANDINGS["cases"]} == set(REPORT.states)


@pytest.mark.parametrize("case", cases("numbers"), ids=lambda case: case["typed"])
@pytest.mark.parametrize("decimals", [4, 0])
def test_numbers_are_read_as_people_write_them_or_refused(case: dict[str, Any], decimals: int) -> None:
    expected = case["reads"] if decimals else case.get("whole", case["reads"])
    if expected == "refused":
        with pytest.raises(NotANumber) as refusal:
            number(case["typed"], decimals)
        assert case["typed"] in str(refusal.value)
    else:
        assert number(case["typed"], decimals) == Decimal(str(expected))
