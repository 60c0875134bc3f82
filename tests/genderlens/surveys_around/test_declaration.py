"""A survey is declared in YAML: strict, and every mistake with its line."""

from __future__ import annotations

from pathlib import Path

import pytest

from genderlens import strict
from genderlens.findings import Refused
from genderlens.surveys import declaration
from genderlens.surveys.asked import Options
from genderlens.surveys.declaration import Column, Declaration, Replication, declared, load
from genderlens.surveys.statistics import Count, Gap, Mean, Proportion, Quantile, Ratio, Total

pytestmark = pytest.mark.rules


def read(text: str) -> Declaration:
    return declared(strict.read(text, "survey.yaml"), "survey.yaml", Path())


def test_the_example_of_the_documentation_is_one() -> None:
    text = (declaration.__doc__ or "").split("```yaml\n")[1].split("```")[0]
    survey = read(text)
    assert survey.design.cluster == ("psu",)
    assert survey.tables["trips"].link == {"persons": ("person_id",)}
    assert survey.tables["trips"].columns["mode"] == Column("mode", {"1": "walk", "2": "bus", "9": None})


def test_yes_and_no_are_words() -> None:
    survey = read("survey: s\ntables: {persons: {file: p.csv, columns: {poor: {column: x, codes: {1: yes, 2: no}}}}}")
    assert survey.tables["persons"].columns["poor"].codes == {"1": "yes", "2": "no"}


def test_replicate_weights_are_declared() -> None:
    survey = read(
        "survey: s\ntables: {persons: {file: p.csv}}\n"
        "design: {weight: w, replicates: {kind: JKn, columns: 'rep*', rscales: 0.5, mse: true}}"
    )
    assert survey.design.replicates == Replication("JKn", ("rep*",), rscales=(0.5,), mse=True)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("survey: s\nsurvey: t", "line 2: “survey” stands here twice, first in line 1"),
        ("survey: s\ntabels: {}", "line 2: “tabels” is not known. Did you mean “tables”?"),
        ("survey: s", "“tables” is missing"),
        ("survey: [", "is not YAML"),
        ("survey: s\ntables: {person: {file: p.csv}}", "“person” is not known. Did you mean “persons”?"),
        ("survey: s\ntables: {persons: {key: id}}", "no file, or both. Say `file:`"),
        ("survey: s\ntables: {persons: {file: p.csv, columns: {sexe: s}}}", "Did you mean “sex”?"),
        (
            "survey: s\ntables:\n  persons:\n    file: p.csv\n    columns:\n      sex: {column: s, codes: {1: male}}",
            "line 6: “male” is no word of this column. It may be: f, m, x.",
        ),
        ("survey: s\ntables: {persons: {file: p}}\ndesign: {wieght: w}", "Did you mean “weight”?"),
        ("survey: s\ntables: {persons: {file: p}}\ndesign: {nest: yes}", "'yes' is neither true nor false"),
        ("survey: s\ntables: {persons: {file: p}}\ndesign: {table: households}", "“households”, which is not declared"),
        ("survey: s\ntables: {persons: {file: p, key: id}, trips: {file: t, link: {persons: [a, b]}}}", "2 columns"),
        ("survey: s\ntables: {persons: {file: p, distinct: true}}", "needs a `key`"),
        ("survey: s\ntables: {persons: {file: p}}\ndesign: {replicates: {kind: JKn, scale: x}}", "Give numbers"),
        ("- a", "is not a mapping"),
    ],
)
def test_a_mistake_is_said_with_its_line(text: str, said: str) -> None:
    with pytest.raises(Refused) as refused:
        read(text)
    assert said in str(refused.value)


def test_a_file_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="cannot be read"):
        load(tmp_path / "survey.yaml")


def test_what_is_asked_is_read_as_it_is_typed() -> None:
    asked = Options.of({
        "mean": "pob", "proportion": ["x=1", "mode"], "total": ["y"], "ratio": ["a/b"], "quantile": ["y:0.5"],
        "count": True, "by": ["region"], "gap": ["sexo=2:1"],
    })  # fmt: skip
    assert asked.stats({"mode": ("walk", "bus")}) == (
        Mean("pob"), Proportion("x", "1"), Proportion("mode", "walk"), Proportion("mode", "bus"), Total("y"),
        Ratio("a", "b"), Quantile("y", 0.5), Count(),
    )  # fmt: skip
    assert asked.gaps == (Gap("sexo", "2", "1"),)
    assert asked.domains == ("region", "sexo")
    assert not asked.plan


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ({"wieght": "w"}, "Did you mean “weight”?"),
        ({"ratio": ["a"]}, "“a” cannot be read. Such as A/B."),
        ({"quantile": ["y:half"]}, "half is not a number"),
        ({"gap": ["sexo"]}, "Such as sexo=2:1"),
        ({"level": 95}, "95 is not between 0 and 1"),
        ({"codes": ["1=male"]}, "“male” is not f, m or x"),
    ],
)
def test_what_cannot_be_read_is_refused(said: dict[str, object], why: str) -> None:
    with pytest.raises(Refused) as refused:
        options = Options.of(said)
        options.stats({})
        _ = options.gaps, options.sex_codes
    assert why in str(refused.value)
