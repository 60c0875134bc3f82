"""What can be reached by way of care with public transport, by the minute.

The measure is that of `chains`, with rides:

    one leaves home at `departs`, is at a care place, stays for `dwell`, leaves on the next whole minute, and is at work
    no later than `departs` + `limit`

Every whole minute is a departure of its own, from home and from care: with five-minute slices one in seven answers
would be another (measured before on a real city). A care stop begins on the first whole minute after arrival. A budget
holds for all fares of the chain, a cap for all its walking. Within this, answers are exact.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyarrow as pa

from genderlens.access.chain_input import amounts_of, each_home, opening, refuse_nothing, refuse_question
from genderlens.access.chains import answers
from genderlens.access.doors import with_doors
from genderlens.access.fares import Fares, Money, no_purse, purse
from genderlens.access.network import WALKING, Network
from genderlens.access.rides import NONE
from genderlens.access.safety import Safety, costs
from genderlens.access.snap import Snapped, snap
from genderlens.access.timetable import HORIZON, Timetable
from genderlens.access.transit import MINUTE, STOPS_AWAY, Town
from genderlens.access.transit_legs import Question
from genderlens.findings import Finding, Refused

WALK = 15 * MINUTE  # the longest walk to the first stop, and from the last one
CHANGE_WALK = 10 * MINUTE  # the longest walk between two vehicles


def care_chains_by_transit(
    network: Network,
    timetable: Timetable,
    homes: pa.Table,
    care: pa.Table,
    work: pa.Table,
    *,
    limit: int,
    dwell: int,
    departs: Sequence[int],
    waits: bool = True,
    fares: Fares | None = None,
    fare_budget: float | None = None,
    walking_cap: int | None = None,
    walk: int = WALK,
    change_walk: int = CHANGE_WALK,
    change: int = MINUTE,
    speed: float = WALKING,
    safety: Safety | None = None,
    threads: int = 2,
) -> tuple[pa.Table, tuple[Finding, ...]]:
    """Chain access, direct access and care penalty of each home and departure, as `chains.CHAINS`, and findings.

    Args:
        network, homes, care, work, safety: as for `chains.care_chains`; any care place will do.
        timetable: see `gtfs.load`.
        limit: milliseconds for the whole journey, whole minutes.
        dwell: milliseconds at the care place, rounded up to minutes, at least one.
        departs: seconds after midnight, whole minutes.
        waits: plays no part, and a note says so: whoever would be early waits for the opening, or takes a later bus.
        fares, fare_budget: what all rides of the chain may cost together, in the money of the fares.
        walking_cap: milliseconds on foot in the whole journey, of the direct one too.
        walk: milliseconds of the longest walk to the first stop of a leg, and from its last. Who walks all the way of a
            leg is not bound.
        change_walk: milliseconds of the longest walk between two vehicles.
        change: milliseconds for getting off and on, besides the walk between.

    Raises:
        Refused: there is no home, care or work to measure, or a question makes no sense.
    """
    refuse_question(limit, dwell, speed, walking_cap, departs, "any")
    refuse_minutes(limit, dwell, departs, fares, fare_budget, (walk, change_walk, change))
    names, rows = each_home(homes)
    doors = [
        snap(network, table["lon"].to_numpy(), table["lat"].to_numpy(), table[name].to_pylist(), where=where)
        for table, name, where in ((rows, "home", "homes"), (care, "place", "care"), (work, "place", "work"))
    ]
    at_stops = place_stops(network, timetable)
    opens, closes, open_ever, found_hours = opening(care, timed=True)
    amounts, found_amounts = amounts_of(work)
    findings = (*timetable.findings, *(fares.findings if fares else ()), *at_stops.findings,
                *(each for door in doors for each in door.findings), *found_hours, *found_amounts)  # fmt: skip
    if not waits and care["opens"].null_count < len(care):
        what = "Whoever would be at a care place early takes a later bus, or waits: `waits` plays no part."
        findings += (Finding("note", "waiting-unused", "care.opens", what),)
    measured, serving = doors[0].node >= 0, (doors[1].node >= 0) & open_ever
    counted = (doors[2].node >= 0) & (amounts >= 0)
    refuse_nothing(findings, homes=measured, care=serving, work=counted)
    moments = np.array(departs, np.int64) * 1000
    chain = np.zeros((int(measured.sum()), len(moments)), np.int64)
    direct, stops = np.zeros_like(chain), np.zeros(chain.shape, np.int32)
    dark = np.array([safety is not None and safety.dark(moment) for moment in departs])
    for choice, when in ((safety, dark), (None, ~dark)):
        if when.any():
            joined = with_doors(network, costs(network, speed, choice), [at_stops, *doors], speed)
            streets, cost, (stop, home, place, site) = joined
            money = money_of(fares, fare_budget, timetable, limit)
            town = Town(streets, cost, timetable, stop, (home, place, site), money, (walk, change_walk, change))
            question = Question(
                town, home[measured], place[serving], site[counted], opens[serving], closes[serving],
                amounts[counted], limit, dwell, walking_cap, threads,
            )  # fmt: skip
            chain[:, when], direct[:, when], stops[:, when] = question.answer(moments[when])
    return answers(names, measured, departs, chain, direct, stops), findings


def place_stops(network: Network, timetable: Timetable, farthest: float = STOPS_AWAY) -> Snapped:
    """The street nodes of stops, with findings for those nobody can get on or off at.

    Raises:
        Refused: no stop is on these streets: timetable and streets are of different places.
    """
    at = snap(network, timetable.lon, timetable.lat, timetable.stops, where="stops", farthest=farthest)
    mend = "Nobody gets on or off there. Check the feed, or use a larger extract."
    findings = tuple(Finding(one.level, one.code, one.where, one.what, mend) for one in at.findings)
    if not (at.node >= 0).any():
        what = f"Not one of {len(at.node)} stops is within {farthest:g} m of a street."
        stop = Finding("stop", "stops-elsewhere", "stops", what, "Are the feed and the streets of the same city?")
        raise Refused(*findings, stop)
    return Snapped(at.node, at.metres, findings)


def money_of(fares: Fares | None, budget: float | None, timetable: Timetable, limit: int) -> Money:
    """The purse of a budget; one that is never empty without a budget."""
    if fares is None or budget is None:
        return Money(no_purse(), np.zeros(len(timetable.route), np.int32))
    classes, fare = fares.of(timetable)
    return Money(purse(fares, budget, classes, limit), fare)


def refuse_minutes(
    limit: int,
    dwell: int,
    departs: Sequence[int],
    fares: Fares | None,
    budget: float | None,
    walks: tuple[int, int, int],
) -> None:
    """
    Raises:
        Refused: when minutes, walks or money make no sense.
    """
    wrong: list[tuple[str, str, str]] = []
    if limit % MINUTE or limit // MINUTE >= NONE:
        wrong.append(("limit", f"A journey of {limit} ms.", f"Give whole minutes, below {NONE}."))
    if dwell < 1:
        wrong.append(("dwell", "A stop that takes no time.", "Give a minute or more."))
    if any(moment % 60 for moment in departs) or max(departs, default=0) * 1000 + limit > HORIZON:
        what = "A departure that is not on the minute, or that comes home after six in the next morning."
        wrong.append(("departs", what, "Give seconds after midnight, multiples of 60."))
    if budget is not None and (fares is None or not budget >= 0):
        wrong.append(("fare_budget", f"A budget of {budget}.", "Give the fares it has to pay, and no less than 0."))
    if min(walks) < 0 or walks[2] < 1:
        what = f"Walks of {walks[0]} and {walks[1]} ms, {walks[2]} ms for a change."
        wrong.append(("walk", what, "Give nothing below 0, and at least 1 for a change."))
    if wrong:
        raise Refused(*(Finding("stop", f"{where}-senseless", where, what, mend) for where, what, mend in wrong))
