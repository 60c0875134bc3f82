"""Every sentence in every language, with the same fields."""

from pathlib import Path
from string import Formatter

import pytest
import yaml

from genderlens import words
from genderlens.words import LANGUAGES, number, say

pytestmark = pytest.mark.rules

FOLDER = Path(words.__file__).parent
SUBJECTS = sorted(path.stem for path in FOLDER.glob("*.yaml"))


@pytest.mark.parametrize("subject", SUBJECTS)
def test_every_sentence_is_in_every_language_with_the_same_fields(subject: str) -> None:
    for key, said in words.sentences(subject).items():
        assert tuple(said) == LANGUAGES, key
        fields = {frozenset(field for _, field, _, _ in Formatter().parse(text) if field) for text in said.values()}
        assert len(fields) == 1, key
        assert all(text.strip() for text in said.values()), key


@pytest.mark.parametrize("subject", SUBJECTS)
def test_no_sentence_is_given_twice(subject: str) -> None:
    """YAML would keep the last one and say nothing."""
    root = yaml.compose((FOLDER / f"{subject}.yaml").read_text(encoding="utf-8"))
    assert isinstance(root, yaml.MappingNode)
    keys = [key.value for key, _ in root.value]
    assert sorted(keys) == sorted(set(keys))


def test_numbers_are_written_as_the_language_writes_them() -> None:
    assert [number(language, 1234.5, 1) for language in LANGUAGES] == ["1,234.5", "1\u00a0234,5", "1\u00a0234,5"]
    assert say("fr", "report.interval", low=0.25, high=12000) == "0,25 à 12\u00a0000"
    assert number("en", -0.0001) == "0.000" and number("en", None) == "–" and number("en", float("nan")) == "–"


def test_a_sentence_that_is_not_there_is_an_error_and_not_an_empty_line() -> None:
    with pytest.raises(KeyError):
        say("en", "report.nothing_of_the_kind")
