"""Applications and the portfolio at 1,000 and at 10,000: lists, details, files and sums over HTTP.

Every figure is a median against a warm gunicorn with debug off; beside each stands its floor: the bare SQL for the
same rows through the same driver. The strongest open-source peer's behaviour at 1,000 applications was given to us
as: list 0.8–1.3 s, 383 KiB, 140 queries; detail of an applicant with 1,000 applications 5–6 s; CSV of 1,005 rows
12.3 s. It is not run here.
"""

from __future__ import annotations

import os
import random
import statistics
import sys
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from bench.harness import ENGINE, RUNS, Server, median_ms, row
from jwp.core.access import system
from jwp.core.door import open_door
from jwp.core.models import Partnership, User
from jwp.grants.models import Application, Call, Criterion, FundedItem, PanelMember, PanelReview
from jwp.grants.models import Transaction as Movement
from jwp.grants.portfolio import portfolio
from jwp.partners.models import Body, Office, Organisation, Person, Place, Seat
from jwp.plans.models import BusinessLine, Fund, StrategyPeriod, Theme

TODAY = date.today()  # noqa: DTZ011
STATES = ("submitted", "eligible", "eligible", "in principle", "proposed", "appraised", "rejected", "ineligible")
COUNTRIES = ("GH", "KE", "TN", "IN", "CO", "UG", "ET", "BR", "SN", "PH")


class Scene:
    """A partnership with calls, a busy applicant, and `grow` to put so many applications and items into it."""

    def __init__(self) -> None:
        self.dice, self.size = random.Random(11), 0
        with open_door(system(TODAY)) as door:
            door.add(Partnership(ref="partnership", name="Bench", languages=["en"]))
            self.user = User.objects.create_user("bench@example.org", "bench")
            person = door.add(Person(ref="bench", name="Bench", email="bench@example.org", user=self.user))
            body = door.add(Body(ref="secretariat", name="Secretariat", kind="secretariat", role="staff"))
            office = door.add(Office(ref="tasks", body=body, name="Task managers"))
            door.add(Seat(person=person, body=body, office=office, starts=TODAY - timedelta(days=900)))
            judge = door.add(Person(ref="judge", name="Judge"))
            period = door.add(
                StrategyPeriod(ref="period", name="2024–2027", starts=date(2024, 1, 1), ends=date(2027, 12, 31))
            )
            self.lines = [door.add(BusinessLine(ref=f"l{n}", period=period, name=f"Line {n}")) for n in range(4)]
            self.themes = [door.add(Theme(ref=f"t{n}", period=period, name=f"Theme {n}")) for n in range(4)]
            self.funds = [
                door.add(Fund(ref=f"f{n}", name=f"Fund {n}", currency="USD", starts=date(2024, 1, 1))) for n in range(3)
            ]
            self.places = [door.add(Place(ref=code, name=code, kind="country", iso=code)) for code in COUNTRIES]
            self.busy = door.add(Organisation(ref="busy", name="The busy applicant"))
            self.calls = [self._call(door, n, judge) for n in range(10)]

    def _call(self, door: object, n: int, judge: Person) -> Call:
        closes = datetime(TODAY.year, TODAY.month, TODAY.day, tzinfo=UTC) + timedelta(days=n - 5)
        call = Call(
            ref=f"call-{n}", title=f"Call {n}", about="Cities", business_line=self.lines[1], fund=self.funds[0],
            opens_at=closes - timedelta(days=40), closes_at=closes, state="published", languages=["en"],
        )  # fmt: skip
        door.add(call)  # type: ignore[attr-defined]
        door.add(Criterion(ref=f"criterion-{n}", call=call, name="The idea", points=20))  # type: ignore[attr-defined]
        door.add(PanelMember(ref=f"judge-{n}", call=call, person=judge))  # type: ignore[attr-defined]
        return call

    def grow(self, size: int) -> None:
        """Up to `size` applications, each tenth by the busy applicant, and as many items."""
        new = range(self.size, size)
        with open_door(system(TODAY)) as door:
            applications = door.add_all([self._application(n) for n in new])
            door.add_all([
                PanelReview(
                    ref=f"r{n}", application=row, member_id=row.call.panel.all()[0].pk, points={}, submitted_on=TODAY
                )
                for n, row in zip(new, applications, strict=True)
                if row.state != "submitted"
            ])  # fmt: skip
            items = door.add_all([self._item(n) for n in new])
            door.add_all([
                Movement(
                    ref=f"m{n}", item=item, agreement_ref=item.agreement_ref, erp_ref=f"E{n}", on=TODAY,
                    minor=(item.minor or 0) // 2, currency="USD", typed_because="bench",
                )
                for n, item in zip(new, items, strict=True)
            ])  # fmt: skip
        self.size = size
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")

    def _application(self, n: int) -> Application:
        busy = n % 10 == 0
        return Application(
            ref=f"a{n}", call=self.calls[n % 10], applicant=self.busy.name if busy else f"Union of vendors {n}",
            organisation=self.busy if busy else None, contact_name="Somebody", contact_email=f"a{n}@example.org",
            country=self.dice.choice(self.places), city="A city", title=f"Safe ways to market {n}",
            summary="We walk and map the ways to the market. " * 20, gender_statement="Women choose. " * 10,
            requested=self.dice.randrange(5_000_000, 20_000_000), own_cash=2_000_000, state=self.dice.choice(STATES),
            started_on=TODAY - timedelta(days=n % 700), comments_from=TODAY, comments_due=TODAY + timedelta(days=14),
        )  # fmt: skip

    def _item(self, n: int) -> FundedItem:
        signed = TODAY - timedelta(days=n % 700)
        return FundedItem(
            ref=f"i{n}", kind=self.dice.choice(FundedItem.Kind.values), title=f"Item {n}",
            business_line=self.dice.choice(self.lines), theme=self.dice.choice(self.themes),
            fund=self.dice.choice(self.funds), country=self.dice.choice(self.places), partner=f"Partner {n}",
            agreement_ref=f"GSA-{n}", minor=self.dice.randrange(1_000_000, 20_000_000), currency="USD",
            starts=signed, ends=signed + timedelta(days=500), state=self.dice.choice(["planned", "signed", "closed"]),
            signed_on=signed, marker=self.dice.choice(["", "0", "1", "2"]),
        )  # fmt: skip


def floor(sql: str) -> str:
    def once() -> None:
        with connection.cursor() as cursor:
            cursor.execute(sql)
            cursor.fetchall()

    return f"{median_ms(once):.1f} ms"


LIST = """select a.ref, a.title, a.applicant, a.state, a.requested, c.title, p.name from grants_application a
    join grants_call c on c.id = a.call_id left join partners_place p on p.id = a.country_id
    order by a.started_on desc, a.id desc limit 50"""
ONE = "select * from grants_application where ref = 'a20'"
ALL = "select a.*, c.title from grants_application a join grants_call c on c.id = a.call_id"
SUMS = """select business_line_id, theme_id, programme_id, country_id, marker, state, fund_id, kind, currency,
    count(*), sum(minor) from grants_fundeditem group by 1, 2, 3, 4, 5, 6, 7, 8, 9"""


def page(server: Server, user: User, label: str, path: str, sql: str, asked: tuple[str, str, str]) -> None:
    """A page's time, size and queries beside what was asked."""
    _ms, status, size = server.get(path)
    if status != 200:
        raise RuntimeError(f"{path} answered {status}")
    took = statistics.median(server.get(path)[0] for _run in range(RUNS))
    client = Client(headers={"host": "localhost"})
    client.force_login(user)
    client.get(path)
    with CaptureQueriesContext(connection) as seen:
        client.get(path)
    row(f"{label}, p50 of {RUNS}", f"{took:.1f} ms", floor(sql), asked[0])
    row(f"{label}: size", f"{size / 1024:.1f} KiB", "", asked[1])
    row(f"{label}: queries", str(len(seen)), "1", asked[2])


def file(server: Server, label: str, path: str, sql: str) -> None:
    """A file's first byte and its last."""
    runs = [server.read(path) for _run in range(5)]
    if runs[0][2] != 200:
        raise RuntimeError(f"{path} answered {runs[0][2]}")
    row(f"{label}: first byte", f"{statistics.median(run[0] for run in runs):.0f} ms", "", "≤ 200 ms")
    row(f"{label}: all of it", f"{statistics.median(run[1] for run in runs):.0f} ms", floor(sql), "≤ 2,000 ms")


def sums() -> Callable[[], object]:
    return lambda: portfolio(FundedItem.objects.all())


def main() -> None:
    call_command("migrate", verbosity=0)
    print(f"\ngrants on {ENGINE}, Python {sys.version.split()[0]}, {os.cpu_count()} cores")
    row("", "ours", "floor, bare SQL", "asked")
    scene = Scene()
    server = Server(scene.user)
    lists, details, anything = ("≤ 80 ms", "≤ 60 KiB", "≤ 12"), ("≤ 100 ms", "", ""), ("", "", "")
    try:
        for size in (1_000, 10_000):
            scene.grow(size)
            at = f"{size:,}"
            page(server, scene.user, f"{at}: list of applications", "/grants/applications/", LIST, lists)
            page(server, scene.user, f"{at}: list, found by words", "/grants/applications/?q=market", LIST, anything)
            page(server, scene.user, f"{at}: one application", "/grants/applications/a20/", ONE, details)
            page(
                server, scene.user, f"{at}: an applicant with {size // 10:,}",
                "/grants/applications/?organisation=busy", LIST, details,
            )  # fmt: skip
            page(server, scene.user, f"{at}: organisation in the register", "/people/organisation/busy/", ONE, details)
            page(server, scene.user, f"{at}: one funded item", "/grants/items/i20/", ONE, details)
            page(server, scene.user, f"{at}: list of items", "/grants/items/", LIST, lists)
            page(server, scene.user, f"{at}: portfolio page", "/grants/", SUMS, anything)
            row(f"{at}: portfolio totals, p50 of {RUNS}", f"{median_ms(sums()):.1f} ms", floor(SUMS), "≤ 150 ms")
            file(server, f"{at}: CSV of applications", "/grants/applications/?export=csv", ALL)
            file(server, f"{at}: CSV of the portfolio", "/grants/?export=csv", ALL)
    finally:
        server.stop()


if __name__ == "__main__":
    main()
