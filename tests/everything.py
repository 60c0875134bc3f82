"""One of everything that an address can name, around one plan whose third round was due five days ago.

Hana holds the Water unit and its target, Otto the Waste unit and another. Both units are a member's, and
holding them gives no role. `everything` says what each word of `permissions.csv` puts into an address.
"""

from __future__ import annotations

import io
from datetime import date, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from openpyxl import Workbook

from jwp.core.access import Actor, system
from jwp.core.door import Door, open_door
from jwp.core.mail import write_letter
from jwp.core.models import Letter
from jwp.core.period import add_months
from jwp.core.workbook.foreign import from_text
from jwp.desk.calendar import make_address
from jwp.desk.foreign.bringing import start
from jwp.desk.imports import apply, check_book
from jwp.desk.models import Import
from jwp.evidence.files import keep
from jwp.evidence.models import Approval, Document, Event, Product, ProductUse, Run, RunFigure, RunFile, Source
from jwp.governance.models import ActionArising, AgendaItem, Attendance, Decision, Meeting
from jwp.indicators.actions import record
from jwp.indicators.models import Indicator
from jwp.indicators.rules import Cell
from jwp.instruments.models import AnswerSheet
from jwp.partners.actions import invite
from jwp.partners.models import (
    Absence,
    Constituency,
    Membership,
    Office,
    Organisation,
    Person,
    PersonalLink,
    Place,
    Seat,
)
from jwp.plans.actions import plan as plans
from jwp.plans.actions import report as reports
from jwp.plans.models import (
    Action,
    BusinessLine,
    Contribution,
    Evidence,
    Fund,
    Objective,
    Plan,
    Rate,
    Report,
    Round,
    StrategyPeriod,
    Theme,
)
from jwp.reviews.actions.link import open_link, token
from jwp.reviews.models import Assessment, Engagement, Finding, Recommendation
from tests.cast import Cast, cast, indicator, person, plan, seat, target
from tests.gender.everything_screening import screened
from tests.grants.everything_applications import applications
from tests.grants.everything_calls import calls
from tests.grants.everything_items import items
from tests.grants.everything_programmes import programmes

WEB = ("web-of-institutionalisation", "1996")
MARKER = ("oecd-gender-marker", "2016")
LATER = timedelta(days=30)
Named = dict[str, tuple[str, ...]]


def today() -> date:
    """Pages take today from the clock, in the partnership's zone; so must what they show."""
    return timezone.localdate(timezone=ZoneInfo("Europe/Brussels"))


def everything() -> tuple[Cast, Named]:
    people, day = cast(), today()
    with open_door(system(day)) as door:
        units = _units(door, people)
    gita, otto = people.actor("gita", day), people.actor("otto", day)
    m18 = _plan_in_force(people, gita, units)
    reports.submit(people.actor("hana", day), m18.ref, "t-water", {"women": "7", "men": "5"})
    said = reports.submit(otto, m18.ref, "t-waste", {"women": "3", "men": "2"})
    reports.accept(gita, said.ref)
    with open_door(system(day)) as door:
        named = (
            {"": (), "form": ("csv",)}
            | _plan(door, m18, units)
            | _documents(door, said)
            | _register(door, people, day)
            | _reviews(door, m18.plan, day)
            | _meetings(door, people, m18.plan, units["water"], day)
            | _measures(door, day)
            | _letters(door, people, m18, day)
            | _money(door, people, day)
            | programmes(door)
            | calls(door)
            | applications(door)
            | screened(door)
            | items(door)
        )
    workshop = open_link(gita, "workshop", None, opens=day, closes=day, min_group=5)
    calendar = make_address(people.actor("hana", day))
    return people, named | _imports(gita) | {
        "shared link": (token(workshop),),
        "calendar link": (calendar.rsplit("/", 1)[-1].removesuffix(".ics"),),
        "invitation": (invite(people.actor("ida", day), "nora"),),
        "letter with a key": (str(Letter.objects.get(body__contains="/join/").pk),),
    }


def _units(door: Door, people: Cast) -> dict[str, Office]:
    """Two units of a member, with one holder each."""
    members, units = people.offices["focal"].body, {}
    for key, name, holder in (("water", "Water unit", "Hana"), ("waste", "Waste unit", "Otto")):
        units[key] = door.add(Office(ref=f"office-{key}", body=members, name=name, kind=Office.Kind.UNIT))
        people.people[holder.lower()] = person(holder)
        seat(people.people[holder.lower()], members, units[key])
    people.people["nora"] = person("Nora", user=False)
    people.people["gone"] = person("Gone", user=False, left_on=door.actor.today - LATER)
    return units


def _plan_in_force(people: Cast, gita: Actor, units: dict[str, Office]) -> Round:
    adopted = add_months(gita.today - timedelta(days=5), -18)
    made = plan("gap", starts=adopted, ends=adopted + timedelta(days=1200))
    trained = indicator("trained", aggregation="latest")
    # What nobody has reported on yet: one more of each holder's, and one of a unit of the secretariat.
    unreported = {"free": units["water"], "spare": units["waste"], "staff": people.offices["operations"]}
    for key, holder in (units | unreported).items():
        target(made, holder, f"t-{key}", indicator=trained)
    plans.bring_in(gita, made, people.board, adopted, "Decision 1")
    draft = plan("draft", title="The next plan", starts=gita.today, ends=gita.today + timedelta(days=900))
    target(draft, people.offices["operations"], "t-draft", indicator=trained)
    plan("submitted", state="submitted", public=False)
    plan("settled", state="adopted", public=False)  # without a promise that still stands
    found: Round = Round.objects.get(plan=made, month=18)
    return found


def _plan(door: Door, m18: Round, units: dict[str, Office]) -> Named:
    water = m18.plan.targets.get(ref="t-water")
    period = door.add(StrategyPeriod(ref="period", name="2022–2026", starts=m18.plan.starts, ends=m18.plan.ends))
    door.add(BusinessLine(ref="line", period=period, name="Cities"))
    door.add(Theme(ref="theme", period=period, name="Care"))
    door.add(Objective(ref="objective", plan=m18.plan, text="Cities where women move freely"))
    door.add(Action(ref="action", target=water, text="Book a room", owner=units["water"]))
    return {
        "plan": ("gap",), "draft plan": ("draft",), "submitted plan": ("submitted",),
        "settled plan": ("settled",), "plan as csv": ("gap", "csv"), "draft as csv": ("draft", "csv"),
        "area": ("gap-capacity",), "objective": ("objective",), "action": ("action",),
        "period noun": ("period",), "period": ("period", "period"), "line": ("line", "line"),
        "theme": ("theme", "theme"), "round": (m18.ref,), "past round": ("gap-m12",),
        "water target": ("t-water",), "waste target": ("t-waste",), "draft target": ("t-draft",),
        "water in round": (m18.ref, "t-water"), "free in round": (m18.ref, "t-free"),
        "water report": (f"{m18.ref}-t-water",), "waste report": (f"{m18.ref}-t-waste",),
        "public target": ("gap", "t-water"),
    }  # fmt: skip


def _documents(door: Door, waste: Report) -> Named:
    files = {
        name: keep(SimpleUploadedFile(f"{name}.pdf", b"%PDF-1.7\n" + name.encode())).row()
        for name in ("public", "internal", "evidence", "uncited")
    }
    charter = door.add(Document(ref="public", title="Charter", file=files["public"], public=True))
    door.add(Document(ref="internal", title="Note to file", file=files["internal"]))
    door.add(Source(ref="source", title="A source"))
    door.add(Event(ref="event", title="A launch", starts=door.actor.today))
    door.add(Evidence(ref="evidence", report=waste, file=files["evidence"], title="Names", added_on=door.actor.today))
    tool = door.add(Product(ref="tool", title="Checklist", kind="programming tool", document=charter, public=True))
    door.add(Product(ref="raw", title="Draft brief", kind="knowledge product"))
    for ref, state in (("told", "told"), ("confirmed", "confirmed")):
        about = {"used_on": door.actor.today, "recorded_on": door.actor.today, "organisation_name": "A city"}
        door.add(ProductUse(ref=ref, product=tool, state=state, how="Checked a budget.", **about))
    named: Named = {f"{name} file": (file.sha256,) for name, file in files.items()}
    return named | {
        "public document": ("public",), "internal document": ("internal",), "source": ("source",),
        "event": ("event",), "evidence": ("evidence",), "absent file": ("0" * 64,),
        "public product": ("tool",), "internal product": ("raw",), "told use": ("told",),
    } | _runs(door)  # fmt: skip


def _runs(door: Door) -> Named:
    """One of each state that has pages of its own, all by the gender team; the published one is of a city."""
    gita = Person.objects.get(ref="gita")
    city = door.add(Place(ref="lagoon", name="Lagoon", kind=Place.Kind.CITY))
    door.add(Place(ref="untold", name="Untold", kind=Place.Kind.CITY))
    files = {
        name: keep(SimpleUploadedFile(f"{name}.csv", name.encode())).row() for name in ("asked", "counted", "open")
    }
    about = {"kind": Run.Kind.SHEET, "made_on": door.actor.today, "started_by": gita, "place": city}
    for state, given, out in (
        ("prepared", files["asked"], None), ("queued", None, None), ("failed", None, None),
        ("done", None, files["counted"]), ("published", None, files["open"]),
    ):  # fmt: skip
        when = {"published_on": door.actor.today, "published_by": gita} if state == "published" else {}
        run = door.add(Run(ref=f"run-{state}", title=f"Asked, {state}", state=state, **about, **when))
        if given:
            RunFile(run=run, file=given, part=RunFile.Part.INPUT, role="answers").save()
        if out:
            RunFile(run=run, file=out, part=RunFile.Part.RESULT, role="report.pdf").save()
            for sex, value in (("f", 41.0), ("m", 62.5)):
                figure = {"key": f"safe.{sex}", "family": "safe.*", "label": "Feels safe", "sex": sex}
                RunFigure(run=run, value=value, n=40, unit="percent", **figure).save()
    return {
        "city": ("lagoon",), "city without a run": ("untold",), "sheet": ("sheet",),
        "asked file": (files["asked"].sha256,),
        "counted file": (files["counted"].sha256,), "open file": (files["open"].sha256,),
        **{f"{state} run": (f"run-{state}",) for state in ("prepared", "queued", "failed", "done", "published")},
    }  # fmt: skip


def _register(door: Door, people: Cast, day: date) -> Named:
    door.add(Constituency(ref="cities", name="Cities"))
    member, cities = people.people["fola"].organisation, Constituency.objects.get(ref="cities")
    door.add(Membership(ref="membership", organisation=member, constituency=cities, starts=day))
    for name in ("hana", "amara"):
        door.add(Absence(ref=f"away-{name}", person=people.people[name], starts=day, ends=day + LATER))
    seats = {seat.person.ref: seat.ref for seat in Seat.objects.select_related("person")}
    alike = ("hana", "fola", "amara", "nora", "gone", "olga", "member", "board")
    named: Named = {ref: (ref,) for ref in alike}
    return named | {
        "away hana": ("away-hana",), "away amara": ("away-amara",), "membership": ("membership",),
        "cities": ("cities",), "seat in a unit": (seats["olga"],), "seat on the board": (seats["berta"],),
        "unit": ("office-operations",), "post": ("office-director",),
    }  # fmt: skip


def _reviews(door: Door, of: Plan, day: date) -> Named:
    about = {"plan": of, "area": of.areas.first()}
    door.add(Engagement(ref="workshop", plan=of, title="Workshop", held_on=day, instrument="@".join(WEB)))
    assessment = door.add(Assessment(ref="baseline", title="Baseline", made_on=day, **about))
    finding = door.add(Finding(ref="finding", text="Few were trained.", assessment=assessment, **about))
    door.add(Recommendation(ref="advice", finding=finding, text="Train more."))
    return {
        "workshop": ("workshop",), "assessment": ("baseline",), "finding": ("finding",),
        "advice": ("advice",),
    }  # fmt: skip


def _meetings(door: Door, people: Cast, of: Plan, water: Office, day: date) -> Named:
    meeting = door.add(Meeting(ref="meeting", body=people.board, starts=day))
    for name in ("berta", "carl"):
        Attendance(meeting=meeting, person=people.people[name]).save()
    door.add(AgendaItem(ref="item", meeting=meeting, body=people.board, title="The plan"))
    door.add(AgendaItem(ref="waiting", body=people.board, title="Not on any agenda yet"))
    approval = door.add(Approval(ref="approval", subject=of.ref, body=people.board, on=day))
    decision = door.add(Decision(ref="decision", meeting=meeting, text="The plan goes on.", approval=approval, plan=of))
    door.add(ActionArising(ref="asked", meeting=meeting, decision=decision, text="Report back", owner=water))
    return {
        "meeting": ("meeting",), "item": ("item",), "waiting item": ("waiting",), "decision": ("decision",),
        "asked of water": ("asked",),
    }  # fmt: skip


def _measures(door: Door, day: date) -> Named:
    reading = record(
        door, Indicator.objects.get(ref="trained"), [Cell(Decimal(4), "f"), Cell(Decimal(2), "m")],
        starts=day - 2 * LATER, ends=day - LATER, contributor="elsewhere", source="A letter",
    )  # fmt: skip
    door.add(AnswerSheet(instrument="@".join(WEB), subject="workshop", answered_on=day))
    return {
        "indicator": ("trained",), "reading": (reading.ref,), "instrument": WEB, "marker": MARKER,
        "answers": (*WEB, "workshop"),
    }  # fmt: skip


def _money(door: Door, people: Cast, day: date) -> Named:
    """A fund with the focal point's contribution and another's, a rate nothing stands on, and a work plan."""
    fund = door.add(Fund(ref="core", name="Core fund", currency="USD", starts=day))
    other = door.add(Organisation(ref="giver", name="Another giver"))
    for ref, giver in (("given", people.people["fola"].organisation), ("given-elsewhere", other)):
        door.add(Contribution(ref=ref, fund=fund, organisation=giver, agreed_on=day, minor=10_000, currency="USD"))
    door.add(Rate(ref="rate", currency="EUR", to="USD", on=day, rate=Decimal("1.085"), source="A bank"))
    of = {"period": StrategyPeriod.objects.get(ref="period"), "kind": Plan.Kind.WORK, "public": False}
    door.add(Plan(ref="work", title="Work plan", starts=day, ends=day + LATER, months=[6], **of))
    return {
        "fund": ("core",), "contribution": ("given",), "other contribution": ("given-elsewhere",),
        "rate": ("rate",), "work plan": ("work",),
    }  # fmt: skip


def _imports(gita: Actor) -> Named:
    """A workbook that waits, one that was applied, and somebody's own table."""
    waiting, applied = (_book(gita, name) for name in ("Lena", "Mona"))
    table = start(gita, [from_text("Target\tOwner\nTrain 20 people\tWater unit")], "pasted")
    apply(gita, applied.ref)
    return {"workbook": (waiting.ref,), "applied workbook": (applied.ref,), "own table": (table.ref,)}


def _book(gita: Actor, name: str) -> Import:
    made = Workbook()
    sheet = made.worksheets[0]
    sheet.title = "People"
    sheet.append(["Name", "E-mail"])
    sheet.append([name, f"{name.lower()}@example.org"])
    made.save(file := io.BytesIO())
    return check_book(gita, file, f"{name}.xlsx", len(file.getvalue()))


def _letters(door: Door, people: Cast, m18: Round, day: date) -> Named:
    hana = people.people["hana"]
    write_letter(door, key="a letter", to=hana.email, subject="A round is open", body="Please report.")
    link = PersonalLink.issue(hana, PersonalLink.Purpose.REPORT, m18.ref, day + LATER)
    return {
        "letter": (str(Letter.objects.get(key="a letter").pk),),
        "personal link": (link,), "wrong link": ("x" * len(link),),
    }  # fmt: skip
