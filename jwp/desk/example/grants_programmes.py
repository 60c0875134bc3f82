"""Programmes of each kind, one of them joint with a concept note in two versions; and members' own."""

from __future__ import annotations

from datetime import date
from typing import Any

from jwp.desk.example.diary import Diary
from jwp.desk.example.story import Story, got, office, paper, told
from jwp.evidence import actions as evidence
from jwp.evidence.models import Product
from jwp.grants.actions import programmes
from jwp.grants.actions.member_programmes import keep_member_programme
from jwp.grants.models import Programme
from jwp.partners import actions as partners
from jwp.partners.models import Organisation, Place
from jwp.plans.models import BusinessLine, Theme

Said = dict[str, Any]


def told_places(diary: Diary) -> None:
    for row in told("programmes")["places"]:
        diary.on("885", _country, row)


def _country(story: Story, day: date, row: Said) -> None:
    odo = story.actor("odo", day)
    country = partners.add(odo, Place(ref=row["ref"], name=row["name"], kind="country", iso=row["iso"]))
    for ref, name in row["cities"].items():
        partners.add(odo, Place(ref=ref, name=name, kind="city", within=country))


def told_programmes(diary: Diary) -> None:
    said = told("programmes")
    for row in said["programmes"]:
        days = row["days"]
        diary.on(days["written"], _add, row)
        for version, written in row.get("concept", []):
            diary.on(written, _concept, row, version)
        for version, who, member, on in row.get("agreed", []):
            diary.on(on, _agree, row["ref"], version, who, member)
        for verb, key in (("start", "started"), ("close", "closed"), ("drop", "dropped")):
            if key in days:
                diary.on(days[key], _step, row, verb)
        # What it puts out is named once it is under way, and the products are there.
        if "outputs" in row:
            diary.on(min(int(days.get("started", 0)), 120), _outputs, row)
    for row in said["own"]:
        diary.on(row["on"], _own, row)


def _add(story: Story, day: date, row: Said) -> None:
    days = row["days"]
    lines = programmes.Lines(
        members=[(got(Organisation, ref), role) for ref, role in row.get("members", {}).items()],
        places=[(got(Place, ref), False) for ref in row.get("places", [])]
        + [(got(Place, ref), True) for ref in row.get("pilots", [])],
        phases=[
            programmes.PhaseLine(name, story.ago(int(starts)), story.ago(int(ends)))
            for name, starts, ends in row.get("phases", [])
        ],
    )
    programmes.add_programme(
        story.actor("bastian", day), lines, ref=row["ref"], name=row["name"], kind=row["kind"],
        business_line=got(BusinessLine, f"line-{row['line']}-2"), summary=row["summary"],
        theme=got(Theme, row["theme"]) if "theme" in row else None, manager=office(row["manager"]),
        starts=story.ago(int(days["from"])), ends=story.ago(int(days["until"])) if "until" in days else None,
    )  # fmt: skip


def _concept(story: Story, day: date, row: Said, version: str) -> None:
    """The first version is a new document; the next takes its place, and both stay readable."""
    staff = story.actor("bastian", day)
    said = {
        "title": f"{row['name']}: concept note", "kind": "concept note",
        "version": version, "dated": day, "prepared_by": "Head of Programmes",
    }  # fmt: skip
    file = paper(f"{row['ref']}-{version}.txt", f"{row['summary']}\n\nThe {version} version.")
    before = got(Programme, row["ref"]).concept
    if before is None:
        made = evidence.add_document(staff, file, ref=f"{row['ref']}-concept", **said)
        programmes.change_programme(staff, row["ref"], None, programmes.Lines(), concept=made)
    else:
        evidence.new_version(staff, before.ref, None, file, **said)


def _agree(story: Story, day: date, ref: str, version: str, who: str, member: str) -> None:
    """To the version that is the newest on that day."""
    newest = programmes.current_concept(got(Programme, ref))
    assert newest is not None and newest.version == version
    programmes.agree(story.actor(who, day), ref, got(Organisation, member), newest.ref)


def _step(story: Story, day: date, row: Said, verb: str) -> None:
    reason = row.get("because", "") if verb == "drop" else ""
    programmes.take_step(story.actor("ilsabet", day), row["ref"], verb, None, reason)


def _outputs(story: Story, day: date, row: Said) -> None:
    lines = [
        programmes.OutputLine(text, story.ago(int(due)), got(Product, product) if product else None)
        for text, due, product in row["outputs"]
    ]
    programmes.change_programme(story.actor("bastian", day), row["ref"], None, programmes.Lines(outputs=lines))


def _own(story: Story, day: date, row: Said) -> None:
    keep_member_programme(
        story.actor(row["by"], day), None, organisation=got(Organisation, row["who"]), title=row["title"],
        place=got(Place, row["place"]), starts=story.ago(int(row["from"])), ends=story.ago(int(row["until"])),
        contact=row["contact"], about=row["about"],
    )  # fmt: skip
