"""Who reads which document and product and fetches which file. A file is seen through what cites it."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from jwp.core.access import ADMINISTRATOR, DIRECTOR, FOCAL_POINT, GENDER_TEAM, INSIDERS, SECRETARIAT, Actor
from jwp.evidence.models import Document, Product, ProductUse, Run, RunFile, StoredFile

WRITERS = SECRETARIAT
# That a body approved something is what promises stand on: fewer people write it down.
RECORDERS = (DIRECTOR, GENDER_TEAM, ADMINISTRATOR)
# Whoever works with products: what they write down about a use needs no confirming.
USERS = (*SECRETARIAT, FOCAL_POINT)
# Who lets strangers read a run, and takes it back.
PUBLISHERS = (GENDER_TEAM, DIRECTOR)
# Of a published run's files strangers get those that hold no more than its page does.
PUBLIC_RESULTS = ("report.pdf", "provenance.json")


def visible_documents(actor: Actor | None) -> QuerySet[Document]:
    """Insiders read every document; focal points also the concept notes of programmes; all what is marked public."""
    documents = Document.objects.select_related("file")
    if actor and actor.has(*INSIDERS):
        return documents
    if actor and actor.has(FOCAL_POINT):
        return documents.filter(Q(public=True) | Q(pk__in=_concept_notes()))
    return documents.filter(public=True)


def _concept_notes() -> set[int]:
    """Of programmes, which members are asked to agree to: with every newer version (a query a version deep)."""
    asked = Document.objects.filter(programme__isnull=False).exclude(programme__state="dropped")
    found, newer = set[int](), set(asked.values_list("pk", flat=True))
    while newer:
        found |= newer
        newer = set(Document.objects.filter(supersedes__in=newer).values_list("pk", flat=True)) - found
    return found


def visible_files(actor: Actor | None) -> QuerySet[StoredFile]:
    """What is public; for insiders what a document or report cites; for an owner their own targets' evidence.

    Workbooks that were brought in stay with the secretariat. Reports are reached by reverse relation.
    Data that people were asked for (a run's input) are for whoever brought them, and for those who publish.
    """
    files: QuerySet[StoredFile] = StoredFile.objects.all()
    if actor and actor.has(*PUBLISHERS):
        return files
    if actor and actor.has(*SECRETARIAT):
        others = RunFile.objects.filter(part=RunFile.Part.INPUT).exclude(run__started_by=actor.person_id or 0)
        return files.exclude(pk__in=others.values("file"))
    published = RunFile.objects.filter(run__state=Run.State.PUBLISHED, role__in=PUBLIC_RESULTS)
    seen = (
        Q(pk__in=published.values("file"))
        | Q(document__public=True)
        | Q(
            evidence__public=True,
            evidence__report__state="accepted",
            evidence__report__target__public=True,
            evidence__report__target__plan__public=True,
            evidence__report__target__plan__state__in=("adopted", "ended"),
        )
    )
    if actor and actor.has(*INSIDERS):
        seen |= Q(document__isnull=False) | Q(evidence__isnull=False)
        seen |= Q(investment__isnull=False) | Q(progressreport__isnull=False) | Q(statement__isnull=False)
        results = RunFile.objects.filter(run__state__in=FINISHED, part=RunFile.Part.RESULT)
        seen |= Q(pk__in=results.values("file"))
    if actor and actor.has(FOCAL_POINT):
        seen |= Q(document__in=_concept_notes()) | Q(investment__isnull=False) | Q(progressreport__state="accepted")
    if actor and actor.offices:
        seen |= Q(evidence__report__target__holder__in=actor.offices)
    return files.filter(seen).distinct()


FINISHED = (Run.State.DONE, Run.State.PUBLISHED)


def visible_runs(actor: Actor | None) -> QuerySet[Run]:
    """The secretariat sees every run, insiders those with a result and those taken back; all what is published."""
    runs = Run.objects.select_related("place", "started_by", "published_by")
    if actor and actor.has(*SECRETARIAT):
        return runs
    if actor and actor.has(*INSIDERS):
        return runs.filter(Q(state__in=FINISHED) | ~Q(published_on=None))
    return runs.filter(place__isnull=False, published_on__isnull=False)


def visible_products(actor: Actor | None) -> QuerySet[Product]:
    """Insiders see every product; everybody else what is marked public."""
    products = Product.objects.select_related("document__file")
    return products if actor and actor.has(*INSIDERS) else products.filter(public=True)


def visible_uses(actor: Actor | None) -> QuerySet[ProductUse]:
    """What was confirmed, of products one may see; the secretariat also sees what waits or was set aside."""
    uses = ProductUse.objects.select_related("product", "organisation", "place")
    if actor and actor.has(*SECRETARIAT):
        return uses
    uses = uses.filter(state=ProductUse.State.CONFIRMED)
    return uses if actor and actor.has(*INSIDERS) else uses.filter(product__public=True)
