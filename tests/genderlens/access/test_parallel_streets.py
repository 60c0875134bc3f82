"""Two streets between the same corners: people take the shorter one."""

import pyarrow as pa
import pytest

from genderlens.access.foot import metres_to_nearest
from genderlens.access.network import from_arcs
from genderlens.access.tables import HOMES

pytestmark = pytest.mark.rules


def test_the_way_to_the_nearest_place_takes_the_shorter_of_two_streets() -> None:
    network = from_arcs([0.0, 0.001], [0.0, 0.0], [0, 0], [1, 1], [150_000, 400_000], both_ways=True)
    homes = pa.Table.from_pylist(
        [{"home": "h", "lon": 0.0, "lat": 0.0, "sex": "f", "age": "", "persons": 1.0}], schema=HOMES
    )
    _names, metres, _findings = metres_to_nearest(network, homes, pa.table({"lon": [0.001], "lat": [0.0]}))
    assert metres.tolist() == [150.0]
