"""An auditor's random sample: drawn by a seed, so that anybody can draw it again with nothing but SHA-256."""

from __future__ import annotations

import hashlib

from jwp.plans.models import Target


def drawn(size: int, seed: str, plan: str | None = None) -> tuple[list[Target], int]:
    """The sample, in the order drawn, and how many targets it was drawn from: those of plans once adopted."""
    population = Target.objects.filter(plan__state__in=("adopted", "ended"))
    if plan:
        population = population.filter(plan__ref=plan)
    refs = list(population.values_list("ref", flat=True))
    chosen = sorted(refs, key=lambda ref: place(seed, ref))[:size]
    found = {target.ref: target for target in population.filter(ref__in=chosen).select_related("plan", "holder")}
    return [found[ref] for ref in chosen], len(refs)


def place(seed: str, ref: str) -> str:
    """Where a target comes in the draw; the smallest come first."""
    return hashlib.sha256(f"{seed}:{ref}".encode()).hexdigest()
