"""Programmes that an address can name: one under way with its concept note, one dropped, two of members' own."""

from __future__ import annotations

from jwp.core.door import Door
from jwp.evidence.models import Document
from jwp.grants.models import MemberProgramme, Programme, ProgrammeMember
from jwp.partners.models import Organisation
from jwp.plans.models import BusinessLine


def programmes(door: Door) -> dict[str, tuple[str, ...]]:
    member, other = Organisation.objects.get(ref="member"), door.add(Organisation(ref="other", name="Another member"))
    concept = door.add(Document(ref="concept", title="Concept note", version="1", url="https://example.org/concept"))
    about = {"business_line": BusinessLine.objects.get(ref="line"), "starts": door.actor.today}
    made = door.add(Programme(ref="programme", name="Equal streets", kind="joint", concept=concept, **about))
    door.add(ProgrammeMember(ref="chairs", programme=made, organisation=member, role="chair"))
    door.add(Programme(ref="running", name="Streets at night", kind="country", state="running", **about))
    door.add(Programme(ref="dropped", name="Dropped", kind="global", state="dropped", **about))
    for ref, organisation in (("own", member), ("of-another", other)):
        door.add(MemberProgramme(ref=ref, organisation=organisation, title="Night buses", contact="Zoe"))
    return {
        "programme": ("programme",), "running programme": ("running",), "dropped programme": ("dropped",),
        "member's programme": ("own",), "another's programme": ("of-another",), "concept note": ("concept",),
    }  # fmt: skip
