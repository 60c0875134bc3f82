"""From the plan's rows to what the public sees of them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal, InvalidOperation
from itertools import pairwise
from typing import Any

from django.urls import reverse
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from jwp.core.templatetags.jwp import day, figure
from jwp.evidence.models import Approval, Document
from jwp.partners.models import Person
from jwp.plans import words as plan_words
from jwp.plans.models import Evidence, Plan, Report, Revision, Round, Target
from jwp.plans.overview import Spot, TargetRow, overview, public_standing
from jwp.plans.rules import Why, Word, lateness_is_public
from jwp.reviews.models import Finding
from jwp.site import words
from jwp.site.access import public_findings, public_targets
from jwp.site.content import (
    Clean,
    Correction,
    PublicChange,
    PublicLink,
    PublicPlan,
    PublicRound,
    PublicSpot,
    PublicTarget,
    Step,
)
from jwp.site.rules import withhold
from jwp.site.values import Published, Version, published

# What of a changed promise is public; the rest (order, evidence required, public) is housekeeping.
FIELDS = {
    "number": pgettext_lazy("numbering", "Number"),
    "text": gettext_lazy("Target"),
    "value": gettext_lazy("Promised"),
    "value_text": gettext_lazy("Promised, in words"),
    "baseline": gettext_lazy("Baseline"),
    "baseline_text": gettext_lazy("Baseline, in words"),
    "due": gettext_lazy("Due"),
    "holder": gettext_lazy("Held by"),
    "area": gettext_lazy("Priority area"),
}


def read_plan(plan: Plan, today: date, ref: str = "") -> PublicPlan:
    """The plan as the public sees it on this day; with `ref`, of one of its targets only."""
    rows = public_targets().filter(plan=plan)
    seen = overview(plan, today, rows.filter(ref=ref) if ref else rows, evidence=True)
    clean = no_names()
    rounds = {round.pk: _round(round, clean) for round in seen.rounds}
    links = _Links(seen.rows)
    targets = tuple(_Reader(row, rounds, links, today, clean).target() for row in seen.rows)
    adoption = plan.adoption
    return PublicPlan(
        ref=plan.ref,
        title=clean(plan.title),
        summary=clean(plan.summary),
        starts=plan.starts,
        ends=plan.ends,
        ended=plan.state == "ended",
        adopted_on=adoption.on if adoption else None,
        adopted_by=str(adoption.body) if adoption else "",
        decision=clean(adoption.reference) if adoption else "",
        grace_days=plan.grace_days,
        rounds=tuple(rounds.values()),
        targets=targets,
        chain=tuple(_chain(public_findings(plan), {row.target.pk: row.target for row in seen.rows}, clean)),
    )


def no_names() -> Clean:
    """Texts are written inside, where people are called by their names."""
    return withhold(Person.objects.values_list("name", flat=True), _("[name withheld]"))


def document_link(document: Document, clean: Clean) -> PublicLink | None:
    url = reverse("evidence:file", args=[document.file.sha256]) if document.file else document.url
    return PublicLink(clean(str(document)), url) if url else None


def _round(round: Round, clean: Clean) -> PublicRound:
    return PublicRound(
        round.ref,
        str(round),
        round.opens,
        round.due,
        round.closed_on,
        clean(round.moved_because),
        round.number < round.plan.first_round_here,
    )


class _Links:
    """Where promises went and came from, where both ends are public (2 queries)."""

    def __init__(self, rows: list[TargetRow]) -> None:
        gone_to = {r.successor_id for row in rows for r in row.target.revisions.all() if r.successor_id}
        self.public = {t.pk: t for t in public_targets().filter(pk__in=gone_to).select_related("plan")}
        self.came: dict[int, list[Revision]] = {}
        came = Revision.objects.filter(
            successor__in=[row.target.pk for row in rows], target__in=public_targets().values("pk")
        ).select_related("target__plan", "approval__body")
        for revision in came:
            self.came.setdefault(revision.successor_id or 0, []).append(revision)


@dataclass(frozen=True)
class _Reader:
    """Reads one target."""

    row: TargetRow
    rounds: dict[int, PublicRound]
    links: _Links
    today: date
    clean: Clean

    def target(self) -> PublicTarget:
        target, values = self.row.target, published(self.row)
        spots = tuple(self._spot(spot, values) for spot in self.row.spots if self._asked(spot))
        indicator, area = target.indicator, target.area
        return PublicTarget(
            ref=target.ref,
            number=target.number,
            text=self.clean(target.text),
            kind=target.kind,
            kind_word=str(target.get_kind_display()),
            level=str(area.get_level_display()) if area else "",
            area=self.clean(area.name) if area else "",
            holder=str(target.holder),
            indicator=self.clean(indicator.name) if indicator else "",
            definition=self.clean(indicator.definition) if indicator else "",
            unit=indicator.unit if indicator else "",
            people=bool(indicator and indicator.counts == "people"),
            promised=target.value,
            promised_words=self.clean(target.value_text),
            baseline=values.baseline,
            baseline_words=self.clean(target.baseline_text),
            due=target.due,
            state=target.state,
            state_word=self._state(target),
            spots=spots,
            changes=tuple(c for r in target.revisions.all() if (c := self._change(r, values))),
            origins=tuple(self._origin(r) for r in self.links.came.get(target.pk, ())),
            overdue=self._overdue(target),
        )

    def _asked(self, spot: Spot) -> bool:
        """A promise that was settled before anybody reported on it owes this round nothing."""
        return spot.target.state == Target.STANDS or spot.standing.word not in (Word.LATE, Word.NONE)

    def _state(self, target: Target) -> str:
        verbs = {
            Target.ACHIEVED: Revision.Verb.ACHIEVE,
            Target.CARRIED: Revision.Verb.CARRY,
            Target.DROPPED: Revision.Verb.DROP,
            Target.MERGED: Revision.Verb.MERGE,
            Target.SPLIT: Revision.Verb.SPLIT,
        }
        return str(verbs[target.state].label) if target.state in verbs else ""

    def _overdue(self, target: Target) -> bool:
        if target.kind != Target.Kind.MILESTONE or target.due is None or target.state != Target.STANDS:
            return False
        done = any(s.accepted and s.accepted.progress == Report.Progress.DONE for s in self.row.spots)
        return not done and lateness_is_public(target.due, target.plan.grace_days, self.today)

    def _spot(self, spot: Spot, values: Published) -> PublicSpot:
        outside, clean, report = public_standing(spot, self.today), self.clean, spot.report
        told = PublicSpot(
            round=self.rounds[spot.round.pk],
            word=plan_words.word(outside, spot.due),
            code=outside.word,
            tone=outside.tone,
            why=words.why(outside, self.today > spot.due),
            due=spot.due,
        )
        if report is None:
            return told
        if report.extended_to and report.extended_to == spot.due:
            told = replace(told, extended=clean(report.extended_because))
        if outside.word in (Word.LATE, Word.NOT_REPORTED) or outside.why == Why.ACCEPTED_LATE:
            told = replace(told, explanation=clean(report.explanation))
        if spot.accepted is None:
            return told
        versions = tuple(self._cleaned(version) for version in values.versions[report.pk])
        reading = report.reading
        return replace(
            told,
            version=versions[-1],
            accepted_on=report.accepted_on,
            estimated=bool(reading and reading.status == reading.Status.ESTIMATED),
            coverage=_("%(n)s of %(of)s") % {"n": reading.coverage_n, "of": reading.coverage_of}
            if reading and reading.coverage_of is not None and reading.coverage_n is not None
            else "",
            starts=reading.starts if reading else None,
            ends=reading.ends if reading else None,
            corrections=tuple(Correction(new.on, new.reason, old, new) for old, new in pairwise(versions)),
            evidence=tuple(link for item in report.evidence.all() if (link := self._evidence(item))),
        )

    def _cleaned(self, version: Version) -> Version:
        words, no_data, reason = map(self.clean, (version.words, version.no_data, version.reason))
        return replace(version, words=words, no_data=no_data, reason=reason)

    def _evidence(self, item: Evidence) -> PublicLink | None:
        """Only what is marked public, and never who saw something."""
        url = reverse("evidence:file", args=[item.file.sha256]) if item.file else item.url
        if not item.public or not url:
            return None
        return PublicLink(self.clean(item.title) or _("Evidence"), url)

    def _change(self, revision: Revision, values: Published) -> PublicChange | None:
        fields = tuple(
            (
                str(label),
                self._said(name, revision.before.get(name), values),
                self._said(name, revision.after.get(name), values),
            )
            for name, label in FIELDS.items()
            if name in revision.before or name in revision.after
        )
        if (revision.before or revision.after) and not fields:
            return None
        successor = self.links.public.get(revision.successor_id or 0)
        return PublicChange(
            revision.on,
            str(revision.get_verb_display()),
            revision.verb,
            self.clean(revision.reason),
            self._authority(revision.approval),
            fields,
            self.clean(str(successor)) if successor else "",
            successor.ref if successor else "",
            successor.plan.ref if successor else "",
        )

    def _origin(self, revision: Revision) -> PublicChange:
        old = revision.target
        return PublicChange(
            revision.on,
            str(revision.get_verb_display()),
            revision.verb,
            self.clean(revision.reason),
            self._authority(revision.approval),
            (),
            self.clean(str(old)),
            old.ref,
            old.plan.ref,
        )

    def _authority(self, approval: Approval | None) -> str:
        if approval is None:
            return ""
        return f"{approval.body}, {self.clean(approval.reference)}" if approval.reference else str(approval.body)

    def _said(self, name: str, value: Any, values: Published) -> str:
        """A kept value as people write it; a baseline that counts few people stays hidden here too."""
        if value is None or value == "":
            return ""
        if name == "due":
            return str(day(parse_date(str(value))))
        if name in ("value", "baseline"):
            try:
                number = Decimal(str(value))
            except InvalidOperation:
                return ""
            hidden = name == "baseline" and values.baselines.get(number, True)
            return _("hidden") if hidden else figure(number)
        return self.clean(str(value))


def _chain(findings: Iterable[Finding], targets: dict[int, Target], clean: Clean) -> Iterable[Step]:
    """Baseline → finding → recommendation → answer → target; of several answers the latest stands."""
    for finding in findings:
        assessment = finding.assessment
        document = assessment.document if assessment else None
        found = Step(
            assessment=clean(assessment.title) if assessment else "",
            made_on=assessment.made_on if assessment else None,
            document=document_link(document, clean) if document and document.public else None,
            finding=clean(finding.text),
            practice=finding.kind == Finding.Kind.PRACTICE,
        )
        recommendations = list(finding.recommendations.all())
        if not recommendations:
            yield found
        for recommendation in recommendations:
            response = next(reversed(list(recommendation.responses.all())), None)
            target = targets.get(response.target_id or 0) if response else None
            yield replace(
                found,
                recommendation=clean(recommendation.text),
                response=str(response.get_kind_display()) if response else "",
                answer=clean(response.text) if response else "",
                target=clean(str(target)) if target else "",
                target_ref=target.ref if target else "",
            )
