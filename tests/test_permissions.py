"""Who may open what: every address, for every role, own and others', held to one table that reads easily.

`permissions.csv` has a line for each address and method, with a column for each role. What stands there:

    in    asked to sign in, before anything is looked up: existing and absent look the same
    .     not there: a hidden row and an absent one look the same
    no    there to be read, but refused, with the reason; nothing is written
    yes   opened, or taken

"of" is the row an address is about, one of those in `everything.py`. Hana, in the column "holder", holds the
Water unit and its target; Otto, in "other", holds another. What is sent stands last; where that is empty, an
empty form is sent, and "yes" then only says that somebody was told what is missing and not turned away.
On PostgreSQL four roles stand for all: who may is decided in Python, and they ask for every kind of row.
An address without a GET line is only for sending; one without a POST line takes nothing.
"""

from __future__ import annotations

import csv
import io
import logging
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import parse_qsl

import pytest
from django.db import connection, transaction
from django.http import HttpRequest, HttpResponseNotFound
from django.test import Client
from django.urls import reverse
from openpyxl import Workbook

import jwp.urls
from jwp.cli.documentation import OTHERS, permissions
from jwp.core.models import Head
from jwp.desk.calendar import days
from jwp.desk.imports import check_book
from jwp.plans.models import Report
from tests.cast import Cast
from tests.everything import everything, today

pytestmark = pytest.mark.django_db

# The columns of the table and who stands in each.
ROLES = {
    "out": "", "none": "sam", "holder": "hana", "other": "otto", "focal": "fola", "board": "berta",
    "chair": "carl", "auditor": "aldo", "staff": "olga", "admin": "ida", "team": "gita", "director": "amara",
}  # fmt: skip
WORDS = {"in", ".", "no", "yes"}
STATUS = {200: "yes", 302: "yes", 400: "yes", 422: "yes", 404: ".", 410: ".", 405: "takes none", 409: "no"}
LINK = re.compile(r'<a\b[^>]*\bhref="(/(?!static/|accounts/|/)[^"?#]*)')
# What stands for a row that does not exist, where "absent" cannot.
ABSENT = dict.fromkeys(("outbox_letter", "grants:pack", "grants:pack_pdf", "grants:pack_csv"), "999999999")


@dataclass(frozen=True)
class Line:
    method: str
    page: str
    of: str
    expected: dict[str, str]
    sent: dict[str, str]

    def __str__(self) -> str:
        return f"{self.method} {self.page} {self.of}".strip()


@cache
def table() -> list[Line]:
    text = (Path(__file__).parent / "permissions.csv").read_text()
    rows = csv.DictReader(line for line in text.splitlines() if line and not line.startswith("#"))
    return [_line({(name or "").strip(): (cell or "").strip() for name, cell in row.items()}) for row in rows]


def _line(row: dict[str, str]) -> Line:
    expected = {role: row[role] for role in ROLES}
    assert set(expected.values()) <= WORDS, row
    return Line(row["method"], row["page"], row["of"], expected, dict(parse_qsl(row["sent"])))


@pytest.fixture(autouse=True)
def quick_and_quiet(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The page that says "not there" is drawn and logged two thousand times for nothing."""

    def not_there(request: HttpRequest, exception: Exception) -> HttpResponseNotFound:
        return HttpResponseNotFound()

    monkeypatch.setattr(jwp.urls, "handler404", not_there, raising=False)
    logging.disable(logging.WARNING)
    yield
    logging.disable(logging.NOTSET)


def signed_in(people: Cast, role: str) -> Client:
    client = Client()
    if ROLES[role]:
        people.sign_in(client, ROLES[role])
    return client


def journal_lines() -> int:
    return Head.objects.values_list("seq", flat=True).first() or 0


class Answer(NamedTuple):
    word: str  # of the table
    wrote: bool
    links: frozenset[str] = frozenset()  # addresses of ours that the page leads to, without their questions


def ask(client: Client, method: str, address: str, sent: dict[str, str] | None = None) -> Answer:
    """What happened; then it never happened."""
    with transaction.atomic():
        before = journal_lines()
        answer: Any = client.post(address, sent or {}) if method == "POST" else client.get(address)
        content = (b"".join(answer) if answer.streaming else answer.content).decode(errors="replace")
        wrote = journal_lines() != before
        transaction.set_rollback(True)
    if answer.status_code == 302 and answer["Location"].startswith(reverse("account_login")):
        return Answer("in", wrote)
    page = answer.status_code == 200 and answer["Content-Type"].startswith("text/html")
    links = frozenset(LINK.findall(content)) if page else frozenset()
    return Answer(STATUS.get(answer.status_code, str(answer.status_code)), wrote, links)


@pytest.mark.parametrize("role", ROLES if connection.vendor == "sqlite" else ("out", "holder", "focal", "team"))
def test_each_role_opens_what_the_table_says_and_no_page_leads_further(role: str) -> None:
    people, named = everything()
    client, opened = signed_in(people, role), set()
    led_to: dict[str, Line] = {}  # by the page that has the link
    wrong = []
    for line in table():
        address = reverse(line.page, args=named[line.of])
        found, wrote, links = ask(client, line.method, address, line.sent)
        if found != line.expected[role]:
            wrong.append(f"{line}: {found}, not {line.expected[role]}")
        if wrote and (line.method == "GET" or found != "yes"):
            wrong.append(f"{line}: {found}, and yet something was written")
        if line.sent and found == "yes" and not wrote:
            wrong.append(f"{line}: what was sent was good, and yet nothing was written")
        if line.method == "GET" and found == "yes":
            opened.add(address)
            led_to |= dict.fromkeys(links, line)
    for address in sorted(led_to.keys() - opened):
        if (found := ask(client, "GET", address).word) != "yes":
            wrong.append(f"{led_to[address]}: leads to {address}, where this reader finds {found}")
    assert wrong == [], "\n".join(wrong)


@pytest.mark.parametrize("role", ["holder", "focal", "staff", "director"])
def test_a_calendar_leads_only_where_its_owner_may_go(role: str) -> None:
    people, _named = everything()
    client = signed_in(people, role)
    addresses = {day.url for day in days(people.actor(ROLES[role], today()))}
    assert addresses
    assert {address for address in addresses if ask(client, "GET", address).word != "yes"} == set()


def test_a_row_sent_for_somebody_elses_target_is_not_taken() -> None:
    people, named = everything()
    both = {"t-free", "t-spare"}  # the first is Hana's
    sent = {f"{ref}:{sex}": "3" for ref in both for sex in ("women", "men")}
    signed_in(people, "other").post(reverse("gender:grid", args=named["round"]), sent)
    taken = Report.objects.filter(target__ref__in=both).values_list("target__ref", flat=True)
    assert list(taken) == ["t-spare"]


def test_the_workbook_takes_no_role_from_an_office_above_ones_own() -> None:
    """As on the page of a post: what stands counts, not only what it would become."""
    people, _named = everything()
    made = Workbook()
    sheet = made.worksheets[0]
    sheet.title = "Units and posts"
    post = people.offices["director"]
    sheet.append(["Reference", "Revision", "Body", "Name", "Kind", "Role"])
    sheet.append([post.ref, post.revision, "Secretariat", "Director", "unit", None])
    made.save(file := io.BytesIO())
    for role, refused in (("team", 1), ("director", 0)):
        actor = people.actor(ROLES[role], today())
        file.seek(0)
        assert check_book(actor, file, "book.xlsx", len(file.getvalue())).counts["refused"] == refused


def test_every_address_stands_in_the_table() -> None:
    ours = {name for address, name, _policy in permissions() if not address.startswith(tuple(OTHERS))}
    assert ours - {line.page for line in table()} == set()
    assert {line.page for line in table()} - ours == set()


def test_no_line_stands_twice() -> None:
    lines = [str(line) for line in table()]
    assert len(lines) == len(set(lines))


def test_nothing_is_taken_where_the_table_has_no_line_for_it() -> None:
    """By whoever may write the most: the gender team, or where it may not, the Director."""
    people, named = everything()
    clients = {role: signed_in(people, role) for role in ("team", "director")}
    methods: dict[str, set[str]] = {}
    for line in table():
        methods.setdefault(line.page, set()).add(line.method)
    wrong = []
    for line in table():
        for method in {"GET", "POST"} - methods[line.page]:
            role = next((role for role in clients if line.expected[role] == "yes"), "team")
            found, wrote, _links = ask(clients[role], method, reverse(line.page, args=named[line.of]))
            read = method == "POST" and found == line.expected[role]  # the page as if it had only been opened
            if wrote or not (found in ("takes none", ".") or read):
                wrong.append(f"{method} {line.page} {line.of}: {found}, written: {wrote}")
    assert wrong == [], "\n".join(wrong)


def test_existing_and_absent_look_the_same() -> None:
    """To somebody signed out: the sign-in page. To the one who may see most: not there."""
    people, named = everything()
    stranger, gita = signed_in(people, "out"), signed_in(people, "team")
    wrong = []
    for line in table():
        if not named[line.of] or line.of == "absent file":
            continue
        absent = [ABSENT.get(line.page, "absent")] * len(named[line.of])
        address = reverse(line.page, args=absent)
        signed_out, seen = ask(stranger, line.method, address).word, ask(gita, line.method, address).word
        expected = "in" if line.expected["out"] == "in" or line.page == "evidence:file" else "."
        if signed_out != expected or seen != ".":
            wrong.append(f"{line}: signed out {signed_out}, the gender team {seen}")
    assert wrong == [], "\n".join(wrong)


@pytest.mark.parametrize("page", ["account_signup", "account_email", "mfa_index", "account_change_password"])
def test_what_the_sign_in_library_brings_opens_nothing_to_strangers(page: str, client: Client) -> None:
    """Nobody signs up by themselves, and nobody changes a sign-in without being signed in."""
    everything()
    found, wrote, _links = ask(client, "GET", reverse(page))
    assert (found, wrote) in (("in", False), ("yes", False))
    sent = {"email": "stranger@example.org", "password1": "a long password", "password2": "a long password"}
    ask(client, "POST", reverse("account_signup"), sent)
    assert "_auth_user_id" not in client.session
