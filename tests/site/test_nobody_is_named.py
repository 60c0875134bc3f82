"""Offices are named, persons never: not on a page, not in a file, whatever somebody wrote into a reason."""

from __future__ import annotations

import re
from datetime import timedelta
from decimal import Decimal

import pytest
from django.test import Client

from jwp.core.door import open_door
from jwp.evidence.models import Document
from jwp.partners.models import Person
from jwp.plans.actions import promise, report, round
from jwp.plans.models import Evidence, Plan, Report, Round
from jwp.reviews.actions.finding import add_finding, respond
from tests.cast import cast, person
from tests.site.scene import Scene, life, today

pytestmark = pytest.mark.django_db
PLAN = "/gender-action-plan/"
ADDRESSES = ("/", PLAN, *(f"{PLAN}gap/t{n}/" for n in (1, 2, 3, 4, 5, 6, 8)), f"{PLAN}gap/data.csv",
             f"{PLAN}gap/data.json", "/how-to-read/")  # fmt: skip
TOLD = "Olga said so, and Ana Perez (ana.perez@example.org, @gita) agreed with ANA  PEREZ"


@pytest.fixture
def scene() -> Scene:
    people = cast()
    person("Ana Perez", user=False)
    scene = life(people)
    everywhere(scene)
    return scene


def everywhere(scene: Scene) -> None:
    """People's names in every text that the public site takes from the house."""
    people, m18 = scene.cast, scene.round(18)
    amara, gita = people.actor("amara", today()), people.actor("gita", today())
    with open_door(gita) as door:
        door.change(Plan.objects.get(), summary=TOLD)
        door.change(Round.objects.get(ref=m18.ref), moved_because=TOLD)
        door.add(Document(title=TOLD, url="https://example.org/d", public=True))
    report.explain(amara, m18.ref, "t8", TOLD)
    decision = scene.decision(today())
    promise.revise(gita, "t3", reason=TOLD, approval=decision, value=Decimal(30), value_text=TOLD[:300])
    promise.revise(gita, "t4", reason=TOLD, text=f"Adopt a policy. {TOLD}")
    scene.correct(accepted("t1"), today(), TOLD, women="130", men="120")
    scene.correct(accepted("t4", 6), today(), TOLD, progress="under way", words=TOLD)
    scene.correct(accepted("t5"), today(), TOLD, no_data=TOLD)
    evidence(scene)
    found = add_finding(
        people.actor("gita"),
        plan=scene.plan,
        area=None,
        text=TOLD,
        public=True,
        recommendations=[(TOLD, None)],
    )
    respond(
        people.actor("amara"),
        found.recommendations.get().ref,
        kind="rejected",
        text=TOLD,
        target=None,
        owner=None,
    )


def accepted(target: str, month: int = 12) -> Report:
    found: Report = Report.objects.get(round__month=month, target__ref=target, state="accepted")
    return found


def evidence(scene: Scene) -> None:
    """Public with a name in its title; public but only seen by somebody; internal."""
    row = accepted("t1")
    with open_door(scene.cast.actor("gita")) as door:
        for facts in (
            {"title": TOLD, "url": "https://example.org/lists", "public": True},
            {"title": "Seen in the field", "seen_by": "Olga", "seen_on": today(), "public": True},
            {"title": "Internal lists", "url": "https://example.org/internal"},
        ):
            door.add(Evidence(report=row, added_on=today(), **facts))


def everybody() -> re.Pattern[str]:
    words = [word for p in Person.objects.all() for word in (p.name, p.email, p.phone) if word]
    assert len(words) > 20
    return re.compile("|".join(rf"(?<!\w){re.escape(word)}(?!\w)" for word in words))


@pytest.mark.parametrize("language", ["en", "fr", "es"])
def test_no_persons_name_or_address_is_anywhere(scene: Scene, language: str) -> None:
    named = everybody()
    for address in ADDRESSES:
        text = Client().get(address, {"language": language}).content.decode()
        found = named.search(text)
        assert found is None, f"{address}: …{text[max(found.start() - 80, 0) : found.end() + 40]}…"
        assert "ANA" not in text and "@gita" not in text, address


def test_the_rest_of_what_was_written_is_there(scene: Scene) -> None:
    """Only the names are taken out."""
    for address in (PLAN, f"{PLAN}gap/t8/", f"{PLAN}gap/data.csv", f"{PLAN}gap/data.json"):
        text = Client().get(address).content.decode()
        assert "[name withheld] said so, and [name withheld]" in text, address
        assert "Operations Unit" in text


def test_evidence_is_shown_where_it_is_marked_public_and_never_who_saw_something(scene: Scene) -> None:
    for address in (f"{PLAN}gap/t1/", f"{PLAN}gap/data.json"):
        text = Client().get(address).content.decode()
        assert "https://example.org/lists" in text
        assert "Seen in the field" not in text and "https://example.org/internal" not in text


def test_an_extension_names_nobody(scene: Scene) -> None:
    gita, m24 = scene.cast.actor("gita", today()), scene.round(24)
    round.extend(gita, m24.ref, ["t1"], m24.due + timedelta(days=9), TOLD)
    assert everybody().search(Client().get(f"{PLAN}gap/t1/").content.decode()) is None
