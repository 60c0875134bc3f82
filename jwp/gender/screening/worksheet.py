"""One worksheet: the proposal's own words, the sheets signed on it in this phase, and whose turn it is."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from django.conf import settings
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _

from jwp.core.access import GENDER_TEAM, SECRETARIAT, Actor
from jwp.core.models import Entry
from jwp.grants.actions.gate import in_time
from jwp.grants.actions.screening import Subject, asked, phase_of, readers, whole
from jwp.grants.models import Application, Attachment, FundedItem, Part
from jwp.grants.rules.marking import RESULT, STATEMENT
from jwp.grants.screening import by_gating_instruments
from jwp.instruments.editions import instrument as find
from jwp.instruments.models import AnswerSheet
from jwp.instruments.rules import Answer, Classes
from jwp.instruments.words import called
from jwp.partners.models import Person

Stage = AnswerSheet.Stage


@dataclass(frozen=True)
class Proposal:
    """What was handed in, under its headings, and where it stands."""

    sections: list[tuple[str, str]]
    files: list[Attachment]
    address: str

    @property
    def text(self) -> str:
        return "\n".join(text for _heading, text in self.sections)


def proposal_of(subject: Subject) -> Proposal:
    of = whole(subject)
    application = of if isinstance(of, Application) else of.application
    found: list[tuple[str, str]] = []
    if isinstance(subject, Part):
        found.append((_("What is marked"), str(subject)))
    if application is not None:
        found += [
            (_("Concept note"), application.summary),
            (_("Gender statement"), application.gender_statement),
            (_("Full proposal"), application.proposal),
        ]
    if isinstance(of, FundedItem):
        if application is None or of.purpose != application.summary:
            found.append((_("What it is for"), of.purpose))
        found.append((_("Objectives and activities"), "\n".join(map(str, of.parts.all()))))
    files = list(application.attachments.select_related("file")) if application is not None else []
    return Proposal(
        [(heading, text) for heading, text in found if text.strip()], files, settings.BASE_URL + page_of(of)
    )


def page_of(of: Application | FundedItem) -> str:
    return reverse("grants:application" if isinstance(of, Application) else "grants:item", args=[of.ref])


def linked(answers: Iterable[Answer], proposal: Proposal) -> list[Answer]:
    """A passage found word for word in the proposal links to the proposal, where no other link is given."""
    return [
        replace(one, link=proposal.address) if one.quote and not one.link and quoted(one.quote, proposal.text) else one
        for one in answers
    ]


def quoted(passage: str, text: str) -> bool:
    """Whether the text says this, word for word; spaces, line breaks and the kind of quotation mark do not count.

    >>> quoted("women  choose the “way”", 'Here women choose the "way".'), quoted(" ", "Here.")
    (True, False)
    """
    return bool(_plain(passage)) and _plain(passage) in _plain(text)


def _plain(text: str) -> str:
    text = re.sub("[“”«»„]", '"', unicodedata.normalize("NFC", text)).replace("’", "'")
    return " ".join(text.split()).casefold()


@dataclass(frozen=True)
class Turn:
    """Who may sign what now: `stage` is "" where this reader has nothing to sign, and `why` says what is waited for."""

    phase: str
    stage: str
    why: str
    instrument: Classes
    beside: dict[str, AnswerSheet]
    before: AnswerSheet | None  # agreed in an earlier phase: where marking again starts from
    readers: int


def turn(actor: Actor, subject: Subject) -> Turn:
    phase = phase_of(subject, actor.today)
    signed = in_time(
        AnswerSheet.objects.filter(by_gating_instruments(), subject=subject.ref, anonymous=False)
        .select_related("by")
        .prefetch_related("answers")
    )
    now = [sheet for sheet in signed if phase and sheet.phase == phase]
    asking = asked(subject, actor.today)
    # The version that was filled in stays, of the instrument that the gate asks for today.
    pinned = next((find(sheet.instrument) for sheet in reversed(now) if _same(sheet, asking)), None)
    asking = pinned if isinstance(pinned, Classes) else asking
    beside = {sheet.stage: sheet for sheet in now if sheet.instrument == asking.pin}
    earlier = [s for s in signed if s not in now and s.stage == Stage.AGREED and _same(s, asking)]
    need = readers(subject, actor.today)
    stage, why = _whose(actor, beside, need) if phase else ("", _("Nothing is screened in this state."))
    return Turn(phase, stage, why, asking, beside, earlier[-1] if earlier else None, need)


def _same(sheet: AnswerSheet, asking: Classes) -> bool:
    return sheet.instrument.startswith(f"{asking.id}@")


def _whose(actor: Actor, beside: dict[str, AnswerSheet], need: int) -> tuple[str, str]:
    """The stage this reader may sign, or what is waited for."""
    mine = {stage for stage, sheet in beside.items() if sheet.by_id == actor.person_id}
    team = actor.has(GENDER_TEAM)
    if Stage.AGREED in beside:
        if Stage.AGREED in mine and team:
            return Stage.AGREED, _("You agreed to this. You may still change it, and say why.")
        if need == 3 and team and not mine - {Stage.REVIEWED} and (Stage.REVIEWED not in beside or mine):
            return Stage.REVIEWED, ""  # the policy asked for a third reader only afterwards
        return "", _("Agreed. It changes in the next phase, or by whoever agreed.")
    if not actor.has(*SECRETARIAT):
        return "", _("Waits for the secretariat.")
    if Stage.SELF not in beside or Stage.SELF in mine:
        return Stage.SELF, ""
    if not team:
        return "", _("Waits for the gender team.")
    if need == 3 and (Stage.REVIEWED not in beside or Stage.REVIEWED in mine):
        return Stage.REVIEWED, ""
    return Stage.AGREED, ""


def start_from(now: Turn) -> AnswerSheet | None:
    """What the form opens with: this stage's own sheet, what was proposed, or what was agreed a phase earlier."""
    if now.stage in now.beside:
        return now.beside[now.stage]
    for stage in (Stage.AGREED, Stage.REVIEWED, Stage.SELF):
        if stage in now.beside:
            return now.beside[stage]
    return now.before


@dataclass(frozen=True)
class Told:
    """One signature, from the journal: what it said before and after, and why it changed."""

    at: datetime
    who: str
    instrument: str
    stage: str
    phase: str
    before: str
    after: str
    why: str


def history(ref: str) -> list[Told]:
    """Every signature on it, the newest first; of a sheet signed again, every score it has had."""
    kept = Q(instrument__startswith=f"{RESULT}@") | Q(instrument__startswith=f"{STATEMENT}@")
    rows = AnswerSheet.objects.filter(by_gating_instruments() | kept, subject=ref, anonymous=False)
    sheets = {sheet.ref: sheet for sheet in rows}
    entries = list(Entry.objects.filter(ref__in=sheets, verb="answer").order_by("-seq"))
    names = dict(Person.objects.filter(ref__in={entry.actor for entry in entries}).values_list("ref", "name"))
    found = []
    for entry in entries:
        sheet = sheets[entry.ref]
        changes = {name: (before, after) for name, before, after in entry.changes}
        before, after = changes.get("score", ("", ""))
        if "score" not in changes and "before" in entry.facts:
            before = after = _score_then(entries, entry)
        found.append(
            Told(
                entry.at, names.get(entry.actor, entry.actor), called(sheet.instrument), sheet.get_stage_display(),
                sheet.get_phase_display() if sheet.phase else "", before or "", after or "", entry.reason,
            )
        )  # fmt: skip
    return found


def _score_then(entries: Sequence[Entry], at: Entry) -> str:
    """The score a sheet had when an entry that did not change it was written: that of the latest entry before."""
    earlier = (one for one in entries if one.ref == at.ref and one.seq < at.seq)
    for one in earlier:
        for name, _before, after in one.changes:
            if name == "score":
                return str(after)
    return ""
