"""Figures of a run become one reading of an indicator: estimated, with their intervals, and traceable both ways."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from jwp.core.door import Refused
from jwp.evidence import actions as evidence
from jwp.indicators import actions
from jwp.indicators.models import Reading
from tests.cast import Cast, cast, indicator
from tests.evidence.runs import WOMEN_AND_MEN, figure, finished, measures, result

pytestmark = pytest.mark.django_db
Measures = Callable[[Callable[..., Any]], None]
assert measures  # a fixture
YEAR: dict[str, Any] = {"starts": date(2025, 1, 1), "ends": date(2026, 1, 1)}


@pytest.fixture
def people() -> Cast:
    made = cast()
    indicator("safe", name="Feels safe after dark", unit="%", counts="score", aggregation="latest", decimals=1)
    return made


def test_women_men_and_everybody_become_cells(people: Cast, measures: Measures, client: Client) -> None:
    measures(lambda run, given, progress: result())
    run = finished(people.actor("olga"))
    people.sign_in(client, "gita")
    page = client.get(f"/indicators/from-run/{run.ref}/").content.decode()
    assert "Feels safe: 41.2 (37.3–45.2) / 62.5 (57.6–67.4)" in page
    sent = {"family": "safe.*", "indicator": "safe", "starts": "2025-01-01", "last": "2025-12-31"}
    assert client.post(f"/indicators/from-run/{run.ref}/", sent)["Location"] == f"/diagnostics/{run.ref}/"
    reading = Reading.objects.get()
    assert {cell.sex: cell.value for cell in reading.cells.all()} == {
        "f": Decimal("41.2"), "m": Decimal("62.5"), "": Decimal("51"),
    }  # fmt: skip
    assert {cell.place and cell.place.ref for cell in reading.cells.all()} == {"lagoon"}
    assert (reading.status, reading.run, reading.ends) == ("estimated", run, date(2026, 1, 1))
    assert reading.source.startswith(run.ref) and "women 41.2 (37.3–45.2), n = 400" in reading.why
    assert "Feels safe after dark" in client.get(f"/diagnostics/{run.ref}/").content.decode()
    again = client.post(f"/indicators/from-run/{run.ref}/", sent)
    assert "already has a value" in again.content.decode()


@pytest.mark.parametrize(
    ("third", "why"),
    [
        (figure("safe.x", "x", 30.0, n=2, flag="suppressed"), "hidden or missing"),
        (figure("safe.x", "x", 30.0, n=9, flag="unreliable"), "a caution: unreliable"),
    ],
)
def test_what_is_hidden_or_uncertain_is_not_recorded(
    people: Cast, measures: Measures, third: dict[str, Any], why: str
) -> None:
    measures(lambda run, given, progress: result(*WOMEN_AND_MEN, third))
    run = finished(people.actor("olga"))
    with pytest.raises(Refused, match=why):
        actions.take_over(people.actor("gita"), "safe", run, "safe.*", **YEAR)


def test_another_unit_a_withdrawn_run_or_another_person_is_refused(people: Cast, measures: Measures) -> None:
    measures(lambda run, given, progress: result())
    run = finished(people.actor("olga"))
    indicator("minutes", unit="minutes", counts="score", aggregation="latest")
    gita = people.actor("gita")
    with pytest.raises(Refused, match="minutes"):
        actions.take_over(gita, "minutes", run, "safe.*", **YEAR)
    with pytest.raises(Refused, match="gender team"):
        actions.take_over(people.actor("olga"), "safe", run, "safe.*", **YEAR)
    withdrawn = evidence.withdraw_run(gita, run.ref, None, "Wrong weights")
    with pytest.raises(Refused, match="withdrawn"):
        actions.take_over(gita, "safe", withdrawn, "safe.*", **YEAR)
