"""Calls that an address can name, and the links of two who apply: one still writes, one owes the full proposal."""

from __future__ import annotations

from datetime import timedelta

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from jwp.core.door import Door
from jwp.evidence.files import keep
from jwp.grants.actions.applicant_link import derive
from jwp.grants.models import Application, Attachment, Call, Criterion, PanelMember
from jwp.partners.models import Person, token_digest
from jwp.plans.models import BusinessLine


def calls(door: Door) -> dict[str, tuple[str, ...]]:
    now, today = timezone.now(), door.actor.today
    rules = {
        "business_line": BusinessLine.objects.get(ref="line"), "about": "City data", "gender_statement": "All show it.",
        "opens_at": now - timedelta(days=1), "closes_at": now + timedelta(days=20), "title": "Know your city",
    }  # fmt: skip
    published = {"state": "published", "published_on": today}
    row = door.add(Call(ref="know-your-city", **rules | published))
    door.add(Criterion(ref="idea", call=row, name="The idea"))
    draft = door.add(Call(ref="next-call", **rules))
    door.add(Criterion(ref="next-idea", call=draft, name="The idea"))
    door.add(Call(ref="portal", kind="outside", outside_url="https://portal.example", **rules | published))
    sits = door.add(PanelMember(ref="sits", call=row, person=Person.objects.get(ref="nora")))
    return {
        "call": (row.ref,), "draft call": (draft.ref,), "outside call": ("portal",),
        "place on a panel": (row.ref, sits.ref),
    } | _links(door, row)  # fmt: skip


def _links(door: Door, row: Call) -> dict[str, tuple[str, ...]]:
    """Of the one who owes a proposal also a file they sent."""
    found, today = {}, door.actor.today
    for ref, state in (("being-written", "draft"), ("owing-a-proposal", "in principle")):
        token = derive(ref, 1)
        made = door.add(
            Application(
                ref=ref, call=row, state=state, contact_email=f"{ref}@example.org", title="Safe ways",
                started_on=today, link_digest=token_digest(token), proposal_due=today + timedelta(days=9),
            )
        )  # fmt: skip
        found[ref] = (token,)
    kept = keep(SimpleUploadedFile("sent.pdf", b"%PDF-1.7\nsent")).row()
    door.add(Attachment(ref="sent", application=made, file=kept, added_on=today))
    return {
        "link of a draft": found["being-written"], "link of an application": found["owing-a-proposal"],
        "draft application": ("being-written",), "file by link": (*found["owing-a-proposal"], kept.sha256),
    }  # fmt: skip
