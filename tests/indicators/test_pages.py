"""The gender team defines an indicator, records values by sex, corrects one and makes a new version."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from jwp.core import journal
from jwp.core.access import system
from jwp.core.door import Refused, open_door
from jwp.core.models import Entry
from jwp.indicators import actions
from jwp.indicators.models import Indicator, Reading
from jwp.indicators.rules import Cell, Figures, Problem, change
from tests.cast import TODAY, Cast, cast, indicator

pytestmark = pytest.mark.django_db
FIRST, SECOND = (date(2025, 1, 1), date(2025, 7, 1)), (date(2025, 7, 1), date(2026, 1, 1))


@pytest.fixture
def people() -> Cast:
    return cast()


@pytest.fixture
def gita(client: Client, people: Cast) -> Client:
    client.force_login(people.people["gita"].user)  # type: ignore[arg-type]
    return client


def recorded(row: Indicator, *cells: Cell, span: tuple[date, date] = FIRST, who: str = "office-operations") -> Reading:
    with open_door(system(TODAY)) as door:
        return actions.record(door, row, cells, starts=span[0], ends=span[1], contributor=who, why="asked")


def test_the_team_defines_an_indicator(gita: Client) -> None:
    sent = {
        "name": "Officials trained", "unit": "people", "counts": "people", "aggregation": "sum",
        "decimals": 0, "disaggregations": ["sex", "place"],
    }  # fmt: skip
    assert gita.post("/indicators/new/", sent).status_code == 302
    assert Indicator.objects.get(name="Officials trained").disaggregations == ["sex", "place"]
    assert "Officials trained" in gita.get("/indicators/").content.decode()


def test_values_by_sex_are_recorded_and_shown_with_their_chart(gita: Client) -> None:
    indicator("trained")
    sent = {
        "starts": "2025-01-01",
        "last": "2025-06-30",
        "contributor": "office-operations",
        "women": 7,
        "men": 5,
    }
    assert gita.post("/indicators/trained/record/", sent).status_code == 302
    page = gita.get("/indicators/trained/").content.decode()
    assert "<svg" in page and "Operations Unit" in page and "Jan 2025 – Jun 2025" in page
    assert Reading.objects.get().cells.get(sex="").value == 12
    csv = gita.get("/indicators/trained/periods.csv").content.decode()
    assert csv.splitlines()[1].startswith("Jan 2025 – Jun 2025,7,5")


def test_cells_that_do_not_add_up_come_back_with_what_was_typed(gita: Client) -> None:
    indicator("trained")
    sent = {"starts": "2025-01-01", "last": "2025-06-30", "women": 7, "men": 5, "total": 20}
    page = gita.post("/indicators/trained/record/", sent).content.decode()
    assert "the parts add up to 12 and the total is 20" in page
    assert 'value="20"' in page
    assert not Reading.objects.exists()


def test_a_value_of_unknown_sex_is_called_not_disaggregated(gita: Client) -> None:
    recorded(indicator("trained"), Cell(Decimal(30)))
    assert "not disaggregated" in gita.get("/indicators/trained/").content.decode()


def test_no_data_needs_its_reason(gita: Client) -> None:
    indicator("trained")
    sent = {"starts": "2025-01-01", "last": "2025-06-30"}
    assert "say why there is none" in gita.post("/indicators/trained/record/", sent).content.decode()
    assert gita.post("/indicators/trained/record/", sent | {"why": "the survey was put off"}).status_code == 302
    assert Reading.objects.get().status == "no data"


def test_the_same_period_twice_is_refused_and_a_correction_is_not(gita: Client) -> None:
    first = recorded(indicator("trained"), Cell(Decimal(30)))
    sent = {"starts": "2025-01-01", "last": "2025-06-30", "contributor": "office-operations", "total": 33}
    assert "already has a value" in gita.post("/indicators/trained/record/", sent).content.decode()
    page = gita.get(f"/indicators/readings/{first.ref}/").content.decode()
    assert 'value="30.0000"' in page or 'value="30"' in page
    assert "required" in gita.post(f"/indicators/readings/{first.ref}/", sent).content.decode()
    assert gita.post(f"/indicators/readings/{first.ref}/", sent | {"reason": "three came later"}).status_code == 302
    assert Reading.objects.current().get().cells.get(sex="").value == 33
    assert Entry.objects.get(verb="correct").reason == "three came later"
    assert journal.verify().broken is None


def test_a_ratio_asks_for_both_numbers(gita: Client) -> None:
    indicator("share", aggregation="ratio", unit="%")
    page = gita.get("/indicators/share/record/").content.decode()
    assert 'name="women_of"' in page
    sent = {"starts": "2025-01-01", "last": "2025-06-30", "total": 3}
    assert "out of how many" in gita.post("/indicators/share/record/", sent).content.decode()
    assert gita.post("/indicators/share/record/", sent | {"total_of": 4}).status_code == 302
    assert Reading.objects.get().cells.get().value == 75


def test_a_definition_with_values_changes_only_in_a_new_version(gita: Client, people: Cast) -> None:
    old = indicator("trained")
    recorded(old, Cell(Decimal(30)))
    actor = people.actor("gita")
    with pytest.raises(Refused, match="new version"):
        actions.amend(actor, "trained", old.revision, unit="households")
    actions.amend(actor, "trained", old.revision, name="People trained in full")
    old.refresh_from_db()
    with pytest.raises(Refused, match="say why"):
        actions.new_version(actor, "trained", old.revision, series_break="", unit="households")
    new = actions.new_version(actor, "trained", old.revision, series_break="now counts households", unit="households")
    assert (new.ref, new.version, new.facts().series) == ("trained-v2", 2, "trained-v2")
    page = gita.get("/indicators/trained-v2/").content.decode()
    assert "now counts households" in page
    assert "trained-v2" in gita.get("/indicators/trained/").content.decode()
    before, after = (Figures(row.facts(), "", *FIRST, (Cell(Decimal(1)),)) for row in (old, new))
    assert isinstance(change(before, after), Problem)


def test_a_version_without_a_break_continues_the_series(people: Cast) -> None:
    old = indicator("trained")
    new = actions.new_version(people.actor("gita"), "trained", old.revision, series_break="", method="by register")
    assert new.facts().series == "trained"


def test_others_may_read_and_not_write(client: Client, people: Cast) -> None:
    indicator("trained")
    client.force_login(people.people["olga"].user)  # type: ignore[arg-type]
    assert client.get("/indicators/trained/").status_code == 200
    assert client.get("/indicators/trained/record/").status_code == 404
    with pytest.raises(Refused):
        actions.enter(people.actor("olga"), "trained", [Cell(Decimal(1))], starts=FIRST[0], ends=FIRST[1])
    client.force_login(people.people["fola"].user)  # type: ignore[arg-type]
    assert client.get("/indicators/trained/").status_code == 404


def test_the_list_costs_the_same_however_many_there_are(
    gita: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(12):
        row = indicator(f"i{number}", name=f"Indicator {number}")
        for span in (FIRST, SECOND):
            recorded(row, Cell(Decimal(4), "f"), Cell(Decimal(6), "m"), span=span)
    with django_assert_max_num_queries(20):
        page = gita.get("/indicators/")
    assert page.content.decode().count("Indicator ") >= 12
