"""Applications in the states that their addresses need. Otto sits on the panel; one applicant is his organisation."""

from __future__ import annotations

from datetime import timedelta

from django.core.files.uploadedfile import SimpleUploadedFile

from jwp.core.door import Door
from jwp.evidence.files import keep
from jwp.grants.models import Application, Attachment, Call, Criterion, PanelMember, PanelReview, Sponsor
from jwp.partners.models import Organisation, Person
from jwp.plans.models import BusinessLine


def applications(door: Door) -> dict[str, tuple[str, ...]]:
    today, line = door.actor.today, BusinessLine.objects.get(ref="line")
    later = today + timedelta(days=9)
    otto, nora = (Person.objects.get(ref=ref) for ref in ("otto", "nora"))
    works = door.add(Organisation(ref="works", name="City works"))
    door.change(otto, organisation=works)
    calls, members = {}, {}
    for ref, kind in (("scored-call", "grant"), ("prize-call", "prize")):
        call = calls[kind] = door.add(
            Call(ref=ref, kind=kind, title=ref, about="…", business_line=line, state="closed")
        )
        door.add(Criterion(ref=f"{ref}-idea", call=call, name="The idea"))
        members[kind] = door.add(PanelMember(ref=f"nora-{kind}", call=call, person=nora))
    door.add(PanelMember(ref="otto-grant", call=calls["grant"], person=otto))

    def one(ref: str, state: str, kind: str = "grant", **fields: object) -> Application:
        given = {"contact_email": "who@example.org", "started_on": today, "comments_due": later, "proposal_due": later}
        return door.add(Application(ref=ref, call=calls[kind], title=ref, state=state, **given | fields))

    checked, eligible, entry = (
        one("to-check", "submitted"),
        one("to-decide", "eligible"),
        one("entry", "eligible", "prize"),
    )
    one("of-ottos", "eligible", organisation=works)
    one("invited", "in principle")
    one("to-appraise", "proposed")
    for row, kind in ((eligible, "grant"), (entry, "prize")):
        door.add(PanelReview(application=row, member=members[kind], points={}, submitted_on=today))
    other = one("conflicted", "eligible")
    door.add(PanelReview(ref="declared", application=other, member=members["grant"], conflict=True))
    door.add(Sponsor(ref="stands-behind", application=checked, organisation=Organisation.objects.get(ref="member")))
    kept = keep(SimpleUploadedFile("note.pdf", b"%PDF-1.7\nnote")).row()
    door.add(Attachment(ref="note", application=eligible, kind=Attachment.Kind.CONCEPT, file=kept, added_on=today))
    return {
        "submitted application": ("to-check",), "eligible application": ("to-decide",), "otto's own": ("of-ottos",),
        "invited application": ("invited",), "proposed application": ("to-appraise",), "prize entry": ("entry",),
        "sponsor": ("stands-behind",), "declared conflict": ("declared",), "scored call": ("scored-call",),
        "application file": ("to-decide", kept.sha256),
    }  # fmt: skip
