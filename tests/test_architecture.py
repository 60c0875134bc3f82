"""The form of the house, held by tests: which way keys point, who may open what, where the clock is read.

Import direction is checked by import-linter (`make check`); the layers are read from its contract, one truth.
An exception is a line in one of the tables below, with its reason; one that is no longer needed fails too.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.apps import apps
from django.db.models import Field, Model
from django.urls import URLPattern, URLResolver, get_resolver
from django.urls.converters import IntConverter

from jwp.cli.documentation import OTHERS, permissions
from jwp.core.models import Guarded
from jwp.instruments.loader import shelf

pytestmark = pytest.mark.rules

ROOT = Path(__file__).parents[1]
OURS = ("jwp", "genderlens", "iatistandard", "tests", "bench", ".ci")
LINES = 420  # "about 400": longer becomes a folder of the same name, one file per noun
FORBIDDEN_NAMES = {"utils", "helpers", "services", "managers", "mixins", "signals", "common", "misc"}

# The edges where the clock is read. Everywhere else "today" is an argument.
CLOCKS = {
    "jwp/partners/middleware.py": "today, once a request, in the partnership's zone",
    "jwp/desk/clock.py": "today, once a command",
    "jwp/core/door.py": "the instant of a journal entry",
    "jwp/evidence/tasks.py": "today, once a run that is computed, in the partnership's zone",
    "jwp/core/mail.py": "the instant a letter was sent",
    "jwp/core/models.py": "when a sign-in was made",
    "jwp/desk/backup.py": "the instant a backup was made",
    "jwp/gender/views/report.py": "the minute shown beside what was just saved",
    "jwp/grants/views/apply.py": "the instant an application is sent: a deadline has an hour",
    "jwp/grants/views/call.py": "whether a deadline is over, to the minute",
    "jwp/grants/views/public_call.py": "whether a deadline is over, to the minute",
}
READS_THE_CLOCK = re.compile(
    r"\b(?:datetime|date)\.(?:now|today|utcnow)\(|\btimezone\.now\b|\blocal(?:date|time)\(|\btime\.time\(|auto_now"
)

# Addresses that name something by a number, because it has no ref.
NUMBERED = {
    "outbox_letter": "a letter is a delivery, not a noun",
    "grants:pack": "a year",
    "grants:pack_pdf": "a year",
    "grants:pack_csv": "a year",
}

# Forms that anybody could forge, because whoever forges one could as well fill it in.
UNTOKENED = {
    "shared_link": "a token would mark the device of somebody who answers anonymously",
    "public_used": "the public pages keep nothing on a stranger's device",
    "public_call": "the public pages keep nothing on a stranger's device",
}

# Tables that are written past the door.
UNGUARDED = {
    "core.User": "the sign-in library writes it",
    "core.Entry": "the journal itself",
    "core.Head": "the journal itself",
}


def layers() -> list[list[str]]:
    """Rooms from the top down; those beside one another in one list."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]
    contract = next(c for c in settings["contracts"] if c["type"] == "layers")
    return [re.findall(r"\w+", line) for line in contract["layers"]]


def our_models() -> list[type[Model]]:
    return [model for model in apps.get_models() if model.__module__.startswith("jwp.")]


def rooms() -> list[str]:
    """The packages of jwp with rows or pages; the command line is an edge, not a room."""
    return sorted(path.parent.name for path in (ROOT / "jwp").glob("*/__init__.py") if path.parent.name != "cli")


def files(*endings: str) -> Iterator[tuple[str, str]]:
    """(path, text) of our files; what others wrote and what Django writes is left out."""
    for top in OURS:
        for path in sorted((ROOT / top).rglob("*")):
            name = path.relative_to(ROOT).as_posix()
            if path.suffix in endings and not re.search(r"/(migrations|vendor|locale|__pycache__)/", name):
                yield name, path.read_text()


def test_the_layers_name_every_room() -> None:
    assert set(rooms()) <= {name for layer in layers() for name in layer}


def test_foreign_keys_point_down_only() -> None:
    depth = {name: number for number, layer in enumerate(layers()) for name in layer}

    def wrong(model: type[Model], field: Field[Any, Any]) -> bool:
        to = field.related_model
        assert isinstance(to, type)
        here, there = model._meta.app_label, to._meta.app_label
        # Rooms side by side do not know each other; others' tables may point at ours, not ours at theirs.
        return here != there and depth.get(there, -1) <= depth[here]

    fields = [(m, f) for m in our_models() for f in (*m._meta.fields, *m._meta.many_to_many) if f.is_relation]
    assert len(fields) > 50
    assert [f"{m._meta.label}.{f.name}" for m, f in fields if wrong(m, f)] == []


def test_every_table_of_ours_is_written_through_the_door() -> None:
    unguarded = {model._meta.label for model in our_models() if not issubclass(model, Guarded)}
    assert unguarded == UNGUARDED.keys()


def test_every_address_says_who_may_open_it() -> None:
    rows = permissions()
    assert len(rows) > 100
    assert [address for address, _name, policy in rows if not policy] == []


def test_a_page_of_ours_under_others_addresses_says_so_itself() -> None:
    """A prefix covers only what others' packages bring; a view of ours beneath it carries its own mark."""
    for prefix in OTHERS:
        covered = [view for address, _name, view in named_views() if address.startswith(prefix)]
        assert covered
        assert [v for v in covered if v.__module__.startswith("jwp.") and not hasattr(v, "policy")] == []


def test_every_address_of_ours_has_a_name() -> None:
    unnamed = [address for address, name, _policy in permissions() if not name or name.endswith(":")]
    assert [address for address in unnamed if not address.startswith(tuple(OTHERS))] == []


def test_only_the_anonymous_form_does_without_a_token_against_forgery() -> None:
    exempt = {name for _address, name, view in named_views() if getattr(view, "csrf_exempt", False)}
    assert exempt == UNTOKENED.keys()


def test_addresses_name_rows_by_ref_never_by_number() -> None:
    numbered = set()
    for _address, name, pattern in patterns():
        if any(isinstance(converter, IntConverter) for converter in pattern.pattern.converters.values()):
            numbered.add(name)
    assert numbered == NUMBERED.keys()


def test_no_page_prints_a_database_key() -> None:
    shown = re.compile(r"\{\{[^}]*\.pk\b|\{%\s*url\s[^%]*\.pk\b")
    found = [
        f"{name}: {line.strip()}"
        for name, text in files(".html")
        for line in text.splitlines()
        if shown.search(line) and not any(allowed in line for allowed in NUMBERED)
    ]
    assert found == []


@pytest.mark.parametrize("pin", shelf())
def test_every_instrument_is_cited_and_has_worked_cases(pin: str) -> None:
    instrument = shelf()[pin]
    assert instrument.sources
    assert all(source.document and source.address.startswith("http") and source.read for source in instrument.sources)
    cases = yaml.safe_load((ROOT / "tests" / "cases" / "instruments" / f"{pin}.yaml").read_text())
    assert cases["instrument"] == pin
    worked = [case for kind in cases.values() if isinstance(kind, list) for case in kind]
    assert len(worked) >= 4
    assert all(case["name"] for case in worked)


@pytest.mark.parametrize("room", rooms())
def test_every_room_has_its_page_in_the_docs(room: str) -> None:
    page = ROOT / "docs" / "rooms" / f"{room}.md"
    assert page.exists()
    assert page.read_text().startswith("# ")
    assert len(page.read_text().split()) > 80


def test_no_file_is_named_after_nothing() -> None:
    named = [name for name, _text in files(".py", ".html") if FORBIDDEN_NAMES & set(Path(name).with_suffix("").parts)]
    assert named == []


def test_files_stay_short_enough_to_read() -> None:
    long = {name: text.count("\n") for name, text in files(".py", ".html", ".css", ".js", ".yaml")}
    assert {name: lines for name, lines in long.items() if lines > LINES} == {}


def test_the_clock_is_read_at_the_edges_only() -> None:
    reading = {name for name, text in files(".py") if name.startswith("jwp/") and READS_THE_CLOCK.search(text)}
    assert reading == CLOCKS.keys()


def test_no_template_has_inline_style_or_script() -> None:
    """The content security policy would refuse it, on the reader's screen."""
    inline = re.compile(r"<script(?![^>]*\ssrc=)|<style|\sstyle=|\son[a-z]+=[\"']|javascript:", re.IGNORECASE)
    assert [name for name, text in files(".html") if inline.search(text)] == []


def patterns(
    resolver: URLResolver | None = None, prefix: str = "", space: str = ""
) -> Iterator[tuple[str, str, URLPattern]]:
    """(address, name, pattern) of every entry of the URL configuration."""
    for entry in (resolver or get_resolver()).url_patterns:
        address = prefix + str(entry.pattern)
        if isinstance(entry, URLResolver):
            yield from patterns(entry, address, f"{space}{entry.namespace}:" if entry.namespace else space)
        else:
            yield address, f"{space}{entry.name or ''}", entry


def named_views() -> Iterator[tuple[str, str, Callable[..., Any]]]:
    return ((address, name, pattern.callback) for address, name, pattern in patterns())
