"""Progress reports: laid out with the agreement, filled by the grantee or one of us, accepted by somebody else."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from jwp.core.access import Actor
from jwp.core.door import Door, Refused, check, open_door
from jwp.evidence.files import Kept
from jwp.grants.actions.items import locked, require_writer
from jwp.grants.actions.links import tell_of_report
from jwp.grants.models import FundedItem, ProgressReport
from jwp.grants.rules.life import APPLICANT, REPORT
from jwp.grants.rules.money import due_after, faults_of_counts, spans

SPLIT = ("women", "men", "not_stated", "total")
OPEN = ("draft", "returned")


def schedule(actor: Actor, ref: str, *, every: int | None) -> list[ProgressReport]:
    """A report every so many months of the agreement, and one on its completion; those laid out already stay."""
    require_writer(actor)
    with open_door(actor) as door:
        item = locked(door, ref)
        if item.state != "signed":
            raise Refused(_("Reports are asked for once it is signed."))
        return schedule_reports(door, item, every)


def schedule_reports(door: Door, item: FundedItem, every: int | None) -> list[ProgressReport]:
    assert item.starts and item.ends  # it is signed
    here = list(item.reports.all())
    wanted = spans(item.starts, item.ends, every) if every else []
    rows = [
        ProgressReport(item=item, starts=span.starts, ends=span.ends, due=span.due)
        for span in wanted
        if not any(row.kind == "progress" and row.starts <= span.ends and span.starts <= row.ends for row in here)
    ]
    if not any(row.kind == "completion" for row in here):
        rows.append(
            ProgressReport(
                item=item, kind="completion", starts=item.starts, ends=item.ends, due=due_after(item.ends)
            )
        )  # fmt: skip
    return door.add_all(rows)


def move_completion(door: Door, item: FundedItem, ends: date) -> None:
    """An extension moves the completion report nobody has sent yet."""
    row = item.reports.filter(kind="completion", state__in=OPEN).first()
    if row is not None:
        door.change(row, "move", ends=ends, due=due_after(ends))


def add_report(actor: Actor, ref: str, *, kind: str, starts: date, ends: date, due: date) -> ProgressReport:
    """One more report by hand."""
    require_writer(actor)
    with open_door(actor) as door:
        item = locked(door, ref)
        if item.state not in ("signed", "completed"):
            raise Refused(_("Reports are asked for once it is signed."))
        if kind == ProgressReport.Kind.COMPLETION and item.reports.filter(kind=kind).exists():
            raise Refused(_("It has a completion report already."))
        row = ProgressReport(item=item, kind=kind, starts=starts, ends=ends, due=due)
        check(row)
        return door.add(row)


def write(
    actor: Actor,
    ref: str,
    revision: int | None = None,
    kept: Kept | None = None,
    *,
    submit: bool = True,
    once: str = "",
    **fields: Any,
) -> ProgressReport:
    """Keep what was written, and hand it in if `submit`. The same form sent twice counts once (`once`)."""
    with open_door(actor) as door:
        row = door.lock(ProgressReport, ref, None, "item__application")
        _may_write(actor, row.item)
        if once and row.once == once:
            return row
        door.lock(ProgressReport, ref, revision)
        if row.state not in OPEN:
            raise Refused(_("This report was handed in: it can no longer be changed."))
        if kept:
            fields["file"] = kept.row()
        check(row, **fields)
        fields |= {"draft": {}}
        if not submit:
            return door.change(row, **fields)
        _counted(row, fields)
        facts = {"what was done"} if str(fields.get("done", row.done)).strip() else set[str]()
        by = APPLICANT if actor.via == "link" else actor.ref
        return door.step(
            row, REPORT, "submit", roles=_roles(actor), facts=facts, submitted_on=actor.today, submitted_by=by,
            returned_because="", once=once, **fields,
        )  # fmt: skip


def _may_write(actor: Actor, item: FundedItem) -> None:
    if actor.via == "link":
        if actor.ref not in (item.ref, item.application.ref if item.application else item.ref):
            raise Refused(_("%(ref)s does not exist.") % {"ref": item.ref})
    else:
        require_writer(actor)


def _roles(actor: Actor) -> frozenset[str]:
    return frozenset({APPLICANT}) if actor.via == "link" else actor.roles


def _counted(row: ProgressReport, fields: dict[str, Any]) -> None:
    """Women and men are counted, or somebody says why not. What was not counted is not zero."""
    counts = [fields.get(name, getattr(row, name)) for name in SPLIT]
    if faults := faults_of_counts(*counts):
        raise Refused(*(_(fault) for fault in faults))
    if any(count is None for count in counts[:2]) and not fields.get("not_counted_because", row.not_counted_because):
        raise Refused(_("Give how many women and how many men, or say why they were not counted."))


def decide(actor: Actor, ref: str, verb: str, revision: int | None = None, *, reason: str = "") -> ProgressReport:
    """Accept a report or return it with what must be mended. Whoever handed it in does not accept it."""
    with open_door(actor) as door:
        row = door.lock(ProgressReport, ref, revision, "item__application")
        locked(door, row.item.ref)
        facts = {"a reason"} if reason.strip() else set[str]()
        if row.submitted_by != actor.ref:
            facts.add("somebody else's report")
        fields: dict[str, Any] = {"returned_because": reason} if verb == "return" else {"accepted_on": actor.today}
        door.step(row, REPORT, verb, roles=actor.roles, facts=facts, reason=reason, **fields)
        tell_of_report(door, row, reason if verb == "return" else "")
        return row
