"""What an applicant does without an account, behind a personal link: draft, submit, withdraw, propose."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from copy import copy
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from jwp.core.access import Actor
from jwp.core.door import Door, Refused, check, open_door
from jwp.core.mail import write_letter
from jwp.core.models import Letter, new_ref
from jwp.evidence.files import Kept
from jwp.grants.access import link_actor
from jwp.grants.actions.applicant_link import address, derive, letter_language, with_link
from jwp.grants.actions.call import require_writer
from jwp.grants.actions.eligibility import clock_of, facts_of, rules_of
from jwp.grants.call_words import instant, lacking
from jwp.grants.models import Application, Attachment, Call, CoApplicant, Sponsor
from jwp.grants.rules.eligibility import missing
from jwp.grants.rules.life import APPLICANT, APPLICATION
from jwp.partners.models import Organisation, token_digest

LETTERS_A_DAY = 3  # to one address about one call
ATTACHMENTS = 12
TYPED_LIMIT = 20_000  # characters of one field


@dataclass(frozen=True)
class Parts:
    """What was sent with the form beside its fields. `remove` are refs of sponsors and attachments."""

    co_applicants: Sequence[tuple[str, str]] | None = None
    sponsor: Organisation | None = None
    sponsor_role: str = ""
    sponsor_letter: Kept | None = None
    letters: Mapping[str, Kept] = field(default_factory=dict)  # for sponsors named before, by ref
    attachments: Sequence[tuple[str, Kept]] = ()
    remove: frozenset[str] = frozenset()


def find(token: str) -> Application | None:
    """The application that a link opens."""
    rows = Application.objects.select_related("call", "country", "organisation")
    found: Application | None = rows.filter(link_digest=token_digest(token)).first()
    return found


def is_open(call: Call, now: datetime) -> bool:
    return call.state == "published" and call.kind != Call.Kind.OUTSIDE and clock_of(call, now) == "open"


def ask_for_link(call_ref: str, email: str, language: str, today: date, now: datetime) -> None:
    """Send the links of this address's applications to this call, a new draft's if there is none.

    Nothing comes back: whoever asks is not told whether the address applied before, nor that it asked too often.
    """
    email = email.strip().lower()
    stranger = Actor(today, frozenset({APPLICANT}), ref="applicant", name="applicant", via="public page")
    with open_door(stranger) as door:
        call = door.lock(Call, call_ref)
        sent = f"apply:{call.ref}:{hashlib.sha256(email.encode()).hexdigest()[:16]}:{today}:"
        before = Letter.objects.filter(key__startswith=sent).count()
        if before >= LETTERS_A_DAY:
            return
        rows = call.applications.filter(contact_email__iexact=email, outside_ref="").order_by("pk")
        found = [with_link(door, row) for row in rows]
        if not found and is_open(call, now):
            found = [_start(door, call, email, language)]
        if found:
            subject, body = _link_letter(call, found)
            write_letter(door, key=f"{sent}{before}", to=email, subject=subject[:300], body=body)


def _start(door: Door, call: Call, email: str, language: str) -> Application:
    ref = new_ref(Application.prefix)
    spoken = language if language in call.languages or not call.languages else call.languages[0]
    return door.add(
        Application(
            ref=ref, call=call, contact_email=email, language=spoken, started_on=door.actor.today,
            link_digest=token_digest(derive(ref, 1)),
        ),
        verb="start",
    )  # fmt: skip


def _link_letter(call: Call, applications: Sequence[Application]) -> tuple[str, str]:
    with translation.override(letter_language(applications[0])):
        lines = [_("Here is your personal link for the call “%(call)s”:") % {"call": call.title}, ""]
        for application in applications:
            name = application.title or application.draft.get("title", "") or _("your application")
            lines += [f"{name} ({_(application.state)})", address(application), ""]
        if call.closes_at and any(application.state == "draft" for application in applications):
            lines.append(_("The call closes on %(when)s.") % {"when": instant(call.closes_at, call.zone)})
        lines += [
            _("What you write is saved, and you can come back to it by this link. Please do not pass it on."),
            "",
            _("You did not ask for this? Then do nothing: nobody sees what is not sent."),
        ]
        return _("Your application: %(call)s") % {"call": call.title}, "\n".join(lines)


def replace_link(actor: Actor, ref: str) -> Application:
    """The old link stops working; a letter brings the new one."""
    require_writer(actor)
    with open_door(actor) as door:
        application = door.lock(Application, ref, None, "call")
        if not application.contact_email:
            raise Refused(_("There is no e-mail address to send a link to."))
        number = application.link_number + 1
        door.change(
            application, "replace link", link_number=number, link_digest=token_digest(derive(application.ref, number))
        )
        subject, body = _link_letter(application.call, [application])
        key = f"link:{application.ref}:{number}"
        write_letter(door, key=key, to=application.contact_email, subject=subject[:300], body=body)
        return application


def save(
    actor: Actor, ref: str, typed: Mapping[str, str], parts: Parts | None = None, revision: int | None = None
) -> Application:
    """Keep what is typed, as typed, right or wrong, and what came with it. Newer text is never overwritten."""
    with open_door(actor) as door:
        application = door.lock(Application, ref, revision, "call")
        _require_applicant(actor, application)
        if application.state != "draft":
            raise Refused(_("This application was sent: it stays as it is."))
        draft = {name: text[:TYPED_LIMIT] for name, text in typed.items() if text}
        door.change(application, draft=draft)
        if parts is not None:
            _keep_parts(door, application, parts)
        return application


def _require_applicant(actor: Actor, application: Application) -> None:
    if not (actor.via == "link" and actor.ref == application.ref):
        require_writer(actor)


def _keep_parts(door: Door, application: Application, parts: Parts) -> None:
    if parts.co_applicants is not None:
        _set_co_applicants(door, application, parts.co_applicants)
    sponsors = {row.ref: row for row in application.sponsors.all()}
    attachments = {row.ref: row for row in application.attachments.all()}
    for ref in parts.remove:
        if row := sponsors.pop(ref, None) or attachments.pop(ref, None):
            door.take_back(row, reason="removed by who applies")
    for ref, letter in parts.letters.items():
        if row := sponsors.get(ref):
            door.change(row, "add letter", letter=letter.row())
    if parts.sponsor is not None:
        _name_sponsor(door, application, list(sponsors.values()), parts)
    if len(attachments) + len(parts.attachments) > ATTACHMENTS:
        raise Refused(_("At most %(n)d files. Remove one first.") % {"n": ATTACHMENTS})
    for kind, kept in parts.attachments:
        row = Attachment(application=application, kind=kind, file=kept.row(), added_on=door.actor.today)
        door.add(row)


def _name_sponsor(door: Door, application: Application, before: Sequence[Sponsor], parts: Parts) -> None:
    letter = parts.sponsor_letter.row() if parts.sponsor_letter else None
    named = next((row for row in before if row.organisation_id == parts.sponsor.pk), None)  # type: ignore[union-attr]
    if named is None:
        door.add(
            Sponsor(application=application, organisation=parts.sponsor, role=parts.sponsor_role[:500], letter=letter)
        )
    else:
        door.change(named, role=parts.sponsor_role[:500] or named.role, letter=letter or named.letter)


def _set_co_applicants(door: Door, application: Application, wanted: Sequence[tuple[str, str]]) -> None:
    before = [(row.name, row.role) for row in application.co_applicants.all()]
    after = [(name[:250], role[:250]) for name, role in wanted if name]
    if before == after:
        return
    for row in application.co_applicants.all():
        row.delete()
    for name, role in after:
        CoApplicant(application=application, name=name, role=role).save()
    door.note("name co-applicants", application, co_applicants=[list(pair) for pair in after])


def submit_facts(application: Application, now: datetime) -> set[str]:
    """What the step `submit` needs, of the application as it stands in this instance."""
    facts = {"an open call"} if is_open(application.call, now) else set()
    if not missing(rules_of(application.call), facts_of(application, now)):
        facts.add("a complete concept note")
    return facts


def submit(actor: Actor, ref: str, values: Mapping[str, Any], once: str, now: datetime) -> Application:
    """Send the concept note. Sent twice with the same `once`, it counts once."""
    once = once.replace("\0", "")[:64]
    with open_door(actor) as door:
        application = door.lock(Application, ref, None, "call", "country")
        _require_applicant(actor, application)
        if once and application.once == once and application.state != "draft":
            return application
        if application.state != "draft":
            raise Refused(_("This application was sent before: it stays as it was."))
        if not is_open(application.call, now):
            raise Refused(why_not_open(application.call, now))
        check(application, **values)
        sent = with_values(application, values)
        if lacks := missing(rules_of(application.call), facts_of(sent, now)):
            raise Refused(*(_("Still missing: %(what)s.") % {"what": what} for what in lacking(lacks)))
        door.step(
            application, APPLICATION, "submit", roles=_roles(actor), facts=submit_facts(sent, now),
            **values, submitted_at=now, once=once, draft={},
        )  # fmt: skip
        if application.contact_email:
            subject, body = _thanks(application, now)
            key = f"submitted:{application.ref}"
            write_letter(door, key=key, to=application.contact_email, subject=subject[:300], body=body)
        return application


def type_in(
    actor: Actor,
    call_ref: str,
    received: datetime,
    values: Mapping[str, Any],
    parts: Parts = Parts(),
) -> Application:
    """An application that came on paper or by e-mail, typed by staff: in time where it came in time."""
    with open_door(actor) as door:
        call = door.lock(Call, call_ref)
        if received > door.at:
            raise Refused(_("It cannot have come later than now."))
        if not is_open(call, received):
            raise Refused(why_not_open(call, received))
        application = door.add(Application(call=call, started_on=actor.today, **values), verb="type in")
        _keep_parts(door, application, parts)
        if lacks := missing(rules_of(call), facts_of(application, received)):
            raise Refused(*(_("Still missing: %(what)s.") % {"what": what} for what in lacking(lacks)))
        facts = submit_facts(application, received)
        return door.step(application, APPLICATION, "submit", roles=actor.roles, facts=facts, submitted_at=received)


def with_values(application: Application, values: Mapping[str, Any]) -> Application:
    """The application as it would stand with these values; the row itself stays."""
    changed = copy(application)
    for name, value in values.items():
        setattr(changed, name, value)
    return changed


def _roles(actor: Actor) -> frozenset[str]:
    return frozenset({APPLICANT}) if actor.via == "link" else actor.roles


def why_not_open(call: Call, now: datetime) -> str:
    """When the call was or will be open, in its own zone."""
    standing = clock_of(call, now)
    if call.state == "cancelled":
        return _("This call is cancelled. Your text is kept here.")
    if standing == "coming" and call.opens_at:
        return _("The call opens on %(when)s. Your text is kept here.") % {"when": instant(call.opens_at, call.zone)}
    if standing == "closed" and call.closes_at:
        closed = instant(call.closes_at, call.zone)
        return _("The call closed on %(when)s: nothing can be sent any more. Your text is kept here.") % {
            "when": closed
        }
    return _("This call takes no applications here. Your text is kept here.")


def _thanks(application: Application, now: datetime) -> tuple[str, str]:
    with translation.override(letter_language(application)):
        call = application.call
        lines = [
            _("We have your application “%(title)s” to the call “%(call)s”, received on %(when)s.")
            % {"title": application.title, "call": call.title, "when": instant(now, call.zone)},
            "",
            _("Your link shows how it stands: %(link)s") % {"link": address(application)},
        ]
        return _("Received: %(title)s") % {"title": application.title}, "\n".join(lines)


def keep_proposal(
    actor: Actor, ref: str, proposal: str, files: Sequence[Kept] = (), revision: int | None = None
) -> Application:
    """Keep the full proposal, sent or not: also after its day, so that nothing typed is lost."""
    with open_door(actor) as door:
        application = door.lock(Application, ref, revision)
        _require_applicant(actor, application)
        if application.state != "in principle":
            raise Refused(_("A full proposal is asked for once the concept note is approved in principle."))
        if application.attachments.count() + len(files) > ATTACHMENTS:
            raise Refused(_("At most %(n)d files. Remove one first.") % {"n": ATTACHMENTS})
        for kept in files:
            kind = Attachment.Kind.PROPOSAL
            door.add(Attachment(application=application, kind=kind, file=kept.row(), added_on=actor.today))
        return door.change(application, proposal=proposal)


def propose(actor: Actor, ref: str) -> Application:
    """Send the full proposal that was kept, while it is due. Late is late, unless staff moved the day."""
    with open_door(actor) as door:
        application = door.lock(Application, ref)
        _require_applicant(actor, application)
        due = application.proposal_due
        if application.state == "in principle" and due and actor.today > due:
            raise Refused(
                _("The full proposal was due on %(day)s. Your text is kept; ask the secretariat for more time.")
                % {"day": date_format(due, "j F Y")}
            )
        return door.step(
            application, APPLICATION, "propose", roles=_roles(actor), facts=propose_facts(application),
            proposed_on=actor.today,
        )  # fmt: skip


def propose_facts(application: Application) -> set[str]:
    full = application.proposal.strip() or application.attachments.filter(kind=Attachment.Kind.PROPOSAL).exists()
    return {"a full proposal"} if full else set()


def applicant(application: Application, today: date) -> Actor:
    """Who holds the link of this application."""
    return link_actor(application.ref, today)
