"""Tiny GTFS feeds for tests, each file given as lines; what is not given is that of a line of three stops."""

from __future__ import annotations

import zipfile
from pathlib import Path

STOPS = "stop_id,stop_lat,stop_lon\na,-29.90,-71.30\nb,-29.91,-71.30\nc,-29.92,-71.30\n"
LINE = {
    "agency.txt": "agency_id,agency_name,agency_url,agency_timezone\n1,City,https://example.org,America/Santiago\n",
    "stops.txt": STOPS,
    "routes.txt": "route_id,route_type\nred,3\n",
    "trips.txt": "route_id,service_id,trip_id,direction_id\nred,weekdays,one,0\nred,weekdays,two,0\n",
    "stop_times.txt": (
        "trip_id,arrival_time,departure_time,stop_id,stop_sequence\n"
        "one,08:00:00,08:00:00,a,1\none,08:05:00,08:06:00,b,2\none,08:10:00,08:10:00,c,3\n"
        "two,08:30:00,08:30:00,a,1\ntwo,08:35:00,08:36:00,b,2\ntwo,08:40:00,08:40:00,c,3\n"
    ),
    "calendar.txt": (
        "service_id,monday,tuesday,wednesday,thursday,friday,saturday,sunday,start_date,end_date\n"
        "weekdays,1,1,1,1,1,0,0,20190401,20190630\n"
    ),
}


def feed(folder: Path, name: str = "feed.zip", *, without: tuple[str, ...] = (), **files: str | bytes) -> Path:
    """A zip with the files of LINE, those given (`stop_times="..."`) in their place."""
    path = folder / name
    texts: dict[str, str | bytes] = {**LINE, **{f"{key}.txt": text for key, text in files.items()}}
    with zipfile.ZipFile(path, "w") as archive:
        for file, text in texts.items():
            if file not in without:
                archive.writestr(file, text)
    return path
