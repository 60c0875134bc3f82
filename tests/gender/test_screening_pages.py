"""The pages of screening, as those who use them do."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from jwp.core.door import Refused, open_door
from jwp.gender.screening.lines import waiting
from jwp.gender.screening.worksheet import quoted
from jwp.grants.actions.gate import set_policy
from jwp.grants.actions.screening import rate_result
from jwp.grants.models import FundedItem, Override, Part, ProgressReport
from jwp.grants.rules.marking import owed
from jwp.grants.screening import alerts, drift, with_status
from jwp.instruments.models import AnswerSheet
from tests.cast import Cast, cast
from tests.everything import today
from tests.grants.scene import application, call, item
from tests.grants.screened import agree, agreed, declare

pytestmark = pytest.mark.django_db
TODAY = today()  # pages read the clock


@pytest.fixture
def people() -> Cast:
    return cast()


def client_of(people: Cast, name: str) -> Client:
    client = Client()
    people.sign_in(client, name)
    return client


def page(client: Client, name: str, *args: str, **asked: str) -> str:
    answer = client.get(reverse(name, args=args), asked)
    assert answer.status_code == 200, answer
    return str(answer.content.decode())


def running(ref: str = "item-1", **fields: object) -> FundedItem:
    """An item in the first half of its agreement."""
    given = {"starts": TODAY - timedelta(days=30), "ends": TODAY + timedelta(days=300), "state": "signed"}
    return item(ref, **given | fields)


def sent(
    score: str, met: tuple[str, ...], quote: str = "Women choose which ways are mapped.", **more: str
) -> dict[str, str]:
    found = {"score": score}
    for code in met:
        found |= {code: "met", f"{code}.quote": quote, f"{code}.link": "https://example.org/p"}
    return found | more


BOTH = ("gender-analysis", "do-no-harm")


class TestTheWorksheet:
    def test_from_proposal_to_agreement_in_the_browser(self, people: Cast) -> None:
        row = application(call(), state="proposed", proposal="Women choose which ways are mapped. Nobody is filmed.")
        olga, gita = client_of(people, "olga"), client_of(people, "gita")
        seen = page(olga, "gender:worksheet", row.ref)
        assert "Women choose which ways are mapped." in seen
        assert "none is better than another" in seen
        assert "Propose" in seen
        sign = reverse("gender:sign", args=[row.ref])
        assert olga.post(sign, sent("0", BOTH)).status_code == 302
        assert "Waits for the gender team" in page(client_of(people, "nils"), "gender:worksheet", row.ref)
        assert "Agree" in page(gita, "gender:worksheet", row.ref)
        assert gita.post(sign, sent("0", BOTH)).status_code == 302
        done = page(olga, "gender:worksheet", row.ref)
        assert "Agreed. It changes in the next phase" in done
        assert AnswerSheet.objects.get(subject=row.ref, stage="agreed").score == "0"

    def test_a_passage_found_in_the_proposal_links_to_it(self, people: Cast) -> None:
        row = application(call(), state="proposed", proposal="Here women\n choose the “way”.")
        typed = {
            "score": "0", "gender-analysis": "met", "gender-analysis.quote": 'women choose the "way"',
            "do-no-harm": "met", "do-no-harm.quote": "Nobody is hurt.",
        }  # fmt: skip
        client_of(people, "olga").post(reverse("gender:sign", args=[row.ref]), typed)
        links = dict(AnswerSheet.objects.get(subject=row.ref).answers.values_list("item", "link"))
        assert links["gender-analysis"].endswith(reverse("grants:application", args=[row.ref]))
        assert links["do-no-harm"] == ""

    def test_check_says_what_is_unproven_and_keeps_nothing(self, people: Cast) -> None:
        row = application(call(), state="proposed")
        typed = sent(
            "2", ("gender-analysis",), "Half of the participants are women and other vulnerable groups.", check="1"
        )
        answer = client_of(people, "olga").post(reverse("gender:sign", args=[row.ref]), typed)
        seen = answer.content.decode()
        assert "Of the declared class, unproven" in seen
        assert "would not have been undertaken" in seen
        assert seen.count("Look again") >= 2  # in the summary and beside the quote
        assert not AnswerSheet.objects.exists()
        part = client_of(people, "olga").post(
            reverse("gender:sign", args=[row.ref]), typed, headers={"X-Requested-With": "fetch"}
        )
        assert "<html" not in part.content.decode()
        assert "unproven" in part.content.decode()

    def test_who_proposed_cannot_agree_and_is_told(self, people: Cast) -> None:
        row = application(call(), state="proposed")
        gita = client_of(people, "gita")
        sign = reverse("gender:sign", args=[row.ref])
        gita.post(sign, sent("0", BOTH))
        gita.post(sign, sent("0", BOTH))
        assert [sheet.stage for sheet in AnswerSheet.objects.all()] == ["self"]

    def test_what_was_typed_stays_when_it_is_refused(self, people: Cast) -> None:
        row = application(call(), state="proposed")
        declare(people.actor("olga", TODAY), row.ref, "1")
        answer = client_of(people, "gita").post(
            reverse("gender:sign", args=[row.ref]), sent("0", BOTH, "A passage of mine.")
        )
        seen = answer.content.decode()
        assert "say why" in seen
        assert "A passage of mine." in seen

    def test_history_says_who_when_from_what_to_what_and_why(self, people: Cast) -> None:
        row = application(call(), state="proposed")
        agreed(people, row.ref, "1", on=TODAY)
        typed = sent("0", BOTH, reason="The objective was dropped.")
        client_of(people, "gita").post(reverse("gender:sign", args=[row.ref]), typed)
        seen = page(client_of(people, "nils"), "gender:worksheet", row.ref)
        assert "1 → 0" in seen
        assert "The objective was dropped." in seen

    def test_a_concept_note_is_one_choice_and_one_sentence(self, people: Cast) -> None:
        row = application(call(), state="eligible", gender_statement="النساء يخترن الطرق")
        olga = client_of(people, "olga")
        seen = page(olga, "gender:worksheet", row.ref)
        assert "النساء يخترن الطرق" in seen
        assert "gender-analysis" not in seen
        sign = reverse("gender:sign", args=[row.ref])
        olga.post(sign, {"answer": "says what", "sentence": "Women choose the ways."})
        assert "Women choose the ways." in page(olga, "gender:worksheet", row.ref)
        again = olga.post(sign, {"answer": "says nothing", "sentence": "Read again."})
        assert "say why" in again.content.decode()

    def test_members_of_the_board_read_and_strangers_do_not_know(self, people: Cast) -> None:
        row = application(call(), state="proposed")
        board = client_of(people, "berta")
        assert "Waits for the secretariat" in page(board, "gender:worksheet", row.ref)
        assert board.post(reverse("gender:sign", args=[row.ref]), sent("0", BOTH)).status_code == 404
        assert client_of(people, "sam").get(reverse("gender:worksheet", args=[row.ref])).status_code == 404
        assert client_of(people, "gita").get(reverse("gender:worksheet", args=["nothing"])).status_code == 404


def test_quotes_are_found_whatever_their_marks() -> None:
    assert quoted("l’eau  des femmes", "De l'eau des\nfemmes.")
    assert not quoted("", "")


class TestTheList:
    def test_coverage_first_and_who_waits(self, people: Cast) -> None:
        agreed(people, running("done").ref, "2", on=TODAY)
        declare(people.actor("olga", TODAY), running("waiting").ref)
        running("nothing", manager=people.offices["operations"])
        application(call(), "note", state="eligible")
        application(call("call-2"), "invited", state="in principle")
        seen = page(client_of(people, "gita"), "gender:screening")
        assert "1 of 3" in seen
        assert "0 of 1" in seen
        assert "note" not in [
            line["ref"] for line in client_of(people, "gita").get(reverse("gender:screening")).context["table"].data
        ]
        items, applications = waiting(people.actor("gita", TODAY))
        assert [row.ref for row in items] == ["waiting"]
        assert not applications.exists()
        assert [row.ref for row in waiting(people.actor("olga", TODAY))[0]] == ["nothing"]
        mine = client_of(people, "gita").get(reverse("gender:screening"), {"mine": "on"})
        assert [line["ref"] for line in mine.context["table"].data] == ["waiting"]

    @pytest.mark.parametrize(
        ("status", "refs"),
        [
            ("agreed", ["done"]),
            ("to be agreed", ["waiting"]),
            ("not screened", ["nothing"]),
            ("owed", ["nothing", "waiting"]),
        ],
    )
    def test_filters(self, people: Cast, status: Any, refs: Any) -> None:
        agreed(people, running("done").ref, "2", on=TODAY)
        declare(people.actor("olga", TODAY), running("waiting").ref)
        running("nothing")
        answer = client_of(people, "olga").get(reverse("gender:screening"), {"status": status})
        assert sorted(line["ref"] for line in answer.context["table"].data) == refs

    def test_it_asks_the_database_as_much_for_many_as_for_few(self, people: Cast) -> None:
        gita = client_of(people, "gita")
        running("first")
        page(gita, "gender:screening")
        with CaptureQueriesContext(
            connection,
        ) as few:
            page(gita, "gender:screening")
        for number in range(12):
            agreed(people, running(f"item-{number}", agreement_ref=f"G-{number}").ref, "1", on=TODAY)
        with CaptureQueriesContext(connection) as many:
            page(gita, "gender:screening")
        assert len(many) == len(few)

    def test_an_item_coded_by_its_objectives_is_screened_once_all_are(self, people: Cast) -> None:
        row = running()
        with open_door(people.actor("amara")) as door:
            parts = [door.add(Part(ref=f"objective-{n}", item=row, number=str(n), text="Lights")) for n in (1, 2)]
        agreed(people, parts[0].ref, "1", on=TODAY)
        assert with_status(FundedItem.objects.all(), TODAY).get().status == "not screened"
        agreed(people, parts[1].ref, "0", on=TODAY)
        found = with_status(FundedItem.objects.all(), TODAY).get()
        assert (found.status, found.owes, found.marker) == ("agreed", False, "")
        assert "1 of 1" in page(client_of(people, "gita"), "gender:screening")

    def test_it_leaves_as_csv(self, people: Cast) -> None:
        agreed(people, running("done", title="=Lights").ref, "0", on=TODAY)
        text = client_of(people, "gita").get(reverse("gender:screening"), {"export": "csv"}).content.decode()
        assert "Lights" in text
        assert ",=Lights" not in text
        assert ",agreed," in text


class TestLater:
    def test_marking_again_starts_from_what_was_agreed(self, people: Cast) -> None:
        row = item(state="signed", starts=TODAY - timedelta(days=300), ends=TODAY + timedelta(days=300))
        early = TODAY - timedelta(days=200)
        agreed(people, row.ref, "2", on=early)
        found = with_status(FundedItem.objects.all(), TODAY).get()
        assert (found.phase, found.status, found.owes) == ("mid-term", "agreed", True)
        assert found.marker == "2"
        with pytest.raises(Refused, match="another class than was agreed"):
            declare(people.actor("olga", TODAY), row.ref, "1")
        declare(people.actor("olga", TODAY), row.ref, "1", reason="As it stands now.")
        agree(people.actor("gita", TODAY), row.ref, "1")
        moved = drift(FundedItem.objects.all())
        assert (moved.n, moved.again, moved.counts) == (1, 1, {("2", "1"): 1})
        seen = page(client_of(people, "gita"), "gender:moved")
        assert "As it stands now." in seen
        assert not [word for word in ("better", "worse", "upgrade", "downgrade") if word in seen]
        assert (
            "As it stands now."
            in b"".join(client_of(people, "gita").get(reverse("gender:moved"), {"export": "csv"})).decode()
        )

    def test_the_phase_in_the_database_is_that_of_the_rule(self, people: Cast) -> None:
        for number, (state, before, after) in enumerate(
            (
                ("planned", 10, 10),
                ("signed", 9, 11),
                ("signed", 10, 11),
                ("signed", 11, 11),
                ("signed", 12, 11),
                ("signed", 10, 12),
                ("signed", 30, -5),
                ("completed", 30, 1),
            )
        ):
            item(
                f"i{number}", state=state, agreement_ref=f"A{number}", starts=TODAY - timedelta(days=before),
                ends=TODAY + timedelta(days=after),
            )  # fmt: skip
        item("fair", kind="event", state="signed", starts=TODAY - timedelta(days=9), ends=TODAY)
        item("undated", state="signed", agreement_ref="", starts=None, ends=None)
        for row in with_status(FundedItem.objects.all(), TODAY):
            assert row.phase == owed(row.kind, row.state, row.starts, row.ends, TODAY)[-1], row.ref

    def test_principal_without_data_by_sex_is_said(self, people: Cast) -> None:
        def report(ref: str, of: FundedItem, **fields: object) -> None:
            with open_door(people.actor("amara")) as door:
                door.add(
                    ProgressReport(
                        ref=ref,
                        item=of,
                        starts=TODAY,
                        ends=TODAY,
                        due=TODAY,
                        total=40,
                        **{"state": "accepted"} | fields,
                    )
                )

        for ref, score in (("silent", "2"), ("counts", "2"), ("unreported", "2"), ("significant", "1")):
            agreed(people, running(ref).ref, score, on=TODAY)
        rows = {row.ref: row for row in FundedItem.objects.all()}
        report("r1", rows["silent"])
        report("r2", rows["counts"])
        report("r3", rows["counts"], women=20, men=20)
        report("r4", rows["unreported"], state="submitted")
        report("r5", rows["significant"])
        assert [row.ref for row in alerts(FundedItem.objects.all())] == ["silent"]
        assert "count nobody by sex" in page(client_of(people, "olga"), "gender:worksheet", "silent")
        assert page(client_of(people, "gita"), "gender:alerts").count("/screening/on/") == 1

    def test_marker_beside_results_draws_empty_cells_too(self, people: Cast) -> None:
        row = running()
        agreed(people, row.ref, "1", on=TODAY)
        gita = people.actor("gita", TODAY)
        rate_result(gita, row.ref, "negative", "Stalls were lost.", "", owner=people.offices["operations"], due=TODAY)
        answer = client_of(people, "amara").get(reverse("gender:crossed"))
        seen = answer.content.decode()
        assert seen.count('<td class="num">0</td>') == 3 * 5 - 1
        assert "1 of 1 marked items have a rated result" in seen
        inside = page(client_of(people, "amara"), "gender:crossed", marker="1", level="negative")
        assert row.title in inside
        assert row.title not in page(client_of(people, "amara"), "gender:crossed", marker="2", level="negative")

    def test_negative_is_rated_in_the_browser_with_who_acts_and_by_when(self, people: Cast) -> None:
        row = running(manager=people.offices["operations"])
        gita = client_of(people, "gita")
        rate = reverse("gender:rate", args=[row.ref])
        assert "safe to pick" in gita.get(rate).content.decode()
        typed = {"level": "negative", "quote": "Stalls were lost."}
        assert "by when" in gita.post(rate, typed).content.decode()
        assert gita.post(rate, typed | {"due": (TODAY + timedelta(days=30)).isoformat()}).status_code == 302
        assert row.conditions.get().owner == people.offices["operations"]


class TestTheGate:
    def test_what_is_in_force_on_a_day(self, people: Cast) -> None:
        gita = client_of(people, "gita")
        assert "always (our default)" in page(gita, "gender:gate")
        later = TODAY + timedelta(days=40)
        typed = {
            "stage": "sign", "instrument": "oecd-gender-marker", "unit": "item", "readers": "3",
            "starts": later.isoformat(), "reason": "Two readers were too few.",
        }  # fmt: skip
        assert gita.post(reverse("gender:new_policy"), typed).status_code == 302
        today, then = page(gita, "gender:gate"), page(gita, "gender:gate", on=later.isoformat())
        assert 'data-label="People who sign">3<' not in today
        assert 'data-label="People who sign">3<' in then
        assert "Two readers were too few." in today

    def test_the_form_offers_neither_gam_nor_gres_and_takes_neither(self, people: Cast) -> None:
        gita = client_of(people, "gita")
        seen = gita.get(reverse("gender:new_policy")).content.decode()
        for never in ("iasc-gender-with-age-marker", "gender-results-effectiveness-scale"):
            assert never not in seen
            typed = {
                "stage": "sign", "instrument": never, "unit": "item", "readers": "2", "starts": TODAY.isoformat(),
                "reason": "Because.",
            }  # fmt: skip
            assert gita.post(reverse("gender:new_policy"), typed).status_code == 200

    def test_the_past_is_not_set(self, people: Cast) -> None:
        typed = {
            "stage": "sign", "instrument": "oecd-gender-marker", "unit": "item", "readers": "2",
            "starts": (TODAY - timedelta(days=1)).isoformat(), "reason": "Yesterday.",
        }  # fmt: skip
        seen = client_of(people, "amara").post(reverse("gender:new_policy"), typed).content.decode()
        assert "the past stays as it was" in seen

    def test_the_director_overrides_from_the_worksheet(self, people: Cast) -> None:
        row = item(state="planned")
        amara = client_of(people, "amara")
        seen = page(amara, "gender:worksheet", row.ref)
        assert "The gate before the agreement is shut." in seen
        address = reverse("governance:override", args=[row.ref])
        assert address in seen
        assert address not in page(client_of(people, "gita"), "gender:worksheet", row.ref)
        assert "do no harm" in amara.get(address).content.decode()
        done = amara.post(address, {"reason": "The flood does not wait."}, follow=True)
        assert "gate overridden" in done.content.decode()
        assert "The flood does not wait." in done.content.decode()
        assert Override.objects.get().item == row
        assert "The flood does not wait." in page(client_of(people, "gita"), "gender:gate")
        assert address not in page(amara, "gender:worksheet", row.ref)

    def test_a_policy_of_three_asks_for_a_second_reader(self, people: Cast) -> None:
        set_policy(
            people.actor("amara", TODAY), stage="sign", instrument="oecd-gender-marker", starts=TODAY,
            reason="Large sums.", readers=3,
        )  # fmt: skip
        row = running()
        declare(people.actor("olga", TODAY), row.ref, "0")
        assert "Sign as the second reader" in page(client_of(people, "tomas"), "gender:worksheet", row.ref)
        sign = reverse("gender:sign", args=[row.ref])
        client_of(people, "tomas").post(sign, sent("0", BOTH))
        assert "Agree" in page(client_of(people, "gita"), "gender:worksheet", row.ref)
        client_of(people, "gita").post(sign, sent("0", BOTH))
        assert AnswerSheet.objects.filter(subject=row.ref).count() == 3
