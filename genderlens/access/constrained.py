"""Reach under constraints: what each home reaches if whoever lives there has a given profile."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from genderlens import strict
from genderlens.access.chains import care_chains
from genderlens.access.network import Network
from genderlens.access.profiles import TRANSIT, Profile
from genderlens.access.tables import REACH
from genderlens.findings import Finding, Refused

if TYPE_CHECKING:
    from genderlens.access.fares import Fares
    from genderlens.access.timetable import Timetable

MINUTE = 60_000  # milliseconds


def reach_by_profile(
    profiles: Iterable[Profile],
    network: Network,
    homes: pa.Table,
    places: pa.Table,
    *,
    limit: float,
    work: str = "jobs",
    departs: Sequence[int] | None = None,
    timetable: Timetable | None = None,
    fares: Fares | None = None,
    scores: NDArray[np.float64] | None = None,
    waits: bool = True,
    threads: int = 2,
) -> tuple[pa.Table, tuple[Finding, ...]]:
    """What is reached of `work` from each home under each profile, as REACH, and what was found in the input.

    A profile with a care duty reaches what lies beyond its stop (`chains.care_chains`), the others what they get to
    directly. A departure outside a profile's hours reaches nothing, by constraint; a home without an answer has null.

    Args:
        network: the streets.
        homes: HOMES.
        places: PLACES: `work`, and every kind of care place that a profile names.
        limit: minutes for the whole way.
        work: the kind of place to be reached, counted by its amount.
        departs: seconds after midnight; needed by hours, nights and timetables.
        timetable, fares: for profiles with vehicles, and with a budget.
        scores: of a safety audit, for each arc (`audits.on_streets`).
        waits: may wait until a care place opens.
        threads: blocks of homes measured side by side.

    Raises:
        Refused: a profile needs a kind of place, a departure, a timetable or scores that are not given.
    """
    chosen = tuple(profiles)
    kinds = [str(kind) for kind in pc.unique(places["kind"]).to_pylist()]
    for profile in chosen:
        given = {"timed": departs is not None, "rides": timetable is not None, "priced": fares is not None}
        _check(profile, work, kinds, rated=scores is not None, **given)
    findings: list[Finding] = []
    tables = []
    for profile in chosen:
        measured, found = _measured(
            profile, network, homes, places, limit=limit, work=work, departs=departs, timetable=timetable, fares=fares,
            scores=scores, waits=waits, threads=threads,
        )  # fmt: skip
        value = measured["chain" if profile.care else "direct"]
        if departs is not None:
            out = pc.is_in(
                measured["departs"], pa.array([at for at in departs if not profile.sets_out(at)], pa.int32())
            )
            value = pc.if_else(pc.and_(out, pc.is_valid(value)), 0.0, value)
        size = measured.num_rows
        tables.append(
            pa.table(
                [
                    measured["home"], pa.repeat(f"{work} within {limit:g} minutes", size),
                    pa.repeat(profile.id, size), measured["departs"], value,
                ],
                schema=REACH,
            )
        )  # fmt: skip
        findings += [one for one in found if one not in findings]
    return pa.concat_tables(tables), tuple(findings)


def _measured(
    profile: Profile, network: Network, homes: pa.Table, places: pa.Table, *, limit: float, work: str,
    departs: Sequence[int] | None, timetable: Timetable | None, fares: Fares | None,
    scores: NDArray[np.float64] | None, waits: bool, threads: int,
) -> tuple[pa.Table, tuple[Finding, ...]]:  # fmt: skip
    """CHAINS of one profile."""
    goals = places.filter(pc.equal(places["kind"], work))
    # Without a duty only the direct way is asked for: any single stop will do.
    stops = places.filter(pc.equal(places["kind"], profile.care)) if profile.care else goals.slice(0, 1)
    cap = None if profile.walking_cap is None else round(profile.walking_cap * MINUTE)
    safety = None if profile.night is None else profile.night.safety(scores)
    if not profile.vehicles:
        return care_chains(
            network, homes, stops, goals, limit=round(limit * MINUTE), dwell=round(profile.dwell * MINUTE),
            departs=departs, waits=waits, speed=profile.speed, walking_cap=cap, safety=safety, threads=threads,
        )  # fmt: skip
    assert timetable is not None and departs is not None  # `_check`
    from genderlens.access.transit_chains import care_chains_by_transit

    # The timetable knows whole minutes: a stop takes one at least, which plays no part where there is no duty.
    runs = timetable if TRANSIT in profile.vehicles else timetable.only(kinds=profile.vehicles)
    return care_chains_by_transit(
        network, runs, homes, stops, goals, limit=round(limit * MINUTE),
        dwell=max(round(profile.dwell * MINUTE), MINUTE),
        departs=departs, waits=waits, speed=profile.speed, walking_cap=cap, safety=safety, threads=threads,
        fares=None if profile.fare_budget is None else fares, fare_budget=profile.fare_budget,
    )  # fmt: skip


def _check(
    profile: Profile, work: str, kinds: Sequence[str], *, timed: bool, rides: bool, priced: bool, rated: bool
) -> None:
    wrong = []
    for kind in filter(None, (work, profile.care)):
        if kind not in kinds:
            wrong.append((f"needs places of the kind “{kind}”, and there are none.", strict.near(kind, kinds)))
    if (profile.night or profile.hours) and not timed:
        wrong.append(("looks at the time of day, and there is none.", "Give the departures."))
    if profile.vehicles and not (rides and timed):
        wrong.append(("rides, and there is no timetable, or no departure.", "Give both, or take the vehicle away."))
    if profile.vehicles and profile.fare_budget is not None and not priced:
        wrong.append(("has a budget, and there are no fares.", "Give the fares, 0 where a ride is free."))
    if profile.night and profile.night.score_below > 0 and not rated:
        wrong.append(("looks at the score of a safety audit, and there is none.", "Join an audit to the streets."))
    if wrong:
        where = f"profile {profile.id}"
        raise Refused(*(Finding("stop", "profile-needs", where, what, mend) for what, mend in wrong))
