"""What is done with an application after it was submitted, until it is refused or becomes a funded item.

Every step is one of `rules.life.APPLICATION`; the facts it needs are gathered here, once.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from jwp.core.access import Actor
from jwp.core.door import Door, Refused, check, open_door
from jwp.grants.access import WRITERS, roles_for, visible_applications
from jwp.grants.actions.applicant_link import with_link
from jwp.grants.actions.donor import comments_over
from jwp.grants.actions.gate import passage_for
from jwp.grants.actions.letters import tell_applicant, tell_sponsors
from jwp.grants.actions.screening import marker_of
from jwp.grants.models import Application, Call, Check, FundedItem, Sponsor
from jwp.grants.rules.deadlines import business_day_after, proposal_due
from jwp.grants.rules.life import APPLICATION
from jwp.grants.words import PLACES
from jwp.partners.models import Organisation

IN_PRINCIPLE = "approve in principle"
RELATED = ("call__business_line", "call__programme", "call__theme", "call__fund", "call__manager", "organisation",
           "country")  # fmt: skip


def facts_of(application: Application, today: date) -> frozenset[str]:
    """Which needs of its steps are met; not what is given on the way (a reason, a check, an appraisal)."""
    prize = application.call.kind == Call.Kind.PRIZE
    facts = {"a prize call" if prize else "a call that gives grants"}
    if application.reviews.filter(conflict=False, submitted_on__isnull=False).exists():
        facts.add("a panel review")
    if application.state == "eligible":
        if comments_over(application, today):
            facts.add("the end of donor comments")
        if passage_for(application, IN_PRINCIPLE, today).open:
            facts.add("the gate")
    return frozenset(facts)


def find(
    actor: Actor,
    ref: str,
    revision: int | None = None,
    *,
    eligible: bool,
    findings: Sequence[Mapping[str, Any]] = (),
    note: str = "",
) -> Application:
    """Say whether it meets the call's rules. Eligible starts the donors' clock and opens the panel's scoring.

    `findings` are what the rules say, {"rule": …, "met": …, "said": …}; where they cannot tell, a person has.
    """
    with open_door(actor) as door:
        application, roles = _lock(door, ref, revision)
        unsaid = [str(finding["said"]) for finding in findings if finding["met"] is None]
        if unsaid:
            raise Refused(*(_("Somebody must look: %(rule)s") % {"rule": rule} for rule in unsaid))
        if eligible and not note.strip() and not all(finding["met"] for finding in findings):
            raise Refused(_("It does not meet every rule: say why it is eligible all the same."))
        clock: dict[str, Any] = {"decided_because": "" if eligible else note}
        if eligible and application.call.kind != Call.Kind.PRIZE:
            clock |= _clock(application.call, actor.today)
        verb = "find eligible" if eligible else "find ineligible"
        facts = {"an eligibility check"} | _given(note)
        door.step(application, APPLICATION, verb, roles=roles, facts=facts, reason=note, **clock)
        door.add(
            Check(
                application=application, findings=[dict(finding) for finding in findings], eligible=eligible,
                note=note, by_id=actor.person_id, on=actor.today,
            )
        )  # fmt: skip
        tell_applicant(door, application, verb, note)
    return application


def recommend(actor: Actor, ref: str, revision: int | None = None) -> Application:
    """Ask the members a second time, about what the panel's result speaks for: their clock starts anew."""
    with open_door(actor) as door:
        application, _roles = _lock(door, ref, revision)
        _only_writers(actor)
        if application.state != "eligible" or application.recommended_on is not None:
            raise Refused(_("Only what is eligible and not recommended yet can be recommended."))
        if application.call.kind == Call.Kind.PRIZE:
            raise Refused(_("Members do not comment on the entries for a prize."))
        if "a panel review" not in facts_of(application, actor.today):
            raise Refused(_("No panel member has submitted a review yet."))
        fields: dict[str, Any] = {"recommended_on": actor.today} | _clock(application.call, actor.today)
        return door.change(application, "recommend", **fields)


def approve(actor: Actor, ref: str, revision: int | None = None) -> Application:
    """In principle: the applicant and the sponsors' focal points are told until when the full proposal is due."""
    with open_door(actor) as door:
        application, roles = _lock(door, ref, revision)
        facts = facts_of(application, actor.today)
        due = proposal_due(actor.today, application.call.proposal_months)
        dated: dict[str, Any] = {"approved_on": actor.today, "proposal_due": due}
        door.step(application, APPLICATION, IN_PRINCIPLE, roles=roles, facts=facts, **dated)
        with_link(door, application)
        tell_applicant(door, application, IN_PRINCIPLE)
        tell_sponsors(door, application)
    return application


def award(actor: Actor, ref: str, revision: int | None = None, *, place: str, category: str = "") -> Application:
    """A place in a prize, of a category where it has several."""
    if place not in PLACES:
        raise Refused(_("Choose a place."))
    with open_door(actor) as door:
        application, roles = _lock(door, ref, revision)
        said = f"{place}: {category.strip()}".removesuffix(": ")
        check(application, award=said)
        facts = facts_of(application, actor.today)
        door.step(application, APPLICATION, "award", roles=roles, facts=facts, award=said)
        tell_applicant(door, application, "award")
    return application


def extend(actor: Actor, ref: str, revision: int | None = None, *, due: date, reason: str) -> Application:
    """More time for the full proposal."""
    with open_door(actor) as door:
        application, _roles = _lock(door, ref, revision)
        _only_writers(actor)
        if application.state != "in principle":
            raise Refused(_("Only a full proposal that is still due can be given more time."))
        if due < actor.today or (application.proposal_due and due <= application.proposal_due):
            raise Refused(_("Choose a later day than %(day)s.") % {"day": _day(application.proposal_due)})
        if not reason.strip():
            raise Refused(_("Say why it is given more time."))
        door.change(application, "extend", reason=reason, proposal_due=due)
        tell_applicant(door, application, "extend", reason)
    return application


def send_back(
    actor: Actor, ref: str, revision: int | None = None, *, reason: str, due: date | None = None
) -> Application:
    """The full proposal must be mended; a new day where the old one is over."""
    with open_door(actor) as door:
        application, roles = _lock(door, ref, revision)
        due = due or application.proposal_due
        if due is None or due < actor.today:
            raise Refused(_("Give a new day: the full proposal was due on %(day)s.") % {"day": _day(due)})
        back = {"proposal_due": due, "proposed_on": None}
        door.step(application, APPLICATION, "send back", roles=roles, facts=_given(reason), reason=reason, **back)
        tell_applicant(door, application, "send back", reason)
    return application


def appraise(actor: Actor, ref: str, revision: int | None = None, *, appraisal: str) -> FundedItem:
    """It becomes a funded item with the same reference, so that letters, screening and journal stay together."""
    with open_door(actor) as door:
        application, roles = _lock(door, ref, revision)
        facts = {"an appraisal"} if appraisal.strip() else set[str]()
        door.step(application, APPLICATION, "appraise", roles=roles, facts=facts, appraisal=appraisal)
        call = application.call
        item = FundedItem(
            ref=application.ref, kind=FundedItem.Kind.COMPETITIVE, title=application.title,
            purpose=application.summary, business_line=call.business_line, programme=call.programme,
            theme=call.theme, fund=call.fund, manager=call.manager, application=application,
            partner=application.applicant, organisation=application.organisation, country=application.country,
            minor=application.requested, currency=call.currency, starts=application.starts, ends=application.ends,
            **marker_of(application.ref),
        )  # fmt: skip
        check(item)
        door.add(item, verb="appraise")
        tell_applicant(door, application, "appraise")
    return item


def settle(actor: Actor, ref: str, verb: str, revision: int | None = None, *, reason: str) -> Application:
    """The steps that only ask for a reason: reject, withdraw, cancel, reconsider. The applicant is told it."""
    with open_door(actor) as door:
        application, roles = _lock(door, ref, revision)
        because = {"decided_because": "" if verb == "reconsider" else reason}
        door.step(application, APPLICATION, verb, roles=roles, facts=_given(reason), reason=reason, **because)
        if actor.ref != application.ref:  # who withdraws by their own link knows
            tell_applicant(door, application, verb, reason)
    return application


def register(actor: Actor, ref: str, revision: int | None = None, *, organisation: Organisation | None) -> Application:
    """Say which organisation of the register applies: a panel member of it never meets the application again."""
    with open_door(actor) as door:
        application, _roles = _lock(door, ref, revision)
        _only_writers(actor)
        return door.change(application, "register", organisation=organisation)


def confirm_sponsor(actor: Actor, ref: str) -> Sponsor:
    """The member said that it stands behind the application."""
    with open_door(actor) as door:
        sponsor = door.lock(Sponsor, ref, None, "application")
        _lock(door, sponsor.application.ref, None)
        _only_writers(actor)
        return door.change(sponsor, "confirm", confirmed_on=sponsor.confirmed_on or actor.today)


def _lock(door: Door, ref: str, revision: int | None) -> tuple[Application, frozenset[str]]:
    """The row and the actor's roles in it. Whoever may not see it is told what a stranger is told."""
    actor = door.actor
    seen = actor.ref == ref if actor.via == "link" else visible_applications(actor).filter(ref=ref).exists()
    if not seen:
        raise Refused(_("%(ref)s does not exist.") % {"ref": ref})
    application = door.lock(Application, ref, revision, *RELATED)
    return application, roles_for(actor, application)


def _only_writers(actor: Actor) -> None:
    if not actor.has(*WRITERS):
        raise Refused(_("Only the secretariat may do this."))


def _clock(call: Call, today: date) -> dict[str, date]:
    return {"comments_from": today, "comments_due": business_day_after(today, call.comment_days)}


def _given(reason: str) -> set[str]:
    return {"a reason"} if reason.strip() else set()


def _day(day: date | None) -> str:
    return date_format(day, pgettext("date", "j M Y")) if day else "–"
