"""Every code that rules speak has words a person can act on."""

from __future__ import annotations

import pytest

from jwp.instruments.loader import WORDINGS as STANDINGS
from jwp.instruments.loader import shelf
from jwp.instruments.rules import TRAPS, UNITS, Answer, Choice, Classes, Cut, Profile, Wrong, score, wrong_answers
from jwp.instruments.words import KINDS, LACKS, WORDINGS, result, tell, trap
from jwp.instruments.words import UNITS as UNIT_WORDS

pytestmark = pytest.mark.rules


def test_kinds_units_standings_and_traps_have_words() -> None:
    assert set(KINDS) == {kind.__name__ for kind in (Profile, Choice, Classes, Cut)}
    assert set(UNIT_WORDS) == set(UNITS)
    assert set(WORDINGS) == {*STANDINGS, "confirmed"}
    assert all(trap(one.code) for one in TRAPS)


def test_what_a_criterion_lacks_is_said_for_each_way() -> None:
    marker = shelf()["oecd-gender-marker@2016"]
    found = set()
    for value in ("met", "not-met", ""):
        for quote in ("", "A passage."):
            for link in ("", "https://example.org"):
                answers = [Answer("score", "0"), Answer("do-no-harm", value, quote, link)]
                found |= {one.lacks for one in score(marker, answers).lacking}
    assert found == set(LACKS)


def test_every_refusal_has_words() -> None:
    marker, gam = shelf()["oecd-gender-marker@2016"], shelf()["iasc-gender-with-age-marker@2018"]
    assert "desertification" in tell(marker, *wrong_answers(marker, [Answer("score", "3")]))
    assert "design, monitoring" in tell(gam, *wrong_answers(gam, [Answer("A", "3")], "closure"))
    with pytest.raises(ValueError, match="without words"):
        tell(marker, Wrong("odd", "score"))


def test_nothing_is_said_as_not_screened_and_never_as_0() -> None:
    for instrument in shelf().values():
        if not isinstance(instrument, Profile):
            assert result(score(instrument, [], phase="design")) == "not screened"
    web = shelf()["web-of-institutionalisation@1996"]
    with pytest.raises(ValueError, match="spread"):
        score(web, [])
