"""Two people at the same moment: each is served, or told; nobody gets an error page and nothing is lost."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import date

import pytest
from django.db import connection

from jwp.core import journal
from jwp.core.door import Refused
from jwp.core.models import Entry, Head
from jwp.plans.actions import plan as plans
from jwp.plans.actions import report, round
from jwp.plans.models import Report, Round
from tests.cast import Cast, cast, target
from tests.cast import plan as make_plan

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def people() -> Cast:
    return cast()


@pytest.fixture
def m18(people: Cast) -> Round:
    made = make_plan()
    for n in range(8):
        target(made, people.offices["operations"], f"t{n}", kind="text", value=None)
    plans.bring_in(people.actor("gita"), made, people.board, date(2025, 3, 15), "Decision 1")
    found: Round = Round.objects.get(month=18)
    return found


def at_once(*acts: Callable[[], object]) -> list[object]:
    """What each made or raised, all begun at the same moment."""
    start, found = threading.Barrier(len(acts)), [None] * len(acts)

    def run(n: int, act: Callable[[], object]) -> None:
        start.wait()
        try:
            found[n] = act()  # type: ignore[call-overload]
        except Exception as error:
            found[n] = error  # type: ignore[call-overload]
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=item) for item in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found  # type: ignore[return-value]


def test_two_begin_the_same_report(people: Cast, m18: Round) -> None:
    olga, gita = people.actor("olga"), people.actor("gita")
    for n in range(8):
        made = at_once(
            lambda n=n: report.save_draft(olga, m18.ref, f"t{n}", {"words": "one"}, 0),  # type: ignore[misc]
            lambda n=n: report.save_draft(gita, m18.ref, f"t{n}", {"words": "two"}, 0),  # type: ignore[misc]
        )
        assert all(isinstance(one, Report | Refused) for one in made), made
        assert Report.objects.filter(target__ref=f"t{n}").count() == 1


def test_a_report_arrives_while_the_round_is_closed(people: Cast, m18: Round) -> None:
    olga, gita = people.actor("olga", m18.closes), people.actor("gita", m18.closes)
    made = at_once(
        lambda: round.close_round(gita, m18.ref),
        *(lambda n=n: report.submit(olga, m18.ref, f"t{n}", {"words": "done"}, once=f"{n}") for n in range(8)),
    )
    assert all(isinstance(one, Report | Round) for one in made), made
    assert Report.objects.filter(state="submitted").count() == 8
    assert journal.verify().broken is None


def test_the_first_two_to_write_here_share_one_journal(people: Cast) -> None:
    Entry.objects.all().delete()
    Head.objects.all().delete()
    gita = people.actor("gita")
    span = {"starts": date(2027, 1, 1), "ends": date(2028, 1, 1)}
    made = at_once(*(lambda n=n: plans.create_plan(gita, title=f"Plan {n}", **span) for n in range(4)))
    assert not [one for one in made if isinstance(one, Exception)], made
    assert journal.verify().entries == 4
