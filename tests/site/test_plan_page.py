"""The public page of the plan, as strangers read it."""

from __future__ import annotations

import pytest
from django.test import Client

from tests.cast import Cast, cast
from tests.site.scene import Scene, life, make_fictional

pytestmark = pytest.mark.django_db


@pytest.fixture
def people() -> Cast:
    return cast()


@pytest.fixture
def scene(people: Cast) -> Scene:
    return life(people)


def page(address: str, client: Client | None = None, **query: str) -> str:
    answer = (client or Client()).get(address, query)
    assert answer.status_code == 200, answer.content.decode()[:1500]
    return str(answer.content.decode())


def test_a_stranger_reads_what_was_promised_and_what_came_of_it(scene: Scene) -> None:
    import pathlib

    make_fictional()
    text = page("/gender-action-plan/")
    print(len(text.encode()))
    for name, a in {
        "plan": "/gender-action-plan/",
        "home": "/",
        "target": "/gender-action-plan/gap/t1/",
        "t8": "/gender-action-plan/gap/t8/",
        "how": "/how-to-read/",
        "csv": "/gender-action-plan/gap/data.csv",
        "json": "/gender-action-plan/gap/data.json",
    }.items():
        pathlib.Path(f"/tmp/site_{name}.html").write_text(page(a))
