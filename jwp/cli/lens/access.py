"""`jwp lens access`: what women and men can reach from home, on foot and by public transport, with care on the way."""

from __future__ import annotations

import sys
from argparse import ArgumentParser, Namespace
from dataclasses import replace
from pathlib import Path
from typing import Any

from jwp.cli.lens import show, shown_progress, tell

EPILOG = """\
examples
  jwp lens access --streets city.osm.pbf --homes homes.csv --places places.csv --out report
        everybody walks
  jwp lens access --streets city.osm.pbf --homes homes.csv --places places.csv --timetable bus.zip \\
        --date 2024-03-06 --departs "07:00-09:00 every 15" --out report
        with public transport, leaving every quarter of an hour
  jwp lens access --config access.yaml --limit 45 --csv -
        files and choices from a file, one of them changed; the figures

HOMES has the columns home, lon, lat, sex (f, m, x), age and persons; PLACES has place, lon, lat, kind, amount, opens
and closes. What is missing is said in the report, never guessed."""

# Options that the library knows under the same name.
CHOSEN = (
    "title", "care", "work", "limit", "dwell", "speed", "walking_cap", "date", "departs", "all_day", "ages",
    "stop_distance", "illustrative",
)  # fmt: skip


def options(parser: ArgumentParser) -> None:
    parser.epilog = EPILOG
    files = parser.add_argument_group("files")
    files.add_argument("--config", metavar="FILE.yaml", type=Path, help="files and choices, named once")
    files.add_argument(
        "--streets", metavar="FILE", type=Path, nargs="+", default=[],
        help="an extract of OpenStreetMap (.osm.pbf), or a table of nodes and one of links",
    )  # fmt: skip
    files.add_argument("--homes", metavar="FILE", type=Path, help="who lives where, by sex (.csv, .parquet)")
    files.add_argument("--places", metavar="FILE", type=Path, nargs="+", default=[], help="where people go")
    files.add_argument(
        "--timetable", dest="timetables", metavar="FEED.zip", type=Path, nargs="+", default=[], help="GTFS feeds"
    )
    files.add_argument("--zones", metavar="FILE.geojson", type=Path, help="polygons to draw the maps on")
    files.add_argument("--duties", metavar="FILE.csv", type=Path, help="who has care duty: sex, duty, persons")

    asked = parser.add_argument_group("choices")
    asked.add_argument("--title", metavar="PLACE", help="the name of the city")
    asked.add_argument("--care", metavar="KIND", help="kind of place of the care stop (default childcare)")
    asked.add_argument("--work", metavar="KIND", help="kind of place to be reached (default jobs)")
    asked.add_argument("--limit", metavar="MINUTES", help="for the whole way (default 60)")
    asked.add_argument("--dwell", metavar="MINUTES", help="at the care stop (default 10)")
    asked.add_argument("--speed", metavar="KM/H", help="of walking (default 4.8)")
    asked.add_argument("--walking-cap", metavar="MINUTES", help="on foot in the whole way (default: none)")
    asked.add_argument("--date", metavar="YYYY-MM-DD", help="of the timetable")
    asked.add_argument("--departs", metavar="WINDOW", help='such as 07:30, or "07:00-09:00 every 15"')
    asked.add_argument("--all-day", metavar="WINDOW", help='for the line through the day: "06:00-21:00 every 30"')
    asked.add_argument("--ages", metavar="BAND", nargs="+", help="of the homes; all without it")
    asked.add_argument("--stop-distance", metavar="METRES", help="along streets to a stop (default 500)")
    asked.add_argument("--illustrative", metavar="KIND", nargs="+", help="kinds of place that are not real")

    out = parser.add_argument_group("where the result goes (default: a table here)")
    out.add_argument("--csv", metavar="FILE", help="all of each figure; - is standard output")
    out.add_argument("--out", metavar="FOLDER", type=Path, help="tables, provenance, and the report in HTML and PDF")
    out.add_argument("--language", choices=("en", "fr", "es"), default="en", help="of the report")


def measure(typed: Namespace) -> int:
    from genderlens.access.choices import FILES, Choices, Inputs, chosen, load
    from genderlens.access.run import diagnose
    from genderlens.findings import Refused
    from jwp.cli import Wrong

    try:
        choices = Choices()
        if typed.config is not None:
            inputs, choices = load(typed.config, typed.language)
        elif not typed.streets or typed.homes is None:
            raise Wrong("name --streets and --homes, or a --config. Try: jwp lens access --help")
        else:
            inputs = Inputs(tuple(typed.streets), typed.homes)
        given = {name: value for name in FILES if (value := getattr(typed, name))}
        named: dict[str, Any] = {name: tuple(v) if isinstance(v, list) else v for name, v in given.items()}
        inputs = replace(inputs, **named)
        for path in inputs.named().values():
            if not path.is_file():
                raise Wrong(f"there is no file {path}")
        choices = chosen({name: v for name in CHOSEN if (v := getattr(typed, name)) is not None}, choices)
        with shown_progress() as progress:
            run = diagnose(inputs, choices, language=typed.language, progress=progress)
    except Refused as refused:
        raise Wrong(str(refused)) from refused
    tell(run.findings)
    if typed.out is not None:
        run.write(typed.out)
        sys.stderr.write(f"Written: {typed.out}\n")
    if typed.csv:
        _as_csv(run.figures, typed.csv)
    else:
        show(run.figures.select(["key", "value", "n", "unit", "flag"]))
    return 0


def _as_csv(figures: object, where: str) -> None:
    from io import BytesIO

    from pyarrow import csv

    text = BytesIO()
    csv.write_csv(figures, text)
    if where == "-":
        sys.stdout.write(text.getvalue().decode())
    else:
        Path(where).write_bytes(text.getvalue())
