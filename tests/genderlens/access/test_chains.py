"""Care chains as people live them: along one street, by hand; and what is said when the input is wrong."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, get_args

import numpy as np
import pyarrow as pa
import pytest

from genderlens.access.chain_counts import Algorithm, Places, Work, count_chains
from genderlens.access.chain_rules import ALWAYS, ANY, Rules
from genderlens.access.chains import CHAINS, care_chains
from genderlens.access.network import Network, from_arcs
from genderlens.access.osm import read_streets
from genderlens.access.safety import NOT_WALKED, Safety, costs
from genderlens.access.tables import HOMES, PLACES
from genderlens.findings import Refused

pytestmark = pytest.mark.rules

MINUTE = 60_000
SEVEN, EIGHT, NINE, NOON, TEN_AT_NIGHT = (hour * 3600 for hour in (7, 8, 9, 12, 22))
STEP = 0.0007195  # degrees of longitude on the equator that are 80 m, a minute on foot


def street(minutes: Sequence[int] = (10, 10, 10, 10), lit: Sequence[int] = (1, 1, 1, 1)) -> Network:
    """One street on the equator with five corners, so many minutes apart at 4.8 km/h."""
    lon = np.concatenate([[0], np.cumsum(minutes)]) * STEP
    lengths = np.array(minutes) * 80_000
    return from_arcs(lon, np.zeros(5), range(4), range(1, 5), lengths, list(lit), both_ways=True)


def homes(*names: str, corners: Sequence[int], network: Network) -> pa.Table:
    rows = len(names)
    columns = [list(names), network.lon[list(corners)], [0.0] * rows, ["f"] * rows, [""] * rows, [1.0] * rows]
    return pa.table(dict(zip(HOMES.names, columns, strict=True)), HOMES)


def places(
    *corners: int,
    network: Network,
    amounts: Sequence[float | None] | None = None,
    hours: Sequence[tuple[int | None, int | None]] | None = None,
) -> pa.Table:
    """Places at corners, named by them."""
    columns: list[Any] = [
        [f"corner {corner}" for corner in corners],
        network.lon[list(corners)],
        [0.0] * len(corners),
        ["any kind"] * len(corners),
        [1.0] * len(corners) if amounts is None else list(amounts),
        [opens for opens, _closes in hours] if hours else [None] * len(corners),
        [closes for _opens, closes in hours] if hours else [None] * len(corners),
    ]
    return pa.table(dict(zip(PLACES.names, columns, strict=True)), PLACES)


def ask(network: Network, home: int, care: pa.Table, work: pa.Table, **question: Any) -> list[dict[str, Any]]:
    """What one home's rows say, without its name."""
    question = {"limit": 60 * MINUTE, "dwell": 5 * MINUTE, **question}
    table, _findings = care_chains(network, homes("ours", corners=[home], network=network), care, work, **question)
    assert table.schema == CHAINS
    return [{name: row[name] for name in row if name != "home"} for row in table.to_pylist()]


def chains(*arguments: Any, **question: Any) -> list[float]:
    return [row["chain"] for row in ask(*arguments, **question)]


def test_the_way_by_the_childcare_reaches_less() -> None:
    town = street()
    care, work = places(0, network=town), places(2, 4, network=town, amounts=[100, 7])
    # From corner 1: back to the care at 0, five minutes there, and on: 10 + 5 + 20 to corner 2, 10 + 5 + 40 to 4.
    row = {"departs": None, "direct": 107.0, "stops": 1}
    assert ask(town, 1, care, work, limit=55 * MINUTE) == [row | {"chain": 107.0, "penalty": 0.0}]
    assert ask(town, 1, care, work, limit=55 * MINUTE - 1) == [row | {"chain": 100.0, "penalty": 1 - 100 / 107}]
    assert ask(town, 1, care, work, limit=14 * MINUTE) == [
        {"departs": None, "direct": 100.0, "chain": 0.0, "penalty": 1.0, "stops": 0}
    ]
    # Nothing is reached directly, so nothing is lost.
    assert ask(town, 1, care, work, limit=5 * MINUTE)[0]["penalty"] is None


def test_every_work_place_may_have_its_own_best_care_place() -> None:
    town = street()
    work = places(0, 4, network=town, amounts=[1, 10])
    everywhere = places(0, 4, network=town)
    assert chains(town, 2, everywhere, work, limit=25 * MINUTE) == [11]
    assert chains(town, 2, everywhere, work, limit=25 * MINUTE, stop="nearest") == [1]  # the first of two as near


def test_one_s_own_place_may_not_be_the_nearest() -> None:
    town = street()
    care, work = places(1, 4, network=town), places(0, 4, network=town, amounts=[1, 10])
    table = homes("own", "none", "elsewhere", corners=[0, 0, 0], network=town)
    table = table.append_column("care", pa.array(["corner 4", None, "corner 9"]))
    found, findings = care_chains(
        town, table, care, work, limit=50 * MINUTE, dwell=5 * MINUTE, stop="assigned"
    )  # fmt: skip
    assert found["chain"].to_pylist() == [10, None, None]
    assert [finding.code for finding in findings] == ["care-unknown"]
    assert "2 homes" in findings[0].what
    with pytest.raises(Refused, match="no column care"):
        ask(town, 0, care, work, stop="assigned")


def test_the_place_is_open_while_the_stop_is_made() -> None:
    town = street()
    care, work = places(1, network=town, hours=[(EIGHT, NOON)]), places(2, network=town)
    ten = 600
    arrives_at = [EIGHT - ten - 1, EIGHT - ten, NOON - ten - 300, NOON - ten - 299]
    assert chains(town, 0, care, work, departs=arrives_at) == [0, 1, 1, 0]
    # A second too early means a second of waiting.
    assert chains(town, 0, care, work, departs=arrives_at, waits=True) == [1, 1, 1, 0]
    assert chains(town, 0, care, work, departs=[SEVEN], waits=True, limit=75 * MINUTE) == [1]  # ten minutes on foot,
    assert chains(town, 0, care, work, departs=[SEVEN], waits=True, limit=75 * MINUTE - 1) == [
        0
    ]  # and fifty at the door


@pytest.mark.parametrize("hours", [(TEN_AT_NIGHT, 26 * 3600), (46 * 3600, 50 * 3600)])
def test_the_night_shift_s_childcare_is_open_past_midnight(hours: tuple[int, int]) -> None:
    town = street()
    care, work = places(1, network=town, hours=[hours]), places(2, network=town)
    moments = [TEN_AT_NIGHT - 601, TEN_AT_NIGHT - 600, 23 * 3600 + 3599, 0, 7200 - 900, 7200 - 899, NOON, 24 * 3600]
    assert chains(town, 0, care, work, departs=moments) == [0, 1, 1, 1, 1, 0, 0, 1]


def test_both_legs_share_one_cap_on_walking() -> None:
    town = street()
    care, work = places(1, network=town), places(2, 3, network=town)
    assert [row["chain"] for row in ask(town, 0, care, work, walking_cap=20 * MINUTE)] == [1]
    assert [row["direct"] for row in ask(town, 0, care, work, walking_cap=20 * MINUTE)] == [1]
    assert chains(town, 0, care, work, walking_cap=30 * MINUTE) == [2]


def test_the_way_from_the_door_to_the_street_counts() -> None:
    town = street()
    care, work = places(1, network=town), places(2, network=town)
    beside = pa.table(
        {"home": ["ours"], "lon": [0.0], "lat": [STEP], "sex": ["f"], "age": [""], "persons": [1.0]}, HOMES
    )
    off = [town, beside, care, work]
    reached = [
        care_chains(*off, limit=limit, dwell=5 * MINUTE)[0]["chain"].to_pylist() for limit in (25 * MINUTE, 27 * MINUTE)
    ]
    assert reached == [[0], [1]]


def test_a_dark_street_is_left_out_at_night_or_seems_longer() -> None:
    town = street(lit=(1, 0, 1, -1))
    care, work = places(1, network=town), places(2, 4, network=town, amounts=[1, 10])
    moments = [NOON, TEN_AT_NIGHT]
    assert chains(town, 0, care, work, departs=moments, safety=Safety(unlit=NOT_WALKED)) == [11, 0]
    # 10 + 5 + 10 minutes; the ten unlit ones count double.
    question = {"departs": moments, "safety": Safety(unlit=2)}
    assert chains(town, 0, care, work, limit=34 * MINUTE, **question) == [1, 0]
    assert chains(town, 0, care, work, limit=35 * MINUTE, **question) == [1, 1]
    assert chains(town, 0, care, work, safety=Safety(unknown=NOT_WALKED)) == [1]  # no time of day: the choice holds
    poor = np.where(town.heads == 4, 0.5, np.nan)
    assert chains(town, 0, care, work, safety=Safety(scores=poor, threshold=1, poor=NOT_WALKED)) == [1]
    assert ask(town, 0, care, work, safety=Safety(unlit=NOT_WALKED), departs=[TEN_AT_NIGHT])[0]["direct"] == 0


def test_a_ferry_across_the_ocean_is_too_long_and_nothing_worse() -> None:
    ferry = np.iinfo(np.int32).max  # no length is larger
    town = from_arcs(
        np.arange(3) * STEP, np.zeros(3), [0, 1, 0], [1, 2, 2], [80_000, 80_000, ferry], both_ways=True
    )  # fmt: skip
    for algorithm in get_args(Algorithm):
        found = ask(town, 0, places(1, network=town), places(2, network=town), algorithm=algorithm, speed=3.6)
        assert found[0]["chain"] == 1
    slow = Safety(unlit=1e9, unknown=1e9)
    assert chains(town, 0, places(1, network=town), places(2, network=town), safety=slow) == [0]


def test_safety_that_makes_no_sense_is_refused() -> None:
    town = street()
    with pytest.raises(Refused, match="below 1"):
        Safety(unlit=0.5)
    with pytest.raises(Refused, match="2 scores for 8 arcs"):
        ask(town, 0, places(1, network=town), places(2, network=town), safety=Safety(scores=np.ones(2)))


def test_a_home_without_an_answer_is_null_and_said() -> None:
    lon = np.array([0, 1, 2, 100, 101]) * 0.001
    town = from_arcs(lon, np.zeros(5), [0, 1, 3], [1, 2, 4], [80_000] * 3, both_ways=True)
    care, work = places(1, network=town), places(2, network=town)
    table, findings = care_chains(
        town, homes("ours", "island", corners=[0, 3], network=town), care, work, limit=60 * MINUTE, dwell=0
    )
    assert table["chain"].to_pylist() == [1, None]
    assert table["direct"].to_pylist() == [1, None]
    assert table["stops"].to_pylist() == [1, None]
    assert [finding.code for finding in findings] == ["on-an-island"]
    assert "island" in findings[0].what


def test_women_and_men_of_one_home_are_one_row() -> None:
    town = street()
    table = homes("ours", "theirs", "ours", corners=[0, 1, 0], network=town)
    found, _findings = care_chains(
        town, table, places(1, network=town), places(2, network=town), limit=60 * MINUTE, dwell=0, departs=[EIGHT, NINE]
    )
    assert found["home"].to_pylist() == ["ours", "ours", "theirs", "theirs"]
    assert found["departs"].to_pylist() == [EIGHT, NINE, EIGHT, NINE]


def test_wrong_rows_are_left_out_and_said() -> None:
    town = street()
    care = places(1, 1, 1, 1, network=town, hours=[(EIGHT, None), (NOON, EIGHT), (EIGHT, NOON), (None, None)])
    work = places(2, 2, 2, 3, network=town, amounts=[None, -1, 0.1, 0.2], hours=[(None, None), *[(EIGHT, NOON)] * 3])
    table, findings = care_chains(
        town, homes("ours", corners=[0], network=town), care, work, limit=60 * MINUTE, dwell=0, departs=[EIGHT]
    )
    assert table["chain"].to_pylist() == [0.3]
    assert table["stops"].to_pylist() == [2]
    assert [finding.code for finding in findings] == ["hours-senseless", "amount-missing", "work-hours-unused"]
    _table, findings = care_chains(
        town, homes("ours", corners=[0], network=town), care, work, limit=60 * MINUTE, dwell=0
    )
    assert "hours-unused" in [finding.code for finding in findings]


def test_a_renamed_column_is_refused() -> None:
    town = street()
    care, work = places(1, network=town).drop_columns(["opens"]), places(2, network=town).drop_columns(["amount"])
    with pytest.raises(Refused, match="no column opens") as refused:
        ask(town, 0, care, work)
    assert [finding.where for finding in refused.value.findings] == ["care", "work"]


def test_nothing_to_measure_is_refused_not_zero() -> None:
    town = street()
    with pytest.raises(Refused, match="nothing to measure") as refused:
        ask(town, 0, places(1, network=town, hours=[(NOON, EIGHT)]), places(2, network=town))
    assert [finding.code for finding in refused.value.findings] == ["hours-senseless", "hours-unused", "no-care"]
    with pytest.raises(Refused, match="million million"):
        ask(town, 0, places(1, network=town), places(2, network=town, amounts=[1e13]))


@pytest.mark.parametrize(
    "question",
    [
        {"limit": -1}, {"limit": 86_400_000}, {"dwell": -1}, {"speed": 0}, {"walking_cap": -1}, {"departs": []},
        {"departs": [-1]}, {"stop": "best"},
    ],
)  # fmt: skip
def test_a_question_without_sense_is_refused(question: dict[str, Any]) -> None:
    town = street()
    with pytest.raises(Refused) as refused:
        ask(town, 0, places(1, network=town), places(2, network=town), **question)
    assert refused.value.findings[0].where == next(iter(question))


@pytest.mark.parametrize(("care", "algorithm"), [(2, "lists"), (1500, "layers")])
def test_the_cheapest_algorithm_is_chosen_and_threads_change_nothing(care: int, algorithm: Algorithm) -> None:
    dice = np.random.default_rng(7)
    side = 40
    corner = np.arange(side * side).reshape(side, side)
    tails = np.concatenate([corner[:, :-1].ravel(), corner[:-1].ravel()])
    heads = np.concatenate([corner[:, 1:].ravel(), corner[1:].ravel()])
    grid = from_arcs(
        corner.ravel() % side * 0.001, corner.ravel() // side * 0.001, tails, heads,
        dice.integers(50_000, 150_000, len(tails)), both_ways=True,
    )  # fmt: skip
    always = np.full(care, ALWAYS)
    given = (
        grid, grid.walking(), dice.integers(0, side * side, 1000).astype(np.int32), np.full(1000, -1, np.int32),
        Places(dice.integers(0, side * side, care).astype(np.int32), always, always),
        Work(dice.integers(0, side * side, 1500).astype(np.int32), np.zeros(1500, np.int32), dice.integers(1, 9, 1500)),
        np.array([-1]),
        Rules(30 * MINUTE, 5 * MINUTE, 1 << 28, 0, ANY),
    )  # fmt: skip
    found = [count_chains(*given, threads=threads) for threads in (1, 3)]
    assert found[0].algorithm == algorithm
    other: Algorithm = "bitsets"
    for counts in (found[1], count_chains(*given, algorithm=other)):
        assert (counts.chain == found[0].chain).all()
        assert (counts.direct == found[0].direct).all()
    assert (found[0].chain[:, 0] <= found[0].direct).all()
    assert found[0].chain.any()


@pytest.mark.shared_data
def test_a_night_in_the_centre_of_sao_paulo_equals_scipy(shared_data: Path) -> None:
    from scipy.sparse import csr_array
    from scipy.sparse.csgraph import dijkstra

    read, _findings = read_streets(shared_data / "cities" / "sao-paulo-centre" / "spo_osm.pbf")
    network = read.only(read.main)
    dice = np.random.default_rng(3)
    home, care, work = (dice.integers(0, network.nodes, count).astype(np.int32) for count in (300, 12, 200))
    seeming = costs(network, safety=Safety(unlit=NOT_WALKED, unknown=1.5))
    assert 0 < (seeming < 0).sum() < network.arcs / 2
    always = np.full(len(care), ALWAYS)
    asked = (
        home, np.full(len(home), -1, np.int32), Places(care, always, always),
        Work(work, np.zeros(len(work), np.int32), np.ones(len(work), np.int64)), np.array([-1]),
        Rules(30 * MINUTE, 5 * MINUTE, 1 << 28, 0, ANY),
    )  # fmt: skip
    walked = seeming >= 0
    least: dict[tuple[int, int], int] = {}
    for *arc, cost in zip(
        network.tails[walked].tolist(), network.heads[walked].tolist(), seeming[walked].tolist(), strict=True
    ):
        least[arc[0], arc[1]] = min(cost, least.get((arc[0], arc[1]), cost))  # scipy would add parallel arcs up
    tails, heads = np.array(list(least)).T
    graph = csr_array((np.array(list(least.values()), float), (tails, heads)), shape=(network.nodes,) * 2)
    there, onwards = (dijkstra(graph, indices=nodes, limit=30 * MINUTE) for nodes in (home, care))
    chain = (there[:, care, None] + 5 * MINUTE + onwards[None][:, :, work] <= 30 * MINUTE).any(axis=1).sum(axis=1)
    direct = (there[:, work] <= 30 * MINUTE).sum(axis=1)
    for algorithm in get_args(Algorithm):
        found = count_chains(network, seeming, *asked, algorithm=algorithm)
        assert (found.chain[:, 0] == chain).all()
        assert (found.direct == direct).all()
    by_day = count_chains(network, costs(network), *asked)
    assert (by_day.chain[:, 0] >= chain).all()
    assert by_day.chain.sum() > chain.sum() > 0
