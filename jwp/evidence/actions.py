"""What is written here: documents and their versions, sources, events, approvals; products and their use; runs.

What a run computes is written by `tasks`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from django.db.models import F, Q
from django.utils.translation import gettext as _

from jwp.core.access import DIRECTOR, FOCAL_POINT, GENDER_TEAM, SECRETARIAT, Actor, system
from jwp.core.door import Door, Refused, open_door
from jwp.evidence.access import RECORDERS, WRITERS
from jwp.evidence.files import Kept
from jwp.evidence.models import (
    Approval,
    Document,
    Event,
    EventOrganiser,
    Product,
    ProductDownloads,
    ProductUse,
    Run,
    RunFigure,
    RunFile,
    Source,
)
from jwp.evidence.rules import CITY, NO_SMALL, REASON, RUN, SMALLEST, TOLD_A_DAY, USE
from jwp.partners.models import Body, Organisation, Person


def may_write(actor: Actor) -> None:
    if not actor.has(*WRITERS):
        raise Refused(_("Only the secretariat keeps documents, sources and events."))


def add_document(actor: Actor, kept: Kept | None = None, **fields: Any) -> Document:
    may_write(actor)
    _readable(kept, fields)
    with open_door(actor) as door:
        return door.add(Document(**fields, **_file(kept)))


def new_version(actor: Actor, ref: str, revision: int | None, kept: Kept | None = None, **fields: Any) -> Document:
    """The next version of a document. The old one stays readable and says by what it was superseded."""
    may_write(actor)
    _readable(kept, fields)
    with open_door(actor) as door:
        old = door.lock(Document, ref, revision)
        if newer := Document.objects.filter(supersedes=old).first():
            raise Refused(_("%(document)s has a newer version already: %(newer)s.") % {"document": old, "newer": newer})
        if old.version and old.version == fields.get("version"):
            raise Refused(_("Version %(version)s exists: name the new one differently.") % {"version": old.version})
        return door.add(Document(supersedes=old, **fields, **_file(kept)), verb="new version")


def change_document(actor: Actor, ref: str, revision: int | None, kept: Kept | None = None, **fields: Any) -> Document:
    """Put a record right. A file once kept is not replaced: another file is another version."""
    may_write(actor)
    with open_door(actor) as door:
        document = door.lock(Document, ref, revision, "file")
        if kept and document.file and document.file.sha256 != kept.sha256:
            raise Refused(_("This version has its file. Add a new version for another file."))
        if not (kept or document.file):
            _readable(kept, fields)
        return door.change(document, **fields, **_file(kept))


def _readable(kept: Kept | None, fields: dict[str, Any]) -> None:
    if kept is None and not fields.get("url"):
        raise Refused(_("Give the file, or a link to it."))


def _file(kept: Kept | None) -> dict[str, Any]:
    return {"file": kept.row()} if kept else {}


def approve(
    door: Door, body: Body, subject: str, on: date, reference: str = "", document: Document | None = None
) -> Approval:
    """Write down that a body approved the row of this ref. Whoever needs a body's authority points at it."""
    if not door.actor.has(*RECORDERS):
        raise Refused(_("Only the director, the gender team or an administrator writes down what a body approved."))
    if on > door.actor.today:
        raise Refused(_("An approval cannot lie in the future: %(day)s.") % {"day": on})
    return door.add(
        Approval(
            subject=subject, body=body, on=on, reference=reference, document=document,
            recorded_by_id=door.actor.person_id,
        ),
        verb="approve",
    )  # fmt: skip


def approve_document(actor: Actor, ref: str, body: Body, on: date, reference: str = "") -> Approval:
    """An approval given outside the meetings kept here, such as before this system."""
    with open_door(actor) as door:
        document = door.lock(Document, ref)
        if document.dated and on < document.dated:
            raise Refused(_("This version is dated %(day)s, after that approval.") % {"day": document.dated})
        return approve(door, body, document.ref, on, reference, document)


def keep_source(actor: Actor, source: Source | None, revision: int | None = None, **fields: Any) -> Source:
    """Add a source, or put the given one right."""
    may_write(actor)
    with open_door(actor) as door:
        if source is None:
            return door.add(Source(**fields))
        return door.change(door.lock(Source, source.ref, revision), **fields)


def keep_event(
    actor: Actor,
    event: Event | None,
    organisers: Sequence[Organisation],
    revision: int | None = None,
    **fields: Any,
) -> Event:
    """Add an event with its organisers, or put the given one right."""
    may_write(actor)
    if fields.get("ends") and fields["ends"] < fields["starts"]:
        raise Refused(_("An event cannot end before it starts."))
    with open_door(actor) as door:
        if event is None:
            event = door.add(Event(**fields))
        else:
            event = door.change(door.lock(Event, event.ref, revision), **fields)
        _organise(door, event, organisers)
        return event


def _organise(door: Door, event: Event, organisers: Sequence[Organisation]) -> None:
    before = {row.organisation_id: row for row in EventOrganiser.objects.filter(event=event)}
    now = {organisation.pk for organisation in organisers}
    if before.keys() == now:
        return
    for gone in before.keys() - now:
        before[gone].delete()
    for new in now - before.keys():
        EventOrganiser(event=event, organisation_id=new).save()
    door.note("organisers", event, organisers=sorted(organisation.ref for organisation in organisers))


def keep_product(actor: Actor, product: Product | None, revision: int | None = None, **fields: Any) -> Product:
    """Add a product, or put the given one right."""
    may_write(actor)
    with open_door(actor) as door:
        if product is not None:
            product = door.lock(Product, product.ref, revision, "document")
        now = product or Product()
        may_offer(fields.get("public", now.public), fields.get("document", now.document))
        return door.change(product, **fields) if product else door.add(Product(**fields))


def may_offer(public: bool, document: Document | None) -> None:
    if public and not (document and document.public):
        raise Refused(_("Strangers download its document: choose one that is marked public."))


def record_use(actor: Actor, product: Product, **fields: Any) -> ProductUse:
    """One of us writes down what somebody did with a product."""
    use = _use(product, actor.today, recorded_by_id=actor.person_id, **fields)
    with open_door(actor) as door:
        return door.step(use, USE, "record", roles=_use_roles(actor))


def tell_use(product: Product, today: date, **fields: Any) -> None:
    """A stranger says what they did with it; it waits for the secretariat. The same form sent twice counts once."""
    use = _use(product, today, **fields)
    with open_door(Actor(today, ref="anonymous", via="public page")) as door:
        door.lock(Product, product.ref)  # whoever tells at the same moment waits, so that the count holds
        told = ProductUse.objects.filter(product=product, recorded_on=today, recorded_by=None)
        if told.filter(how=use.how, used_on=use.used_on, organisation_name=use.organisation_name).exists():
            return
        if told.count() >= TOLD_A_DAY:
            raise Refused(_("So many have told us about this today that we stop here. Please send it tomorrow."))
        door.step(use, USE, "tell", roles={"stranger"})


def review_use(actor: Actor, ref: str, verb: str, revision: int | None, reason: str = "", **fields: Any) -> ProductUse:
    """Confirm what was told, set it aside or take it up again; its words may be put right on the way."""
    with open_door(actor) as door:
        use = door.lock(ProductUse, ref, revision, "organisation", "product")
        if name := fields.get("organisation_name"):
            fields["organisation"] = _organisation(name)
        facts = ("a reason",) if reason.strip() else ()
        return door.step(use, USE, verb, roles=_use_roles(actor), facts=facts, reason=reason, **fields)


def _use(product: Product, today: date, **fields: Any) -> ProductUse:
    use = ProductUse(product=product, state=USE.start, recorded_on=today, **fields)
    use.organisation = use.organisation or _organisation(use.organisation_name)
    if use.used_on > today:
        raise Refused(_("That day has yet to come: %(day)s.") % {"day": use.used_on})
    return use


def _organisation(name: str) -> Organisation | None:
    """The one organisation of the register that is called so."""
    named = list(Organisation.objects.filter(Q(name__iexact=name) | Q(short_name__iexact=name))[:2]) if name else []
    return named[0] if len(named) == 1 else None


def _use_roles(actor: Actor) -> set[str]:
    roles = {"secretariat": SECRETARIAT, "focal point": (FOCAL_POINT,)}
    return {role for role, seats in roles.items() if actor.has(*seats)}


def count_download(product: Product, today: date) -> None:
    """One more on this day. Nothing says by whom, so the journal has nothing to keep."""
    with open_door(system(today)):
        day, _new = ProductDownloads.objects.get_or_create(product=product, day=today)
        ProductDownloads.objects.filter(pk=day.pk).mark(count=F("count") + 1)


def upload_run(actor: Actor, kind: str, files: Iterable[tuple[str, Kept]], **fields: Any) -> Run:
    """Keep the files of a diagnosis to be made. Nothing is computed yet."""
    with open_door(actor) as door:
        run = Run(kind=kind, state=RUN.start, made_on=actor.today, started_by_id=actor.person_id, **fields)
        door.step(run, RUN, "upload", roles=run_roles(actor))
        for role, kept in files:
            RunFile(run=run, file=kept.row(), part=RunFile.Part.INPUT, role=role).save()
        return run


def send_again(actor: Actor, ref: str, revision: int | None, files: Iterable[tuple[str, Kept]], **fields: Any) -> Run:
    """Mended files in the place of those of the same sort; what was chosen stays."""
    may_write(actor)
    sent = list(files)
    with open_door(actor) as door:
        run = _open(door, ref, revision)
        for old in RunFile.objects.filter(run=run, role__in={role for role, _kept in sent}):
            old.delete()
        for role, kept in sent:
            RunFile(run=run, file=kept.row(), part=RunFile.Part.INPUT, role=role).save()
        door.note("send again", run, files={kept.name: kept.sha256 for _role, kept in sent})
        return door.change(run, **fields)


def choose(actor: Actor, ref: str, revision: int | None, **fields: Any) -> Run:
    """Say what the columns mean and what is to be measured."""
    may_write(actor)
    with open_door(actor) as door:
        return door.change(_open(door, ref, revision), "choose", **fields)


def _open(door: Door, ref: str, revision: int | None) -> Run:
    """A run that may still be changed."""
    run = door.lock(Run, ref, revision)
    if run.state not in (Run.State.PREPARED, Run.State.FAILED):
        raise Refused(_("It is under way. What was chosen can be changed before it starts, or after it failed."))
    return run


def withdraw_run(actor: Actor, ref: str, revision: int | None, reason: str = "") -> Run:
    """Stop a run, or take back what it said. What was published stays as a page that says so."""
    with open_door(actor) as door:
        run = door.lock(Run, ref, revision)
        facts = {REASON} if reason.strip() else set()
        return door.step(run, RUN, "withdraw", roles=run_roles(actor), facts=facts, reason=reason, why=reason)


def publish_run(actor: Actor, ref: str, revision: int | None) -> Run:
    """Let anybody read a run on the page of its city."""
    with open_door(actor) as door:
        run = door.lock(Run, ref, revision)
        facts = {CITY} if run.place_id else set()
        if not small_figures(run).exists():
            facts.add(NO_SMALL)
        who = Person.objects.filter(pk=actor.person_id or 0).first()
        return door.step(
            run, RUN, "publish", roles=run_roles(actor), facts=facts, published_on=actor.today, published_by=who
        )


def small_figures(run: Run) -> Any:
    """Figures about so few people that they could give one of them away, and that are not hidden."""
    return RunFigure.objects.filter(run=run, n__gt=0, n__lt=SMALLEST, value__isnull=False)


def run_roles(actor: Actor) -> set[str]:
    roles = {"secretariat": SECRETARIAT, "gender team": (GENDER_TEAM,), "director": (DIRECTOR,)}
    return {role for role, seats in roles.items() if actor.has(*seats)}
