"""The plan as data: what the columns mean, whose it is, whether it is fiction."""

from __future__ import annotations

import csv
import html
import io
import json
from typing import Any

import pytest
from django.test import Client

from jwp.site.exchange import COLUMNS
from tests.cast import Cast, cast
from tests.site.scene import life, make_fictional, plan_with

pytestmark = pytest.mark.django_db
CSV, JSON = "/gender-action-plan/gap/data.csv", "/gender-action-plan/gap/data.json"


@pytest.fixture
def people() -> Cast:
    return cast()


def rows() -> list[dict[str, str]]:
    answer = Client().get(CSV)
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    return list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))


def tree() -> dict[str, Any]:
    answer = Client().get(JSON)
    assert answer["Content-Type"].startswith("application/json")
    found: dict[str, Any] = json.loads(answer.content)
    return found


def test_every_column_is_explained_where_people_look(people: Cast) -> None:
    life(people)
    assert list(rows()[0]) == list(COLUMNS)
    text = html.unescape(Client().get("/how-to-read/").content.decode())
    for name, meaning in COLUMNS.items():
        assert f"<code>{name}</code>" in text and meaning in text, name


def test_a_row_can_be_read_by_itself(people: Cast) -> None:
    life(people)
    (row,) = [r for r in rows() if (r["target"], r["round"], r["sex"]) == ("t1", "M12", "women")]
    assert row["unit"] == "people" and row["value"] == "131" and row["standing"] == "accepted"
    assert row["held_by"] == "Operations Unit" and row["indicator"] == "People trained"
    assert row["period_from"] < row["period_to"] < row["report_due"] < row["as_of"]
    assert row["source"].startswith("Partnership of the Tests: Gender Action Plan, as of ")
    assert row["licence"] and row["fictional"] == "false"


def test_what_stood_there_before_a_correction_is_in_the_data(people: Cast) -> None:
    life(people)
    old = [r for r in rows() if r["version"] == "corrected"]
    assert {r["sex"]: r["value"] for r in old} == {"women": "340", "men": "180", "total": "520"}
    assert {r["correction_reason"] for r in old} == {"The market of Kora was counted twice"}
    (found,) = [t for t in tree()["targets"] if t["ref"] == "t8"]
    (correction,) = found["rounds"][1]["corrections"]
    assert correction["old"]["figures"]["women"]["value"] == 340
    assert correction["new"]["figures"]["women"]["value"] == 310


def test_fiction_is_marked_in_both(people: Cast) -> None:
    life(people)
    assert {r["fictional"] for r in rows()} == {"false"} and tree()["about"]["fictional"] is False
    make_fictional()
    assert {r["fictional"] for r in rows()} == {"true"} and tree()["about"]["fictional"] is True
    assert "(fictional example)" in tree()["about"]["source"] and "(fictional example)" in rows()[0]["source"]


def test_the_data_mean_the_same_in_every_language(people: Cast) -> None:
    life(people)
    for address in (CSV, JSON):
        english, french = (Client().get(address, {"language": language}).content for language in ("en", "fr"))
        assert english == french


def test_no_text_becomes_a_formula(people: Cast) -> None:
    plan_with(people, {"t1": {"kind": "text", "text": '=HYPERLINK("https://example.org")'}})
    assert rows()[0]["text"].startswith("'=")


def test_nothing_but_reading_is_answered(people: Cast) -> None:
    life(people)
    for address in ("/", "/gender-action-plan/", CSV, JSON, "/how-to-read/"):
        assert Client().post(address).status_code == 405, address
        assert Client().head(address).status_code == 200
