"""What strangers may read. The page, the CSV and the JSON start from these rows and from no others."""

from __future__ import annotations

from django.db.models import Prefetch, QuerySet

from jwp.evidence.access import visible_documents
from jwp.evidence.models import Document
from jwp.plans.access import public_plans
from jwp.plans.models import Plan, Target
from jwp.reviews.models import Finding, Recommendation, Response


def gender_plans() -> QuerySet[Plan]:
    """Adopted Gender Action Plans marked public, the newest first."""
    return public_plans().filter(kind=Plan.Kind.GENDER).order_by("-starts", "ref")


def public_targets() -> QuerySet[Target]:
    return Target.objects.filter(public=True, plan__in=gender_plans().values("pk"))


def public_findings(plan: Plan) -> QuerySet[Finding]:
    """Findings marked public, each with what was recommended and answered (3 queries)."""
    responses = Prefetch("responses", Response.objects.order_by("responded_on", "pk"))
    return (
        Finding.objects.filter(plan=plan, public=True)
        .select_related("assessment__document__file")
        .prefetch_related(Prefetch("recommendations", Recommendation.objects.prefetch_related(responses)))
    )


def public_documents() -> QuerySet[Document]:
    """The newest public version of each document."""
    newer = Document.objects.filter(public=True, supersedes__isnull=False).values("supersedes")
    return visible_documents(None).exclude(pk__in=newer)
