"""Streets: from an extract, from tables, in pieces; and the way from a point to its street."""

from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from pyarrow import csv

from genderlens.access.network import Network, from_arcs, from_tables, hilbert, metres
from genderlens.access.osm import read_streets
from genderlens.access.snap import snap
from genderlens.findings import Refused

pytestmark = pytest.mark.rules

OSM = """<?xml version="1.0"?><osm version="0.6" generator="test">
{nodes}
{ways}
</osm>"""


def extract(path: Path, ways: dict[str, tuple[list[int], str]]) -> Path:
    """An OpenStreetMap file of ways along a grid: node 10 i + j is at (i, j) thousandths of a degree."""
    used = sorted({node for nodes, _tags in ways.values() for node in nodes if node < 1000})
    nodes = [f'<node id="{n}" lon="{n // 10 / 1000}" lat="{n % 10 / 1000}" version="1"/>' for n in used]
    lines = []
    for number, (name, (along, tags)) in enumerate(ways.items(), 1):
        refs = "".join(f'<nd ref="{n}"/>' for n in along)
        pairs = "".join('<tag k="{}" v="{}"/>'.format(*tag.split("=")) for tag in [*tags.split(), f"name={name}"])
        lines.append(f'<way id="{number}" version="1">{refs}{pairs}</way>')
    path.write_text(OSM.format(nodes="\n".join(nodes), ways="\n".join(lines)))
    return path


def line(count: int, spacing: float = 0.001) -> Network:
    """A street of `count` nodes going east along the equator."""
    lon = np.arange(count) * spacing
    return from_arcs(lon, lon * 0, np.arange(count - 1), np.arange(1, count), [111_195] * (count - 1), both_ways=True)


def test_only_ways_for_walkers_and_their_light(tmp_path: Path) -> None:
    network, findings = read_streets(
        extract(
            tmp_path / "town.osm",
            {
                "lit": ([11, 12, 13], "highway=residential lit=yes"),
                "dark": ([13, 23], "highway=steps lit=no"),
                "unknown": ([23, 33], "highway=path"),
                "motorway": ([33, 43], "highway=motorway"),
                "private": ([33, 34], "highway=service access=private"),
                "allowed": ([33, 32], "highway=service access=private foot=yes"),
                "cycles": ([32, 31], "highway=cycleway"),
                "building": ([31, 21], "building=yes"),
            },
        ),
        smallest=1,
    )
    assert network.nodes == 6
    assert network.arcs == 10
    assert sorted(network.lit.tolist()) == [-1, -1, -1, -1, 0, 0, 1, 1, 1, 1]
    assert findings == ()
    assert network.lengths[0] == round(float(metres(0.001, 0.001, 0.001, 0.002)) * 1000)


def test_a_way_the_extract_cuts_is_not_joined_across_the_gap(tmp_path: Path) -> None:
    ways = {"cut": ([11, 12, 1001, 13, 14], "highway=residential")}
    network, findings = read_streets(extract(tmp_path / "town.osm", ways), smallest=1)
    assert network.arcs == 4
    assert [finding.code for finding in findings] == ["network-in-pieces", "streets-cut"]


def test_slips_of_the_map_are_left_out(tmp_path: Path) -> None:
    ways = {"long": ([11, 12, 13, 14], "highway=residential"), "slip": ([31, 32], "highway=footway")}
    network, findings = read_streets(extract(tmp_path / "town.osm", ways), smallest=3)
    assert network.nodes == 4
    assert [finding.code for finding in findings] == ["slips-left-out"]


@pytest.mark.parametrize("content", ["not a map", OSM.format(nodes="", ways="")])
def test_what_is_no_extract_is_refused(tmp_path: Path, content: str) -> None:
    path = tmp_path / "town.osm"
    path.write_text(content)
    with pytest.raises(Refused):
        read_streets(path)


def test_a_network_comes_back_from_its_file(tmp_path: Path) -> None:
    network = line(5)
    network.save(tmp_path / "town.npz")
    again = Network.load(tmp_path / "town.npz")
    assert again.heads.tolist() == network.heads.tolist()
    assert again.walking(4.8).tolist() == network.walking(4.8).tolist()
    (tmp_path / "town.npz").write_bytes(b"something else")
    with pytest.raises(Refused, match="not a saved network"):
        Network.load(tmp_path / "town.npz")


def test_nodes_and_links_as_tables() -> None:
    nodes = pa.table({"node_id": [7, 5, 9], "lon": [0.0, 0.001, 0.002], "lat": [0.0, 0.0, 0.0]})
    links = pa.table({
        "a_node": [7, 5, 9, 7], "b_node": [5, 9, 77, 9], "length_m": [100.0, 0.0, 5.0, 300.0],
        "direction": [0, 1, 0, -1], "lit": [1, 0, None, None],
    })  # fmt: skip
    network, findings = from_tables(nodes, links)
    assert network.arcs == 6
    assert {finding.code for finding in findings} == {"link-without-node", "link-without-length"}
    assert sorted(network.lengths.tolist()) == [100_000, 100_000, 111_195, 111_195, 300_000, 300_000]
    one_way, _findings = from_tables(nodes, links, one_way=True)
    arcs = set(zip(one_way.tails.tolist(), one_way.heads.tolist(), strict=True))
    # By node_id: 0 is 5, 1 is 7, 2 is 9.
    assert arcs == {(1, 0), (0, 1), (0, 2), (2, 1)}


def test_tables_that_cannot_be_used() -> None:
    nodes = pa.table({"node_id": [1, 1], "lon": [0.0, 1.0], "lat": [0.0, 0.0]})
    links = pa.table({"a_node": [1], "b_node": [3], "length_m": [1.0]})
    with pytest.raises(Refused, match="twice"):
        from_tables(nodes, links)
    with pytest.raises(Refused, match="No link"):
        from_tables(nodes.slice(0, 1), links)
    with pytest.raises(Refused, match="length_m"):
        from_tables(nodes.slice(0, 1), links.drop_columns("length_m"))


def test_pieces_are_told_and_homes_on_them_have_no_answer() -> None:
    town, island = line(5), line(3)
    network = from_arcs(
        np.concatenate([town.lon, island.lon]),
        np.concatenate([town.lat, island.lat + 0.003]),
        np.concatenate([town.tails, island.tails + 5]),
        np.concatenate([town.heads, island.heads + 5]),
        np.concatenate([town.lengths, island.lengths]),
    )
    assert [finding.code for finding in network.findings()] == ["network-in-pieces"]
    assert network.only(network.main).nodes == 5
    snapped = snap(network, [0.0, 0.0021, 0.001], [0.0, 0.0001, 0.0028], ["a", "b", "c"])
    assert snapped.node.tolist() == [0, 2, -1]
    assert [finding.code for finding in snapped.findings] == ["on-an-island"]
    assert "(c)" in snapped.findings[0].what


def test_coordinates_that_are_wrong_have_no_answer_and_say_why() -> None:
    network = from_arcs([-70.0, -70.001], [-30.0, -30.0], [0], [1], [96_000], both_ways=True)
    snapped = snap(network, [-70.0, -30.0, -75.0, float("nan"), 200.0], [-30.001, -70.0, -30.0, 1.0, 0.0])
    assert snapped.node.tolist() == [0, -1, -1, -1, -1]
    assert {finding.code for finding in snapped.findings} == {
        "coordinates-swapped",
        "far-from-streets",
        "no-coordinates",
    }
    assert snapped.metres[0] == pytest.approx(111.2, abs=0.1)
    assert snapped.walk(3.6)[0] == round(snapped.metres[0] * 1000)


def test_a_node_on_the_other_side_of_the_world_is_far_and_not_near() -> None:
    network = from_arcs([0.0, 170.0], [0.0, 0.0], [0], [1], [float(metres(0, 0, 170, 0)) * 1000], both_ways=True)
    assert network.walking(1.0).tolist() == [2**31 - 2] * 2
    with pytest.raises(ValueError, match="speed"):
        network.walking(0)
    with pytest.raises(ValueError, match="negative"):
        from_arcs([0.0, 1.0], [0.0, 0.0], [0], [1], [-1])


def test_a_curve_keeps_neighbours_together() -> None:
    x, y = (axis.ravel().astype(float) for axis in np.meshgrid(np.arange(32), np.arange(32)))
    order = hilbert(x, y)
    assert sorted(order) == list(range(1024))
    assert (np.abs(np.diff(x[order])) + np.abs(np.diff(y[order])) <= 2).all()


@pytest.mark.shared_data
def test_porto_alegre_is_the_network_of_pyrosm(shared_data: Path) -> None:
    """Its largest piece has the 36,943 nodes of the walking network of pyrosm."""
    network, _findings = read_streets(shared_data / "cities/porto-alegre/poa_osm.pbf")
    assert int(network.main.sum()) == 36_943
    assert network.only(network.main).main.all()


@pytest.mark.shared_data
def test_la_serena_from_its_tables(shared_data: Path) -> None:
    folder = shared_data / "cities/la-serena"
    network, findings = from_tables(
        csv.read_csv(folder / "street_nodes.csv"), csv.read_csv(folder / "street_links.csv")
    )
    assert network.nodes == 15_724
    assert int(network.main.sum()) == 15_575
    assert [finding.level for finding in findings] == ["note"]
