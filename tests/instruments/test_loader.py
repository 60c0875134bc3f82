"""Instruments are read strictly: one bad file for each way of being wrong, and what it says."""

from pathlib import Path

import pytest

from jwp.instruments.loader import LANGUAGES, InstrumentError, load, parse, shelf
from jwp.instruments.rules import Choice, Profile, options

pytestmark = pytest.mark.rules

BAD = sorted((Path(__file__).parents[1] / "cases" / "instruments" / "bad").glob("*.yaml"))


@pytest.mark.parametrize("path", BAD, ids=lambda path: path.stem)
def test_a_bad_file_is_refused_and_says_why_where_and_how_to_mend_it(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    says = text.splitlines()[0].removeprefix("# says: ")
    with pytest.raises(InstrumentError) as refusal:
        parse(text, path.name)
    message = str(refusal.value)
    assert says in message
    assert message.startswith(path.name)
    assert message.count(". ") >= 1 and message.endswith(".")


def test_a_file_is_named_after_what_it_holds(tmp_path: Path) -> None:
    scale = Path(load.__code__.co_filename).parent / "standards" / "web-of-institutionalisation@1996.yaml"
    renamed = tmp_path / "web@1996.yaml"
    renamed.write_text(scale.read_text(encoding="utf-8"), encoding="utf-8")
    with pytest.raises(InstrumentError, match=r"Name it web-of-institutionalisation@1996\.yaml"):
        load(renamed)


def test_the_web_has_thirteen_elements_in_four_spheres() -> None:
    web = shelf()["web-of-institutionalisation@1996"]
    assert isinstance(web, Profile)
    assert [len(group.items) for group in web.groups] == [3, 3, 3, 4]
    assert [(option.code, option.colour) for option in web.scale] == [
        ("strong", "blue"),
        ("medium", "green"),
        ("weak", "red"),
    ]


def test_negative_can_be_picked() -> None:
    scale = shelf()["gender-results-effectiveness-scale@2015"]
    assert isinstance(scale, Choice)
    assert scale.options[0].code == "negative"


@pytest.mark.parametrize("pin", shelf())
def test_every_text_is_there_in_every_language(pin: str) -> None:
    instrument = shelf()[pin]
    texts = [instrument.name, instrument.about, *(option.name for option in options(instrument))]
    if isinstance(instrument, Profile):
        texts += [group.name for group in instrument.groups] + [item.name for item in instrument.items]
    assert all(set(text) == set(LANGUAGES) for text in texts)
    assert instrument.sources
