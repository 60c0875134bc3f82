"""Homes and places beside the street become part of the network, so that the way to the door counts."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from genderlens.access.network import Network
from genderlens.access.snap import Snapped


def with_doors(
    network: Network, costs: NDArray[np.int32], points: Sequence[Snapped], speed: float
) -> tuple[Network, NDArray[np.int32], list[NDArray[np.int32]]]:
    """The network and its costs (arcs,) with a node of its own for every point that is not right at its street node.

    It hangs at that node, there and back at `speed` km/h, and nobody passes through it. Also gives the node of each
    point, for each set of `points`; -1 stays.
    """
    nodes: list[NDArray[np.int32]] = []
    streets, walks, size = [], [], network.nodes
    for snapped in points:
        walk = np.where(snapped.node >= 0, snapped.walk(speed), 0)
        beside = walk > 0
        door = snapped.node.copy()
        door[beside] = np.arange(size, size + int(beside.sum()), dtype=np.int32)
        size += int(beside.sum())
        nodes.append(door)
        streets.append(snapped.node[beside])
        walks.append(walk[beside])
    street, walk = np.concatenate(streets), np.concatenate(walks).astype(np.int32)
    if not len(street):
        return network, costs, nodes
    door = np.arange(network.nodes, size, dtype=np.int32)
    tails = np.concatenate([network.tails, street, door])
    order = np.argsort(tails, kind="stable")
    starts = np.zeros(size + 1, np.int64)
    np.cumsum(np.bincount(tails, minlength=size), out=starts[1:])
    length = np.rint(walk * (speed / 3.6)).astype(np.int32)
    joined = Network(
        np.concatenate([network.lon, network.lon[street]]),
        np.concatenate([network.lat, network.lat[street]]),
        starts,
        np.concatenate([network.heads, door, street])[order],
        np.concatenate([network.lengths, length, length])[order],
        np.concatenate([network.lit, np.full(2 * len(street), 1, np.int8)])[order],
    )
    return joined, np.concatenate([costs, walk, walk])[order], nodes
