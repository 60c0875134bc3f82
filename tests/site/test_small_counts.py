"""Few people cannot be made out on the page, in the CSV or in the JSON, nor from all of them together."""

from __future__ import annotations

import csv
import io
import json
import re
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from jwp.plans.actions import promise
from tests.cast import Cast, cast
from tests.site.scene import Scene, plan_with, today

pytestmark = pytest.mark.django_db
PLAN = "/gender-action-plan/"
# What this target's figures are, and nothing else on its pages: so that a search for them finds only them.
FEW, MANY, ALL = 3, 7774, 7777


@pytest.fixture
def people() -> Cast:
    return cast()


def with_rounds(people: Cast, aggregation: str, **fields: Any) -> Scene:
    given = {"text": "Reach traders", "value": Decimal(9000), "measures": {"aggregation": aggregation}}
    return plan_with(people, {"t1": given | fields})


def everything() -> dict[str, str]:
    """All that is published of the plan, by address."""
    addresses = ("/", PLAN, f"{PLAN}gap/", f"{PLAN}gap/t1/", f"{PLAN}gap/data.csv", f"{PLAN}gap/data.json")
    return {address: Client().get(address).content.decode() for address in addresses}


def shown_nowhere(*numbers: int) -> None:
    for address, text in everything().items():
        for number in numbers:
            assert not re.search(rf"(?<![\d.]){number:,}(?!\d)|(?<![\d.]){number}(?!\d)", text), (
                address,
                number,
            )


def shown_everywhere(*numbers: int) -> None:
    for address, text in everything().items():
        for number in numbers:
            assert address == "/" or re.search(rf"\b({number:,}|{number})\b", text), (address, number)


def in_csv(version: str = "current") -> dict[tuple[str, str], tuple[str, str]]:
    """(round, sex) → (value, hidden)."""
    rows = csv.DictReader(io.StringIO(Client().get(f"{PLAN}gap/data.csv").content.decode("utf-8-sig")))
    return {(r["round"], r["sex"]): (r["value"], r["hidden"]) for r in rows if r["sex"] and r["version"] == version}


def in_json() -> dict[tuple[str, str], tuple[str, str]]:
    tree = json.loads(Client().get(f"{PLAN}gap/data.json").content)
    return {
        (spot["round"], sex): (str(figure.get("value", "")), str(figure.get("hidden", False)).lower())
        for target in tree["targets"] for spot in target["rounds"] if spot["value"]
        for sex, figure in spot["value"]["figures"].items()
    }  # fmt: skip


def on_page() -> dict[tuple[str, str], tuple[str, str]]:
    """The table of the target's own page, column by column."""
    text = Client().get(f"{PLAN}gap/t1/").content.decode()
    found = {}
    for row in re.findall(r"<tr>.*?</tr>", text, re.S)[1:]:
        name = re.search(r'scope="row">(\w+)', row)
        assert name
        for label in ("Women", "Men", "Total"):
            cell = re.search(rf'data-label="{label}">(.*?)</td>', row, re.S)
            words = re.sub(r"<[^>]+>", "", cell[1]).strip() if cell else "–"
            if words != "–":
                hidden = words == "hidden"
                value = "" if hidden else words.replace(",", "")
                found[name[1], label.lower()] = (value, str(hidden).lower())
    return found


def test_page_csv_and_json_hide_the_same_cells(people: Cast) -> None:
    scene = with_rounds(people, "sum")
    scene.say(6, "t1", women=str(FEW), men=str(MANY))
    scene.say(12, "t1", women="40", men="0")
    expected = {
        ("M6", "women"): ("", "true"), ("M6", "men"): ("", "true"), ("M6", "total"): ("7777", "false"),
        ("M12", "women"): ("40", "false"), ("M12", "men"): ("0", "false"), ("M12", "total"): ("40", "false"),
    }  # fmt: skip
    assert on_page() == in_csv() == in_json() == expected
    shown_nowhere(MANY)
    shown_everywhere(ALL)


def test_few_who_joined_a_running_total_are_not_had_by_subtraction(people: Cast) -> None:
    scene = with_rounds(people, "cumulative")
    scene.say(6, "t1", women="1111", men="2222")
    scene.say(12, "t1", women="1114", men="4444")
    assert in_csv()["M12", "women"] == in_csv()["M12", "men"] == ("", "true")
    assert on_page() == in_csv() == in_json()
    shown_nowhere(1114, 4444)
    shown_everywhere(1111, 2222, 5558)


def test_a_correction_gives_no_small_count_away(people: Cast) -> None:
    scene = with_rounds(people, "sum")
    row = scene.say(6, "t1", women="7003", men=str(MANY))
    before = everything()
    assert "7,774" in before[PLAN]
    scene.correct(row, today(), women=str(FEW), men=str(MANY))
    # The men did not change and were shown: with the new total, the women would be had from the old page.
    assert in_csv()["M6", "women"] == in_csv()["M6", "total"] == ("", "true")
    assert in_csv("corrected")["M6", "women"] == ("7003", "false")
    shown_nowhere(ALL)


def test_a_small_baseline_is_hidden_also_where_it_was_revised(people: Cast) -> None:
    scene = with_rounds(people, "cumulative", baseline=Decimal(2), value=Decimal(7000))
    decision = scene.decision(today())
    promise.revise(
        people.actor("gita", today()), "t1", reason="Counted anew", approval=decision, baseline=Decimal(6006)
    )
    for address, text in everything().items():
        assert not re.search(r"Baseline: 2\b|\"before\": \"2\"", text), address
    assert "Baseline: hidden" in Client().get(f"{PLAN}gap/t1/").content.decode()
    assert "Baseline: 6,006" in Client().get(f"{PLAN}gap/t1/").content.decode()


def test_a_share_hides_its_counts_with_it(people: Cast) -> None:
    scene = plan_with(people, {"t1": {"value": Decimal(50), "measures": {"unit": "%", "aggregation": "ratio"}}})
    scene.say(6, "t1", women="3/4006", men="3003/4006", total="3006/8012")
    assert in_csv()["M6", "women"] == ("", "true")
    shown_nowhere(3003)
    scene.say(12, "t1", women="2002/4006", men="1001/4006", total="3003/8012")
    assert in_csv()["M12", "women"][1] == "false"


def test_the_rule_is_stated_where_the_figures_are(people: Cast) -> None:
    with_rounds(people, "sum").say(6, "t1", women=str(FEW), men=str(MANY))
    for address in (PLAN, f"{PLAN}gap/t1/", "/how-to-read/"):
        assert "Counts of 1 to 4 people are hidden" in Client().get(address).content.decode(), address
    assert json.loads(Client().get(f"{PLAN}gap/data.json").content)["about"]["smallest_count_shown"] == 5


def test_things_are_not_people(people: Cast) -> None:
    scene = with_rounds(people, "sum", measures={"aggregation": "sum", "counts": "things", "disaggregations": []})
    scene.say(6, "t1", total="2")
    assert in_csv()["M6", "total"] == ("2", "false")
