"""A full proposal that reached the secretariat some other way than by the applicant's link."""

from __future__ import annotations

from collections.abc import Sequence

from jwp.core.access import Actor
from jwp.core.door import open_door
from jwp.evidence.files import Kept
from jwp.grants.actions.apply import keep_proposal, propose
from jwp.grants.models import Application


def record_proposal(
    actor: Actor, ref: str, revision: int | None = None, *, proposal: str, files: Sequence[Kept] = ()
) -> Application:
    """Kept and sent in one, as whoever received it says."""
    with open_door(actor):
        keep_proposal(actor, ref, proposal, files, revision)
        return propose(actor, ref)
