"""Feeds as operators give them: right ones give their timetable, wrong ones a finding."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from genderlens.access.gtfs import load
from genderlens.access.timetable import Timetable
from genderlens.findings import Refused
from tests.genderlens.access.feeds import LINE, STOPS, feed

pytestmark = pytest.mark.rules
WEDNESDAY = date(2019, 5, 15)
TIMES = LINE["stop_times.txt"]


def departures(timetable: Timetable, stop: str = "a") -> list[str]:
    """From one stop, H:MM."""
    at = timetable.stops.index(stop)
    minutes = np.sort(timetable.connections.departs[timetable.connections.origin == at]) // 60_000
    return [f"{minute // 60}:{minute % 60:02}" for minute in minutes]


def codes(timetable: Timetable) -> list[str]:
    """Without those of a short day, which every small feed has."""
    return [finding.code for finding in timetable.findings if finding.code != "few hours"]


def refused(*paths: Path, day: date = WEDNESDAY) -> list[str]:
    with pytest.raises(Refused) as refusal:
        load(paths, day)
    return [finding.code for finding in refusal.value.findings if finding.level == "stop"]


def test_a_right_feed(tmp_path: Path) -> None:
    timetable = load([feed(tmp_path)], WEDNESDAY)
    assert departures(timetable) == ["8:00", "8:30"]
    assert (timetable.kinds, timetable.day, codes(timetable)) == (("bus",), WEDNESDAY, [])


def test_a_date_outside_names_one_that_works(tmp_path: Path) -> None:
    for day, like in ((date(2019, 7, 3), "Wednesday 2019-06-26"), (date(2018, 1, 1), "Monday 2019-04-01")):
        with pytest.raises(Refused, match=f"2019-04-01 to 2019-06-30; {day} is outside it. Take {like}"):
            load([feed(tmp_path)], day)
    assert refused(feed(tmp_path), day=date(2026, 1, 1)) == ["date outside"]


def test_a_day_without_service(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="No trip runs on Sunday 2019-05-19"):
        load([feed(tmp_path)], date(2019, 5, 19))
    holiday = "service_id,date,exception_type\nweekdays,20190515,2\n"
    assert refused(feed(tmp_path, calendar_dates=holiday)) == ["no service"]
    extra = "service_id,date,exception_type\nweekdays,20190519,1\n"
    assert departures(load([feed(tmp_path, calendar_dates=extra)], date(2019, 5, 19)))[:2] == ["8:00", "8:30"]


def test_only_calendar_dates(tmp_path: Path) -> None:
    days = "service_id,date,exception_type\nweekdays,20190515,1\n"
    timetable = load([feed(tmp_path, calendar_dates=days, without=("calendar.txt",))], WEDNESDAY)
    assert departures(timetable) == ["8:00", "8:30"]


def test_one_feed_sleeps_while_another_runs(tmp_path: Path) -> None:
    sunday = LINE["calendar.txt"].replace("1,1,1,1,1,0,0", "0,0,0,0,0,0,1")
    timetable = load([feed(tmp_path), feed(tmp_path, "sunday.zip", calendar=sunday)], WEDNESDAY)
    assert "no service" in codes(timetable)
    assert departures(timetable, "feed.zip:a") == ["8:00", "8:30"]


def test_runs_past_midnight_belong_to_the_night_after_and_before(tmp_path: Path) -> None:
    late = TIMES.replace("08:3", "24:3").replace("08:40", "24:40")
    timetable = load([feed(tmp_path, stop_times=late)], WEDNESDAY)
    # Tuesday's run is still under way in Wednesday's first hour, and Wednesday's own comes a day later.
    assert departures(timetable) == ["0:30", "8:00", "24:30"]


def test_frequencies(tmp_path: Path) -> None:
    every = "trip_id,start_time,end_time,headway_secs\none,06:00:00,07:00:00,1200\n"
    timetable = load([feed(tmp_path, frequencies=every)], WEDNESDAY)
    assert departures(timetable) == ["6:00", "6:20", "6:40", "8:30"]
    assert departures(timetable, "b")[:1] == ["6:06"]
    assert codes(timetable) == ["by headway"]
    wrong = every + "nobody,06:00:00,07:00:00,600\none,09:00:00,08:00:00,600\n"
    assert "bad headway" in codes(load([feed(tmp_path, frequencies=wrong)], WEDNESDAY))


def test_a_headway_of_our_own(tmp_path: Path) -> None:
    timetable = load([feed(tmp_path)], WEDNESDAY)
    assert departures(timetable.with_headway("red", 10)) == ["8:00", "8:10", "8:20", "8:30"]
    assert departures(timetable.with_headway("red", 40)) == ["8:00"]
    assert departures(timetable.with_headway("red", 10), "b") == ["8:06", "8:16", "8:26", "8:36"]
    with pytest.raises(ValueError, match="no route blue"):
        timetable.with_headway("blue", 10)
    assert departures(timetable.only(kinds=["rail"])) == []


def test_blank_times_are_filled_in_by_distance(tmp_path: Path) -> None:
    blank = TIMES.replace("08:05:00,08:06:00", ",")
    timetable = load([feed(tmp_path, stop_times=blank)], WEDNESDAY)
    assert departures(timetable, "b") == ["8:05", "8:36"]  # b is halfway
    header, *rows = blank.splitlines()
    along = [0, 900, 1000] * 2
    measured = "\n".join([f"{header},shape_dist_traveled", *(f"{row},{m}" for row, m in zip(rows, along, strict=True))])
    assert departures(load([feed(tmp_path, stop_times=measured)], WEDNESDAY), "b") == ["8:09", "8:36"]


def test_a_loop_and_a_stop_twice(tmp_path: Path) -> None:
    loop = TIMES.replace("one,08:10:00,08:10:00,c,3", "one,08:10:00,08:10:00,a,3")
    timetable = load([feed(tmp_path, stop_times=loop)], WEDNESDAY)
    first = timetable.connections.trip == timetable.connections.trip[0]
    a, b = timetable.stops.index("a"), timetable.stops.index("b")
    assert timetable.connections.target[first].tolist() == [b, a]


def test_no_getting_on_or_off(tmp_path: Path) -> None:
    header, *rows = TIMES.splitlines()
    ways = ["0,1", "1,0", "0,0"] * 2
    closed = [f"{header},pickup_type,drop_off_type"] + [f"{row},{way}" for row, way in zip(rows, ways, strict=True)]
    connections = load([feed(tmp_path, stop_times="\n".join(closed))], WEDNESDAY).connections
    assert connections.boards.tolist() == [True, False, True, False]
    assert connections.alights.all()
    passed = connections.calling(np.array([True, False, True]))
    assert (passed.departs // 60_000).tolist() == [480, 510]
    assert (passed.arrives // 60_000).tolist() == [490, 520]


def test_stations_and_transfers(tmp_path: Path) -> None:
    stops = (
        "stop_id,stop_lat,stop_lon,location_type,parent_station\n"
        "hall,-29.90,-71.30,1,\na,,,0,hall\nb,-29.91,-71.30,0,hall\nc,-29.92,-71.30,0,gone\n"
    )
    rules = "from_stop_id,to_stop_id,transfer_type,min_transfer_time\nhall,c,2,120\nb,c,3,\nc,x,2,60\nc,a,5,\na,b,0,\n"
    timetable = load([feed(tmp_path, stops=stops, transfers=rules)], WEDNESDAY)
    assert timetable.lat[timetable.stops.index("a")] == -29.90  # its station's
    said = timetable.transfers
    names = [(timetable.stops[a], timetable.stops[b]) for a, b in zip(said.origin, said.target, strict=True)]
    assert dict(zip(names, said.ms.tolist(), strict=True)) == {("a", "c"): 120_000, ("b", "c"): -1}
    assert codes(timetable) == ["unknown station", "transfers not used", "unknown stop"]


@pytest.mark.parametrize(
    ("code", "change"),
    [
        ("unknown trip", {"stop_times": TIMES + "three,09:00:00,09:00:00,a,1\n"}),
        ("unknown stop", {"stop_times": TIMES.replace("two,08:35:00,08:36:00,b", "two,08:35:00,08:36:00,z")}),
        ("unknown route", {"trips": LINE["trips.txt"].replace("red,weekdays,two", "blue,weekdays,two")}),
        ("unknown service", {"trips": LINE["trips.txt"].replace("weekdays,two", "feasts,two")}),
        ("bad time", {"stop_times": TIMES.replace("two,08:35:00", "two,8h35")}),
        ("bad sequence", {"stop_times": TIMES.replace("08:36:00,b,2", "08:36:00,b,second")}),
        ("backwards", {"stop_times": TIMES.replace("two,08:35:00,08:36:00", "two,08:25:00,08:26:00")}),
        ("one stop", {"stop_times": "".join(TIMES.splitlines(True)[:5])}),
        ("no end time", {"stop_times": TIMES.replace("two,08:40:00,08:40:00", "two,,")}),
    ],
)
def test_a_trip_that_does_not_hold_is_left_out_and_said(tmp_path: Path, code: str, change: dict[str, Any]) -> None:
    timetable = load([feed(tmp_path, **change)], WEDNESDAY)
    assert codes(timetable) == [code]
    assert departures(timetable)[:1] == ["8:00"]
    assert len(departures(timetable)) == (2 if code == "unknown trip" else 1)


def test_half_a_timetable_is_none(tmp_path: Path) -> None:
    assert refused(feed(tmp_path, stop_times=TIMES.replace(",b,2", ",z,2"))) == ["mostly wrong"]


def test_places_and_times_that_cannot_be(tmp_path: Path) -> None:
    at_sea = load([feed(tmp_path, stops=STOPS.replace("-29.92,-71.30", "0,0"))], WEDNESDAY)
    assert codes(at_sea) == ["no place"]
    assert np.isnan(at_sea.lon[at_sea.stops.index("c")])
    far = load([feed(tmp_path, stops=STOPS.replace("-29.92", "-33.92"))], WEDNESDAY)
    assert codes(far) == ["too fast"]
    odd = load([feed(tmp_path, routes="route_id,route_type\nred,4711\n")], WEDNESDAY)
    assert (codes(odd), odd.kinds) == (["route type"], ("other",))


def test_keys_that_stand_twice(tmp_path: Path) -> None:
    assert codes(load([feed(tmp_path, stops=STOPS + "a,-30,-71\n")], WEDNESDAY)) == ["duplicate key"]
    findings = load([feed(tmp_path, routes="route_id,route_type\nred,3\nred,3\n")], WEDNESDAY).findings
    assert ("note", "duplicate key") in [(one.level, one.code) for one in findings]


def test_two_feeds_with_the_same_ids_and_the_same_buses(tmp_path: Path) -> None:
    paths = [feed(tmp_path, "one.zip"), feed(tmp_path, "two.zip")]
    timetable = load(paths, WEDNESDAY)
    assert codes(timetable) == ["same stop ids", "same route ids", "overlap"]
    assert timetable.routes == ("one.zip:red", "two.zip:red")
    other = feed(tmp_path, "east.zip", stops=STOPS.replace("-71.30", "-71.10"))
    assert "overlap" not in codes(load([paths[0], other], WEDNESDAY))


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    paper = tmp_path / "paper.zip"
    paper.write_text("no zip")
    assert refused(paper) == ["not a zip"]
    assert refused(feed(tmp_path, without=("stop_times.txt",))) == ["file missing"]
    assert refused(feed(tmp_path, without=("calendar.txt",))) == ["file missing"]
    assert refused(feed(tmp_path, routes="")) == ["empty file"]
    assert refused(feed(tmp_path, routes="route_id,colour\nred,3\n")) == ["column missing"]
    bad = LINE["calendar.txt"].replace("20190401", "1 April")
    assert refused(feed(tmp_path, calendar=bad)) == ["no calendar"]


def test_encodings_and_broken_rows(tmp_path: Path) -> None:
    names = "stop_id,stop_lat,stop_lon,stop_name\na,-29.90,-71.30,Peñuelas\nb,-29.91,-71.30,B\nc,-29.92,-71.30,C\n"
    marked = "\ufeff" + names.replace("\n", "\r\n").replace("stop_lat", '"stop_lat"')
    assert codes(load([feed(tmp_path, stops=marked.encode())], WEDNESDAY)) == []
    assert codes(load([feed(tmp_path, stops=names.encode("latin-1"))], WEDNESDAY)) == ["encoding"]
    assert codes(load([feed(tmp_path, stops=names + "d,-29.9,-71.3,Plaza, Norte\n")], WEDNESDAY)) == ["broken rows"]


@pytest.mark.shared_data
def test_real_feeds(shared_data: Path) -> None:
    cities = shared_data / "cities"
    both = [cities / "porto-alegre" / name for name in ("poa_eptc.zip", "poa_trensurb.zip")]
    timetable = load(both, WEDNESDAY)
    assert (len(timetable.stops), len(timetable.routes), set(timetable.kinds)) == (4010, 117, {"bus", "rail"})
    few = next(finding for finding in timetable.findings if finding.code == "few hours")
    assert "between 12:00 and 17:00" in few.what
    with pytest.raises(Refused, match="2019-04-15 to 2019-07-15"):
        load(both, date(2019, 8, 15))
    serena = load([cities / "la-serena" / "gtfs_coquimbo.zip"], date(2017, 5, 17))
    assert serena.findings == ()
    assert "by headway" in codes(load([cities / "sao-paulo-centre" / "spo.zip"], WEDNESDAY))
