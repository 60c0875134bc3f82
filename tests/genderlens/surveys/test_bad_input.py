"""What cannot give a right answer is refused, with how to mend it; what can is said beside the figure."""

from collections.abc import Mapping, Sequence
from typing import Any

import ibis
import pyarrow as pa
import pytest

from genderlens.findings import Refused
from genderlens.surveys.design import Design, Replicates
from genderlens.surveys.estimates import Estimates, estimate
from genderlens.surveys.reliability import Reliability
from genderlens.surveys.statistics import Gap, Mean, Proportion, Quantile, Stat, Total

pytestmark = pytest.mark.rules

NAN = float("nan")
DESIGN = Design("w", "h", "c")
GOOD: dict[str, list[Any]] = {
    "w": [1.0, 2.0, 1.0, 2.0, 1.0, 1.0, 3.0, 1.0],
    "h": [1, 1, 1, 1, 2, 2, 2, 2],
    "c": [1, 1, 2, 2, 3, 3, 4, 4],
    "sex": ["f", "m", "f", "m", "f", "m", "f", "m"],
    "y": [1, 0, 1, 1, 0, 0, 1, None],
    "name": list("abcdefgh"),
    "pop": [9, 9, 9, 9, 9, 9, 9, 9],
}


def asked(
    changed: Mapping[str, Sequence[Any]] | None = None,
    design: Design = DESIGN,
    stats: Sequence[Stat] = (Mean("y"),),
    by: Sequence[str] = ("sex",),
    **options: Any,
) -> Estimates:
    table = ibis.memtable(pa.table({**GOOD, **(changed or {})}))
    return estimate(table, design, stats, by, **options)


def refusal(*args: Any, **kwargs: Any) -> str:
    with pytest.raises(Refused) as refused:
        asked(*args, **kwargs)
    finding = refused.value.findings[0]
    assert finding.level == "stop"
    assert finding.where
    return finding.code


def codes(found: Estimates) -> list[str]:
    return [finding.code for finding in found.findings]


@pytest.mark.parametrize(
    ("code", "changed"),
    [
        ("weight-wrong", {"w": [1.0, -2.0, 1.0, 2.0, 1.0, 1.0, 3.0, 1.0]}),
        ("weight-wrong", {"w": [1.0, None, 1.0, 2.0, 1.0, 1.0, 3.0, 1.0]}),
        ("weight-wrong", {"w": [1.0, NAN, 1.0, 2.0, 1.0, 1.0, 3.0, 1.0]}),
        ("infinite", {"w": [1.0, float("inf"), 1.0, 2.0, 1.0, 1.0, 3.0, 1.0]}),
        ("infinite", {"y": [1.0, float("inf"), 1.0, 2.0, 1.0, 1.0, 3.0, 1.0]}),
        ("design-missing", {"h": [1, 1, 1, None, 2, 2, 2, 2]}),
        ("design-missing", {"c": [1, 1, 2, None, 3, 3, 4, 4]}),
        ("cluster-in-two-strata", {"c": [1, 1, 2, 2, 1, 1, 4, 4]}),
        ("lonely-cluster", {"c": [1, 1, 2, 2, 3, 3, 3, 3]}),
        ("not-numbers", {"y": list("abcdefgh")}),
        ("empty", {name: pa.array([], pa.array(values).type) for name, values in GOOD.items()}),
        ("nobody", {"sex": pa.array([None] * 8, pa.string())}),
    ],
)
def test_a_wrong_column_is_refused(code: str, changed: Mapping[str, Sequence[Any]]) -> None:
    assert refusal(changed) == code


@pytest.mark.parametrize(
    ("code", "more"),
    [
        ("no-column", {"stats": [Mean("z")]}),
        ("no-column", {"design": Design("weight", "h", "c")}),
        ("no-column", {"by": ["region"]}),
        ("nothing-asked", {"stats": []}),
        ("no-such-value", {"stats": [Proportion("y", "yes")]}),
        ("gap-without-domain", {"by": [], "gaps": [Gap("sex", "f", "m")]}),
        ("no-such-category", {"gaps": [Gap("sex", "f", "woman")]}),
        ("fpc-too-small", {"design": Design("w", "h", "c", fpc="y2"), "changed": {"y2": [1.5] * 8}}),
        ("fpc-varies", {"design": Design("w", "h", "c", fpc="y2"), "changed": {"y2": [9, 8] * 4}}),
        ("fpc-missing", {"design": Design("w", "h", "c", fpc="y2"), "changed": {"y2": [None] * 7 + [1]}}),
        ("fpc-mixed", {"design": Design("w", "h", "c", fpc="y2"), "changed": {"y2": [0.5] * 4 + [9.0] * 4}}),
        ("fpc-wrong", {"design": Design("w", "h", "c", fpc="y2"), "changed": {"y2": [0.0] * 8}}),
        ("jk1-with-strata", {"design": Design("w", "h", "c", replicates=Replicates("JK1"))}),
    ],
)
def test_a_wrong_question_is_refused(code: str, more: dict[str, Any]) -> None:
    assert refusal(more.pop("changed", None), **more) == code


@pytest.mark.parametrize(
    ("code", "wrong"),
    [
        ("replicates-needed", lambda: Replicates("BRR")),
        ("rscales-needed", lambda: Replicates("JKn", ("r1", "r2"))),
        ("rscales-length", lambda: Replicates("JKn", ("r1", "r2"), rscales=(1.0,))),
        ("rho-needed", lambda: Replicates("Fay", ("r1",))),
        ("unknown-policy", lambda: Design("w", lonely="remove")),  # type: ignore[arg-type]
        ("fpc-stages", lambda: Design("w", cluster="c", fpc=("a", "b"))),
        ("not-a-share", lambda: Quantile("y", 50)),
    ],
)
def test_a_wrong_declaration_is_refused(code: str, wrong: Any) -> None:
    with pytest.raises(Refused) as refused:
        wrong()
    assert refused.value.findings[0].code == code


def test_zero_weights_keep_their_cluster_and_are_said() -> None:
    weights = [0.0, 0.0, 1.0, 2.0, 1.0, 1.0, 3.0, 1.0]
    found = asked({"w": weights}, stats=[Total("y")], by=[])
    assert "weight-zero" in codes(found)
    (row,) = found.table.to_pylist()
    # Of stratum 1 one cluster weighs nothing: 0 and 3 are as far apart as can be, and one degree of freedom is lost.
    assert row["estimate"] == 3 + 3
    assert row["se"] == pytest.approx((3**2 + 3**2) ** 0.5)
    assert (row["clusters"], row["df"]) == (3, 1)


def test_people_without_a_category_stay_in_the_design() -> None:
    found = asked({"sex": ["f", "m", "f", "m", "f", "m", None, None]})
    assert "no-category" in codes(found)
    women = found.table.to_pylist()[0]
    # Cluster 4 has nobody of known sex and still counts as a zero.
    assert women["clusters"] == 3
    assert women["df"] == 1


def test_not_a_number_is_no_answer() -> None:
    same = asked({"y": [1.0, 0.0, 1.0, 1.0, 0.0, 0.0, 1.0, NAN]})
    assert same.table.equals(asked().table)
    assert same.missing == (0, 1)
    codes_as_floats = {"sex": [2.0, 1.0, 2.0, 1.0, 2.0, 1.0, NAN, 1.0]}
    assert [row["domain"] for row in asked(codes_as_floats).table.to_pylist()] == ["1", "2"]


def test_a_domain_without_answers_is_null_and_not_zero() -> None:
    found = asked({"y": [1, None, 1, None, 0, None, 1, None]}, gaps=[Gap("sex", "f", "m")])
    women, men, gap, ratio = found.table.to_pylist()
    assert women["estimate"] is not None
    for row in (men, gap, ratio):
        assert (row["estimate"], row["se"], row["low"], row["high"]) == (None, None, None, None)
    assert men["flag"] == "no answers"
    assert (men["n"], men["clusters"]) == (0, 0)


def test_small_domains_are_suppressed_where_asked() -> None:
    found = asked(gaps=[Gap("sex", "f", "m")], small=Reliability(hide=4))
    women, men, gap, _ratio = found.table.to_pylist()
    assert women["flag"] == "unreliable"
    assert men["flag"] == "suppressed"
    assert (men["estimate"], men["se"], men["n"]) == (None, None, 3)
    # The gap would give the hidden figure away.
    assert gap["flag"] == "suppressed"
    assert gap["estimate"] is None
    with pytest.raises(Refused):
        found.combine({("mean(y)", "m"): 1})


def test_without_weights_it_describes_those_asked() -> None:
    found = asked(design=Design(None))
    assert "no-weights" in codes(found)
    assert {row["flag"] for row in found.table.to_pylist()} == {"only those asked"}
    assert "only those asked" in found.policy


def test_where_is_a_domain_and_not_a_filter() -> None:
    table = ibis.memtable(pa.table(GOOD))
    kept = estimate(table, DESIGN, [Total("y")], where=table.c < 4)
    filtered = estimate(table.filter(table.c < 4), Design("w", "h", "c", lonely="certainty"), [Total("y")])
    assert kept.table["estimate"].to_pylist() == filtered.table["estimate"].to_pylist()
    assert kept.table["se"][0].as_py() >= filtered.table["se"][0].as_py()
    assert kept.table["n"].to_pylist() == [6]


def test_a_domain_with_only_one_sex_has_no_gap_and_says_so() -> None:
    found = asked({"area": [1, 1, 1, 1, 2, 1, 2, 1]}, by=["sex", "area"], gaps=[Gap("sex", "f", "m")])
    assert [row["domain"] for row in found.table.to_pylist()] == ["f 1", "f 2", "m 1", "f-m 1", "f/m 1"]
    (note,) = found.findings
    assert (note.code, note.level) == ("no-gap", "note")
    assert "only one of f and m, and no gap: 2." in note.what
