"""Two small sheets of answers, invented, and what the measuring library makes of them; one is published.

Without the library the example has none: its pages say what to install.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from random import Random

from django.core.files.uploadedfile import SimpleUploadedFile

from jwp.desk.example.story import Story, got
from jwp.evidence import actions as evidence
from jwp.evidence import tasks
from jwp.evidence.files import keep_data
from jwp.evidence.models import Run
from jwp.partners.models import Place

# ref, city, title, people asked, share of women and of men who feel safe, seed
ASKED = (
    ("lamps-alderport", "alderport", "Waiting after dark in Alderport (fictional)", 240, (0.34, 0.62), 11),
    ("errands-tarnhollow", "tarnhollow", "Errands in Tarnhollow (fictional)", 90, (0.45, 0.55), 12),
)  # fmt: skip
WHERE_FROM = "Invented for this example: nobody was asked."


def are_made(story: Story) -> None:
    if tasks.missing():
        return
    day = story.m12 + timedelta(days=70)
    team = story.actor("thandeka", day)
    for ref, place, title, people, safe, seed in ASKED:
        sheet = SimpleUploadedFile(f"{ref}.csv", "".join(_answers(people, safe, Random(seed))).encode())
        evidence.upload_run(
            team, Run.Kind.SHEET, [("answers", keep_data(sheet, (".csv",)))], ref=ref, title=title,
            place=got(Place, place), language="en", source=WHERE_FROM,
        )  # fmt: skip
        tasks.look(team, ref)
        guessed = got(Run, ref).guess["choices"]
        chosen = {name: guessed[name] for name in ("sex", "codes", "questions")}
        evidence.choose(team, ref, None, parameters=chosen)
        tasks.start(team, ref, None, at_once=True)
    evidence.publish_run(team, ASKED[0][0], None)


def _answers(people: int, safe: tuple[float, float], draw: Random) -> Iterator[str]:
    """Rows as a form gives them. One in eighty is neither woman nor man: too few to be shown."""
    yield "sex,feels safe waiting after dark,errands yesterday,minutes waited\n"
    for number in range(people):
        sex = "another" if number % 80 == 79 else ("woman", "man")[number % 2]
        feels = "yes" if draw.random() < safe[sex == "man"] else "no"
        errands = draw.choices(("none", "one", "several"), (2, 3, 4) if sex == "woman" else (4, 3, 2))[0]
        yield f"{sex},{feels},{errands},{draw.randint(3, 35)}\n"
