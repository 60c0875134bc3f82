"""Screening: who declares, who agrees, what stands on the item afterwards, and what is seen of it later."""

from __future__ import annotations

from datetime import date

import pytest

from jwp.core.door import Refused, open_door
from jwp.core.models import Entry
from jwp.grants.actions.screening import marker_of, rate_result, read_statement, screen
from jwp.grants.models import Condition, FundedItem, Part
from jwp.instruments.models import AnswerSheet
from tests.cast import TODAY, Cast, cast
from tests.grants.scene import application, call, item
from tests.grants.screened import agree, agreed, answers, declare

pytestmark = pytest.mark.django_db


@pytest.fixture
def people() -> Cast:
    return cast()


def marker(ref: str) -> tuple[str, str, str]:
    row = FundedItem.objects.get(ref=ref)
    return row.marker, row.marker_pin, row.marker_phase


class TestWhoSigns:
    def test_a_declaration_alone_marks_nothing(self, people: Cast) -> None:
        row = item()
        declare(people.actor("olga"), row.ref, "2")
        assert marker(row.ref) == ("", "", "")
        agree(people.actor("gita"), row.ref, "2")
        assert marker(row.ref) == ("2", "oecd-gender-marker@2016", "approval")

    def test_the_mark_and_the_sheet_are_one_transaction(self, people: Cast) -> None:
        row = item()
        agreed(people, row.ref)
        batches = {entry.batch for entry in Entry.objects.filter(verb__in=("answer", "mark"), actor="gita")}
        assert len(batches) == 1

    def test_only_another_person_of_the_gender_team_agrees(self, people: Cast) -> None:
        row = item()
        declare(people.actor("gita"), row.ref)
        with pytest.raises(Refused, match="different people"):
            agree(people.actor("gita"), row.ref)
        with pytest.raises(Refused, match="Only the gender team agrees"):
            agree(people.actor("olga"), row.ref)
        agree(people.actor("tomas"), row.ref)

    def test_saying_otherwise_needs_a_reason_and_it_is_kept(self, people: Cast) -> None:
        row = item()
        declare(people.actor("olga"), row.ref, "2")
        with pytest.raises(Refused, match="say why"):
            agree(people.actor("gita"), row.ref, "1")
        sheet = agree(people.actor("gita"), row.ref, "1", reason="No passage says it would not be done otherwise.")
        assert sheet.reason.startswith("No passage")
        assert Entry.objects.filter(ref=sheet.ref, verb="answer").get().reason == sheet.reason

    def test_mending_a_quote_needs_none(self, people: Cast) -> None:
        row = item()
        declare(people.actor("olga"), row.ref)
        mended = [
            type(one)(one.item, one.value, one.quote and f"{one.quote} On page 4.", one.link) for one in answers("1")
        ]
        assert screen(people.actor("gita"), row.ref, "agreed", mended).score == "1"

    def test_what_is_agreed_is_not_declared_anew(self, people: Cast) -> None:
        row = item()
        agreed(people, row.ref)
        with pytest.raises(Refused, match="This is agreed"):
            declare(people.actor("olga"), row.ref, "2", reason="Second thoughts.")
        changed = agree(people.actor("gita"), row.ref, "0", reason="The indicator was dropped.")
        assert changed.score == "0"
        assert marker(row.ref)[0] == "0"

    def test_a_class_that_nothing_shows_is_not_agreed(self, people: Cast) -> None:
        row = item()
        declare(people.actor("olga"), row.ref, "2")
        with pytest.raises(Refused, match="A score is agreed once every criterion it needs is shown"):
            screen(
                people.actor("gita"), row.ref, "agreed", answers("2", without=("counterfactual",)), reason="Not said."
            )
        assert marker(row.ref)[0] == ""


class TestPhases:
    def test_an_application_is_marked_at_design_and_its_item_keeps_that(self, people: Cast) -> None:
        row = application(call(), state="in principle")
        agreed(people, row.ref, "1")
        assert marker_of(row.ref) == {
            "marker": "1", "marker_pin": "oecd-gender-marker@2016", "marker_phase": "design",
        }  # fmt: skip

    def test_a_concept_note_is_not_screened_in_full(self, people: Cast) -> None:
        row = application(call(), state="eligible")
        with pytest.raises(Refused, match="Nothing is screened in this state"):
            declare(people.actor("olga"), row.ref)
        sheet = read_statement(people.actor("olga"), row.ref, "speaks in general", "It names nobody in particular.")
        assert sheet.stage == AnswerSheet.Stage.SELF
        with pytest.raises(Refused, match="add a quote or a link"):
            read_statement(people.actor("olga"), row.ref, "says what", "", "Read again.")

    def test_later_phases_move_the_mark_and_keep_what_was_said(self, people: Cast) -> None:
        row = item(state="signed", starts=date(2026, 1, 1), ends=date(2026, 12, 31))
        agreed(people, row.ref, "2", on=date(2026, 3, 1))
        agreed(people, row.ref, "1", on=date(2026, 8, 1))
        assert marker(row.ref) == ("1", "oecd-gender-marker@2016", "mid-term")
        kept = AnswerSheet.objects.filter(subject=row.ref, stage="agreed").order_by("pk")
        assert [(sheet.phase, sheet.score) for sheet in kept] == [("approval", "2"), ("mid-term", "1")]
        with pytest.raises(Refused, match="what was said earlier stays"):
            screen(people.actor("olga"), row.ref, "self", answers("2"), phase="approval")

    def test_what_ended_unfunded_is_not_marked(self, people: Cast) -> None:
        with pytest.raises(Refused, match="Nothing is screened in this state"):
            declare(people.actor("olga"), item(state="cancelled").ref)

    def test_an_objective_has_its_own_mark(self, people: Cast) -> None:
        row = item()
        with open_door(people.actor("amara")) as door:
            part = door.add(Part(ref="objective-1", item=row, number="1", text="Lights"))
        sheet = agreed(people, part.ref, "1")
        part.refresh_from_db()
        assert (part.marker, sheet.unit) == ("1", "objective")
        assert marker(row.ref)[0] == ""


class TestResults:
    def test_an_evaluator_rates_what_somebody_else_manages(self, people: Cast) -> None:
        row = item(state="completed", manager=people.offices["operations"])
        with pytest.raises(Refused, match="This item is yours"):
            rate_result(people.actor("olga"), row.ref, "responsive", "Women chose the route.", "")
        rate_result(people.actor("gita"), row.ref, "responsive", "Women chose the route.", "")
        assert not Condition.objects.exists()

    def test_negative_is_safe_to_pick_and_is_acted_on(self, people: Cast) -> None:
        row = item(state="completed", manager=people.offices["operations"])
        with pytest.raises(Refused, match="by when"):
            rate_result(people.actor("gita"), row.ref, "negative", "Women lost their stalls.", "")
        assert not AnswerSheet.objects.exists()
        rate_result(people.actor("gita"), row.ref, "negative", "Women lost their stalls.", "", due=TODAY)
        made = Condition.objects.get(item=row)
        assert made.owner == people.offices["operations"]
        assert "Women lost their stalls." in made.text

    def test_nothing_is_rated_before_it_is_signed_for_or_without_evidence(self, people: Cast) -> None:
        with pytest.raises(Refused, match="what was signed for"):
            rate_result(people.actor("gita"), item().ref, "blind", "Nobody asked.", "")
        with pytest.raises(Refused, match="add a quote or a link"):
            rate_result(people.actor("gita"), item("done", state="completed").ref, "blind", "", "")
