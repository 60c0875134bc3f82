"""The reference set: public facts about a real partnership, none without its source, apart from the example."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml

from jwp.core.models import Entry, User
from jwp.evidence.models import Approval, Document, Event, Source
from jwp.grants.actions.eligibility import rules_of
from jwp.grants.models import Application, Call, FundedItem
from jwp.indicators.models import Reading
from jwp.indicators.rules import not_disaggregated, sex_coverage
from jwp.partners.models import Body, Constituency, Membership, Organisation, Person
from jwp.plans.models import BusinessLine, StrategyPeriod, Theme
from tests import reference

TODAY = date(2026, 9, 20)
FILES = sorted(path.stem for path in reference.FOLDER.glob("*.yaml") if path.stem != "sources")
DOCS = Path(__file__).parent.parent / "docs" / "reference.md"
CASES = Path(__file__).parent / "cases" / "calls"


def sourced(told: Any) -> Iterator[dict[str, Any]]:
    """Every fact of a file: its rows, or the file where it is one fact."""
    if "source" in told:
        yield told
    for rows in told.values():
        if isinstance(rows, list):
            yield from (row for row in rows if "version" not in row)


@pytest.mark.parametrize("name", FILES)
def test_every_fact_names_a_source_that_can_be_opened(name: str) -> None:
    rows = list(sourced(reference.facts(name)))
    assert rows
    for row in rows:
        for key in {row["source"], row.get("became_source", row["source"])}:
            assert reference.source(key)["address"].startswith(("https://", "http://")), row
        if "became" in row:
            assert "became_source" in row or "ours" in row, row


def test_every_source_is_used_and_says_for_what() -> None:
    used = {row[key] for name in FILES for row in sourced(reference.facts(name)) for key in row if "source" in key}
    assert used == set(reference.facts("sources"))
    assert all(row["says"] and row["title"] for row in reference.facts("sources").values())


def test_a_key_given_twice_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "twice.yaml").write_text("events: []\nevents: []\n")
    monkeypatch.setattr(reference, "FOLDER", tmp_path)
    with pytest.raises(yaml.constructor.ConstructorError, match="twice"):
        reference.facts("twice")


@pytest.mark.django_db
def test_it_loads_into_the_tables_of_the_product() -> None:
    reference.load(TODAY)
    assert Constituency.objects.count() == 6
    by_kind = Counter(Membership.objects.values_list("kind", flat=True))
    assert by_kind == {"full": 29, "associate": 3}
    assert Counter(Membership.objects.filter(kind="full").values_list("constituency__ref", flat=True)) == {
        "national-governments": 11,
        "local-governments": 5,
        "civil-society": 4,
        "multilateral": 4,
        "universities": 3,
        "private-sector": 2,
    }
    assert Body.objects.get(ref="ca-board").seats_at_most == 15
    assert StrategyPeriod.objects.count() == 4
    lines = Counter(BusinessLine.objects.values_list("period__ref", flat=True))
    assert lines == {"ca-2010": 4, "ca-2014": 4, "ca-2018": 2}
    window = BusinessLine.objects.get(ref="ca-2018-country-city")
    assert set(window.predecessors.values_list("name", flat=True)) == {"Country Programmes", "Catalytic Fund"}
    assert Theme.objects.get(ref="ca-2014-gender").successor == Theme.objects.get(ref="ca-2018-gender")
    assert Source.objects.count() == len(reference.facts("sources"))


@pytest.mark.django_db
def test_the_expert_meeting_has_its_four_organisers() -> None:
    reference.load(TODAY)
    event = Event.objects.get(starts=date(2016, 6, 13))
    assert event.place_text == "New York" and event.source is not None
    assert set(event.organisers.values_list("name", flat=True)) == {
        "UN Women", "UN-Habitat", "Huairou Commission", "Cities Alliance",
    }  # fmt: skip


@pytest.mark.django_db
def test_the_strategy_went_through_four_versions_before_the_assembly_approved_it() -> None:
    reference.load(TODAY)
    final = Document.objects.get(version="Final")
    chain = [final]
    while before := chain[-1].supersedes:
        chain.append(before)
    assert [document.version for document in chain] == ["Final", "Second draft", "First draft", "Zero draft"]
    approval = Approval.objects.get(document=final)
    assert (approval.body.name, approval.on) == ("Assembly", date(2017, 12, 14))
    assert Document.objects.get(version="First draft").reviewed_by.count("2017-09") == 2


@pytest.mark.django_db
def test_published_figures_stand_unsplit_and_the_rules_say_so() -> None:
    reference.load(TODAY)
    readings = Reading.objects.select_related("indicator").prefetch_related("cells__place")
    assert readings.count() == 10
    people = [reading for reading in readings if reading.indicator.counts == "people"]
    assert len(people) == 6
    for reading in people:
        figures = reading.figures(reading.indicator.facts())
        assert not_disaggregated(figures.definition, figures.cells) == ("sex",)
        assert sex_coverage(figures.definition, figures.cells) == 0
    rounded = readings.filter(status="estimated")
    assert rounded.count() == 3 and not rounded.filter(why="").exists()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("year", "case"), [(2011, "catalytic-fund-2011"), (2014, "catalytic-fund-2014"), (2015, "catalytic-fund-2015")]
)
def test_calls_have_the_rules_that_the_worked_cases_check(year: int, case: str) -> None:
    reference.load(TODAY)
    rules = rules_of(Call.objects.get(ref=f"ca-catf-{year}"))
    told = yaml.safe_load((CASES / f"{case}.yaml").read_text(encoding="utf-8"))["rules"]
    assert (rules.smallest, rules.largest) == (told["smallest"] * 100, told["largest"] * 100)
    assert rules.languages == frozenset(told.get("languages", []))
    assert (rules.sponsors, rules.no_objection) == (told.get("sponsors", 0), told.get("no_objection", False))
    assert rules.co_financing == told.get("co_financing", "not asked")
    assert rules.paid_at_most == told.get("paid_at_most")
    assert rules.gender_statement == told.get("gender_statement", False)
    assert bool(rules.countries_text) == ("countries_text" in told)


@pytest.mark.django_db
def test_published_numbers_of_calls_stand_without_a_single_made_up_application() -> None:
    reference.load(TODAY)
    numbers = dict(Call.objects.values_list("ref", "published_numbers"))
    assert numbers["ca-catf-2011"] == {"received": 73, "eligible": 44, "recommended": "8–10", "approved": 7}
    fourteen = numbers["ca-catf-2014"]
    assert (fourteen["received"], fourteen["approved"], fourteen["approved in USD"]) == (239, 11, 2_004_768)
    assert numbers["ca-catf-2015"] == {"received": 115, "planned": "10–12"}
    assert not Application.objects.exists()
    # Midnight in Washington, at the end of the last day of March.
    assert Call.objects.get(ref="ca-catf-2011").closes_at == datetime(2011, 4, 1, 4, tzinfo=UTC)
    assert {call.source_id for call in Call.objects.all()} <= set(Source.objects.values_list("pk", flat=True))


@pytest.mark.django_db
def test_the_safetipin_grant_names_its_cities_and_is_not_screened() -> None:
    reference.load(TODAY)
    grant = FundedItem.objects.get(ref="ca-safetipin")
    assert grant.title.startswith("(Grant) ")
    cities = {row.place.name: row.place.within.iso for row in grant.places.all() if row.place.within}
    assert cities == {"Delhi": "IN", "Bogotá": "CO", "Nairobi": "KE"}
    assert grant.parts.count() == 4
    # No page says what it cost or how it was marked: nothing is not zero.
    assert (grant.minor, grant.marker, grant.signed_on) == (None, "", None)


@pytest.mark.django_db
def test_the_journal_names_the_source_of_every_row_and_nobody_gets_a_sign_in() -> None:
    reference.load(TODAY)
    addresses = {row["address"] for row in reference.facts("sources").values()}
    rows = Entry.objects.filter(verb="add").exclude(noun__in=("evidence.source", "evidence.event"))
    assert rows.count() > 70
    for entry in rows:
        assert entry.reason.split(" (our reading")[0] in addresses, entry
    assert not User.objects.exists() and not Person.objects.exists()
    assert Organisation.objects.count() == 35


def test_the_documentation_quotes_it_as_it_stands() -> None:
    page = " ".join(DOCS.read_text().split())
    for fact in reference.facts("scorecards")["figures"]:
        assert f"{fact['value']:,}" in page, fact
    for group in ("periods", "lines", "themes"):
        for fact in reference.facts("strategies")[group]:
            assert fact["name"] in page, fact
    for fact in reference.facts("calls")["numbers"]:
        assert (fact.get("as") or f"{fact['value']:,}") in page, fact
    for row in reference.facts("sources").values():
        assert row["address"] in page, row
