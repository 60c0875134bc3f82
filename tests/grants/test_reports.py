"""Progress reports: who hands them in, who accepts them, and that what nobody counted is not zero."""

from __future__ import annotations

import itertools
from datetime import date
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from jwp.core.access import system
from jwp.core.door import Refused, Stale, open_door
from jwp.core.models import Letter
from jwp.grants.access import link_actor
from jwp.grants.actions.reports import add_report, decide, schedule, write
from jwp.grants.models import ProgressReport
from jwp.grants.rules.money import faults_of_counts, spans
from tests.cast import TODAY, Cast, cast
from tests.grants.funded import signed

pytestmark = pytest.mark.django_db


@pytest.fixture
def people() -> Cast:
    return cast()


def first(people: Cast) -> ProgressReport:
    signed(people)
    schedule(people.actor("olga"), "item-1", every=6)
    found: ProgressReport = ProgressReport.objects.filter(kind="progress").earliest("due")
    return found


def test_what_was_not_counted_needs_a_word(people: Cast) -> None:
    row, olga = first(people), people.actor("olga")
    with pytest.raises(Refused, match="how many women and how many men"):
        write(olga, row.ref, done="Ten lights stand.", total=40)
    sent = write(olga, row.ref, done="Ten lights stand.", not_counted_because="Nobody was there to count.")
    assert (sent.state, sent.women, sent.men, sent.total) == ("submitted", None, None, None)
    assert not sent.split_by_sex


def test_zero_women_is_a_count(people: Cast) -> None:
    row = first(people)
    sent = write(people.actor("olga"), row.ref, done="Ten lights stand.", women=0, men=3)
    assert sent.split_by_sex


def test_the_parts_are_never_more_than_the_total(people: Cast) -> None:
    row = first(people)
    with pytest.raises(Refused, match="the parts are more than the total"):
        write(people.actor("olga"), row.ref, done="Ten lights stand.", women=5, men=3, total=7)


def test_somebody_else_accepts_it(people: Cast) -> None:
    row, olga = first(people), people.actor("olga")
    write(olga, row.ref, done="Ten lights stand.", women=5, men=3)
    with pytest.raises(Refused, match="needs somebody else's report"):
        decide(olga, row.ref, "accept")
    assert decide(people.actor("nils"), row.ref, "accept").accepted_on == TODAY
    with pytest.raises(Refused, match="it can no longer be changed"):
        write(olga, row.ref, done="Twelve.", women=5, men=3)


def test_a_returned_report_says_why_and_comes_again(people: Cast) -> None:
    row, olga = first(people), people.actor("olga")
    write(olga, row.ref, done="Ten lights stand.", women=5, men=3)
    with pytest.raises(Refused, match="needs a reason"):
        decide(people.actor("nils"), row.ref, "return")
    back = decide(people.actor("nils"), row.ref, "return", reason="Which ten?")
    assert (back.state, back.returned_because) == ("returned", "Which ten?")
    again = write(olga, row.ref, done="Those of Eastleigh.", women=5, men=3)
    assert (again.state, again.returned_because) == ("submitted", "")


def test_the_grantee_is_told_what_became_of_its_report(people: Cast) -> None:
    signed(people, contact_email="works@eastleigh.example")
    row, grantee = ProgressReport.objects.get(), link_actor("item-1", TODAY)
    write(grantee, row.ref, done="Ten lights stand.", women=5, men=3)
    decide(people.actor("nils"), row.ref, "return", reason="Which ten?")
    write(grantee, row.ref, done="Those of Eastleigh.", women=5, men=3)
    decide(people.actor("nils"), row.ref, "accept")
    letters = Letter.objects.filter(key__startswith="report:item-1").order_by("pk")
    assert ["came back" in letter.subject for letter in letters] == [True, False]
    assert "Which ten?" in letters[0].body


def test_the_grantee_writes_its_own_reports_by_link_and_no_others(people: Cast) -> None:
    row = first(people)
    signed(people, "other")
    with pytest.raises(Refused, match="does not exist"):
        write(link_actor("other", TODAY), row.ref, done="Ours.", women=1, men=1)
    sent = write(link_actor("item-1", TODAY), row.ref, done="Ten lights stand.", women=5, men=3)
    assert sent.submitted_by == "applicant"
    assert decide(people.actor("olga"), row.ref, "accept").state == "accepted"


def test_the_same_form_twice_counts_once(people: Cast) -> None:
    row, grantee = first(people), link_actor("item-1", TODAY)
    write(grantee, row.ref, done="Ten lights stand.", women=5, men=3, once="form-7")
    again = write(grantee, row.ref, done="Ten lights stand.", women=5, men=3, once="form-7")
    assert (again.state, again.revision) == ("submitted", 2)


def test_nobody_writes_over_what_somebody_else_changed(people: Cast) -> None:
    row, olga = first(people), people.actor("olga")
    write(olga, row.ref, row.revision, submit=False, done="Half of it.")
    with pytest.raises(Stale):
        write(people.actor("nils"), row.ref, row.revision, submit=False, done="All of it.")
    row.refresh_from_db()
    assert (row.state, row.done) == ("draft", "Half of it.")


def test_laid_out_twice_they_stand_once(people: Cast) -> None:
    first(people)
    before = ProgressReport.objects.count()
    assert schedule(people.actor("olga"), "item-1", every=6) == []
    assert ProgressReport.objects.count() == before
    with pytest.raises(Refused, match="It has a completion report already"):
        add_report(
            people.actor("olga"), "item-1", kind="completion", starts=TODAY, ends=TODAY, due=TODAY
        )  # fmt: skip


@given(st.dates(date(2000, 1, 1), date(2050, 1, 1)), st.integers(0, 2000), st.integers(1, 24))
def test_the_spans_of_an_agreement_leave_out_no_day(starts: Any, days: Any, months: Any) -> None:
    ends = date.fromordinal(starts.toordinal() + days)
    found = spans(starts, ends, months)
    assert (found[0].starts, found[-1].ends) == (starts, ends)
    assert all(b.starts.toordinal() == a.ends.toordinal() + 1 for a, b in itertools.pairwise(found))
    assert all(span.due > span.ends for span in found)


@given(*[st.one_of(st.none(), st.integers(0, 99))] * 4)
def test_counts_fit_when_the_parts_are_within_the_total(women: Any, men: Any, not_stated: Any, total: Any) -> None:
    parts = [count for count in (women, men, not_stated) if count is not None]
    fits = total is None or (sum(parts) == total if len(parts) == 3 else sum(parts) <= total)
    assert (not faults_of_counts(women, men, not_stated, total)) == fits


def test_an_agreement_that_is_over_owes_no_report(people: Cast) -> None:
    row = first(people)
    client = Client()
    people.sign_in(client, "olga")
    with open_door(system(TODAY)) as door:
        door.change(row, due=date(2020, 1, 1), women=1210)
    owed = client.get(reverse("grants:reports"), {"late": "on"}).content.decode()
    assert "1 Jan 2020, late" in owed
    assert "1,210" in owed
    with open_door(system(TODAY)) as door:
        door.change(row.item, state="cancelled")
    assert "1 Jan 2020" not in client.get(reverse("grants:reports"), {"late": "on"}).content.decode()
    assert "1 Jan 2020, late" not in client.get(reverse("grants:reports")).content.decode()
