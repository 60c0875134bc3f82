"""One programme's results: 30 indicators, 6 half-years, 5 contributing projects, 900 reports of 5 cells by sex and age.

Over HTTP against a warm gunicorn with debug off; every figure is a median. Beside each stands its floor: the bare SQL
for the same answer through the same driver. The shape is that of an open-source results platform, whose published
behaviour on it was given to us as: 2-4 s and 1.4 MB for one project's page, 127 s to write the 900 reports, 8-10 s
for a PDF. It is not run here. Then the same with ten such programmes, and with 50 projects: how the cost grows.
"""

from __future__ import annotations

import os
import statistics
import sys
import time
from datetime import date, timedelta
from decimal import Decimal

from django.core.management import call_command
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from bench.harness import ENGINE, RUNS, Server, median_ms, row
from jwp.core.access import Actor
from jwp.core.door import open_door
from jwp.core.models import Entry, Partnership, User
from jwp.core.period import add_months
from jwp.indicators.models import Indicator
from jwp.indicators.rules import Cell
from jwp.partners.access import actor_for_person
from jwp.partners.models import Body, Office, Person, Seat
from jwp.plans.actions import plan as plans
from jwp.plans.actions import report as reports
from jwp.plans.models import Plan, Round, Target

INDICATORS, ROUNDS, PROJECTS = 30, 6, 5
TODAY = date.today()  # noqa: DTZ011
ADOPTED = add_months(TODAY, -37)


def people() -> tuple[User, Actor, Body, list[Office]]:
    """A gender team of one, and 50 projects that she may report for."""
    from jwp.core.access import system

    with open_door(system(TODAY)) as door:
        door.add(Partnership(ref="partnership", name="Bench", languages=["en"]))
        user = User.objects.create_user("bench@example.org", "bench")
        person = door.add(Person(ref="bench", name="Bench", email="bench@example.org", user=user))
        body = door.add(Body(ref="secretariat", name="Secretariat", kind="secretariat", role="gender team"))
        offices = [door.add(Office(ref=f"project-{n}", body=body, name=f"Project {n}")) for n in range(50)]
        door.add(Seat(person=person, body=body, starts=ADOPTED))
        door.add_all([Seat(person=person, body=body, office=office, starts=ADOPTED) for office in offices])
    return user, actor_for_person(person, TODAY), body, offices


def programme(actor: Actor, body: Body, offices: list[Office], ref: str) -> tuple[Plan, list[Round], list[Target]]:
    with open_door(actor) as door:
        plan = door.add(
            Plan(
                ref=ref, title=f"Programme {ref}", starts=ADOPTED, ends=TODAY + timedelta(days=365),
                months=[6 * n for n in range(1, ROUNDS + 1)],
            )
        )  # fmt: skip
        indicators = door.add_all([
            Indicator(ref=f"{ref}-i{n}", name=f"Women and men reached, way {n}", unit="people", disaggregations=["sex"])
            for n in range(INDICATORS)
        ])  # fmt: skip
        targets = door.add_all([
            Target(
                ref=f"{indicator.ref}-{office.ref}", plan=plan, indicator=indicator, holder=office, kind="number",
                text=f"{indicator.name}: {office.name}", value=Decimal(1000), order=n,
            )
            for n, indicator in enumerate(indicators)
            for office in offices
        ])  # fmt: skip
        plans.bring_in(actor, plan, body, ADOPTED, "bench")
    return plan, list(Round.objects.filter(plan=plan)), targets


CELLS = [
    Cell(Decimal(120), "f", "15-24"), Cell(Decimal(80), "f", "25+"),
    Cell(Decimal(70), "m", "15-24"), Cell(Decimal(90), "m", "25+"), Cell(Decimal(360)),
]  # fmt: skip


def write_reports(actor: Actor, rounds: list[Round], targets: list[Target]) -> list[float]:
    """Each report through the one door: its own transaction, its own journal entries. Seconds for each."""
    took = []
    for round in rounds:
        for target in targets:
            start = time.perf_counter()
            reports.submit(actor, round.ref, target.ref, {}, cells=CELLS)
            took.append(time.perf_counter() - start)
    return took


def write_floor(count: int) -> float:
    """The same rows by bare SQL, each report its own transaction: reading, 7 cells, report, 4 journal lines."""
    call = connection.cursor().execute
    with connection.cursor() as cursor:
        cursor.execute("create table bench_row (id integer, body text)")
    body, start = "x" * 120, time.perf_counter()
    for n in range(count):
        with transaction.atomic(), connection.cursor() as cursor:
            for _row in range(13):
                cursor.execute("insert into bench_row values (%s, %s)", [n, body])
    took = time.perf_counter() - start
    call("drop table bench_row")
    return took


def page_floor(plan: Plan) -> float:
    """Milliseconds for the totals by bare SQL: one statement over readings and cells."""
    sql = """
        select r.indicator_id, r.ends, c.sex, sum(c.value), count(*)
        from indicators_reading r join indicators_observation c on c.reading_id = r.id and c.age = ''
        join indicators_indicator i on i.id = r.indicator_id
        where i.id in (select indicator_id from plans_target where plan_id = %s)
        group by r.indicator_id, r.ends, c.sex"""

    def once() -> None:
        with connection.cursor() as cursor:
            cursor.execute(sql, [plan.pk])
            cursor.fetchall()

    return median_ms(once)


def measure(server: Server, user: User, plan: Plan, label: str) -> None:
    path = f"/plan/{plan.ref}/results/"
    _ms, status, size = server.get(path)
    if status != 200:
        raise RuntimeError(f"{path} answered {status}")
    page = statistics.median(server.get(path)[0] for _run in range(RUNS))
    pdf = statistics.median(server.get(path.replace("results/", "results.pdf"))[0] for _run in range(5)) / 1000
    client = Client(headers={"host": "localhost"})
    client.force_login(user)
    with CaptureQueriesContext(connection) as seen:
        client.get(path)
    row(f"{label}: page, p50 of {RUNS}", f"{page:.1f} ms", f"{page_floor(plan):.1f} ms", "≤ 100 ms")
    row(f"{label}: page size", f"{size / 1024:.1f} KiB", "", "≤ 100 KiB")
    row(f"{label}: queries", str(len(seen)), "1", "≤ 20")
    row(f"{label}: PDF, p50 of 5", f"{pdf:.2f} s", "", "≤ 2 s")


def main() -> None:
    call_command("migrate", verbosity=0)
    user, actor, body, offices = people()
    print(f"\nresults_framework on {ENGINE}, Python {sys.version.split()[0]}, {os.cpu_count()} cores")
    row("", "ours", "floor, bare SQL", "asked")

    first, rounds, targets = programme(actor, body, offices[:PROJECTS], "p1")
    server = Server(user)
    try:
        took = write_reports(actor, rounds, targets)
        per = statistics.median(took) * 1000
        floor = f"{write_floor(len(took)):.2f} s"
        row(f"{len(took)} reports written, each through the door", f"{sum(took):.2f} s", floor, "≤ 5 s")
        row("one report, p50", f"{per:.2f} ms", "", "")
        measure(server, user, first, "1 programme, 5 projects")

        for n in range(2, 11):
            _plan, more_rounds, more = programme(actor, body, offices[:PROJECTS], f"p{n}")
            took = write_reports(actor, more_rounds, more)
        row("900 reports of the tenth programme", f"{sum(took):.2f} s", "", "≤ 5 s")
        measure(server, user, first, "10 programmes")

        wide, wide_rounds, many = programme(actor, body, offices, "wide")
        took = write_reports(actor, wide_rounds, many)
        row(f"{len(took)} reports of 50 projects", f"{sum(took):.2f} s", "", "")
        measure(server, user, wide, "1 programme, 50 projects")
        row("journal entries in all", str(Entry.objects.count()), "", "")
    finally:
        server.stop()


if __name__ == "__main__":
    main()
