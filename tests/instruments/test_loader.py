"""Instruments are read strictly: one bad file for each way of being wrong, and what it says."""

from dataclasses import replace
from pathlib import Path

import pytest

from jwp.instruments.crosswalk import crosswalk
from jwp.instruments.loader import LANGUAGES, InstrumentError, load, parse, shelf
from jwp.instruments.rules import Choice, Classes, Cut, Profile, may_decide, options

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
    if isinstance(instrument, Classes):
        texts += [one.means for one in instrument.classes] + [one.name for one in instrument.criteria]
        texts += [one.because for one in instrument.refused]
    if isinstance(instrument, Cut):
        texts += [one.name for one in (*instrument.items, *instrument.exempt)]
        texts += [one.name for one in instrument.suffixes]
    assert all(set(text) == set(LANGUAGES) for text in texts)
    assert instrument.sources


def test_the_markers_are_as_sourced_and_the_rest_is_flagged() -> None:
    marker = shelf()["oecd-gender-marker@2016"]
    assert isinstance(marker, Classes)
    assert {c.code for c in marker.criteria if c.wording == "sourced"} == {
        "gender-analysis",
        "do-no-harm",
        "counterfactual",
    }
    assert marker.necessary == ("gender-analysis", "do-no-harm")
    assert [one.code for one in marker.classes if "counterfactual" in one.needs] == ["2"]
    un = shelf()["un-gender-equality-marker@2018"]
    assert isinstance(un, Classes)
    assert {one.code: one.also_written for one in un.classes}["GEN3"] == ("3", "2b")
    gam = shelf()["iasc-gender-with-age-marker@2018"]
    assert isinstance(gam, Cut)
    assert gam.key == gam.phases["design"] == ("A", "D", "G", "J")
    assert len(gam.phases["monitoring"]) == 12


def test_a_copy_of_the_scale_by_another_version_cannot_gate_either() -> None:
    scale = shelf()["gender-results-effectiveness-scale@2015"]
    assert not may_decide(replace(scale, version="2030", may_gate=True))


def test_the_crosswalk_is_ours_and_names_scales_that_exist() -> None:
    table = crosswalk()
    ids = {instrument.id for instrument in shelf().values()}
    assert set(table.scales) <= ids and len(table.rows) == 5
    assert all(set(row.cells) <= set(table.scales) for row in table.rows)
    assert all(set(text) == set(LANGUAGES) for text in (table.note, *(row.name for row in table.rows)))
    assert table.note["en"].startswith("Ours.")
