"""What the page of one funded item shows to this reader, gathered once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from jwp.core.access import DIRECTOR, INSIDERS, SECRETARIAT, Actor
from jwp.core.money import Money, totals
from jwp.core.templatetags.jwp import day, money
from jwp.core.words import refusal
from jwp.grants.access import WRITERS
from jwp.grants.actions.agreement import MONEY, facts_of, fund_lacks
from jwp.grants.actions.conditions import may_meet
from jwp.grants.actions.gate import passage_for
from jwp.grants.actions.reports import OPEN
from jwp.grants.actions.self_assessment import SPOT_CHECKS
from jwp.grants.history import history
from jwp.grants.models import Amendment, Condition, FundedItem, Investment, ProgressReport, Tranche
from jwp.grants.money import in_fund, ledger, unmatched
from jwp.grants.rules.life import FUNDED, ITEM
from jwp.grants.rules.money import AMOUNT, EXTENSION, SCOPE, over
from jwp.grants.screening import alerts, with_status
from jwp.grants.views.steps import Offer, offers
from jwp.grants.words import gate_lacks
from jwp.plans.access import keeps_money
from jwp.plans.pots import dated

# Which gate stands before the next step of an item.
NEXT_GATE = {"planned": "sign", "signed": "complete"}

# What a line of the history is about, where it is not the item itself.
NOUNS = {
    Tranche.noun(): gettext_noop("tranche"), Condition.noun(): gettext_noop("condition"),
    ProgressReport.noun(): gettext_noop("progress report"), Investment.noun(): gettext_noop("investment"),
    Amendment.noun(): gettext_noop("amendment"),
}  # fmt: skip


@dataclass(frozen=True)
class Changed:
    """One amendment, in words: what it was before and what it is now."""

    row: Amendment
    before: str
    after: str


def shown(actor: Actor, item: FundedItem) -> dict[str, Any]:
    inside = actor.has(*INSIDERS)
    reports = item.reports.select_related("file")
    context: dict[str, Any] = {
        "item": item,
        "crumbs": [(_("Funded items"), reverse("grants:items"))],
        "inside": inside,
        "secretariat": actor.has(*SECRETARIAT),
        "may_write": actor.has(*WRITERS),
        "over": item.state in ("closed", "cancelled", "withdrawn"),
        "funded": item.state in FUNDED,
        "parts": item.parts.all(),
        "places": [row.place for row in item.places.select_related("place")],
        "ledger": ledger(item),
        "amendments": [_changed(row, item.currency) for row in item.amendments.select_related("document")],
        "reports": _reports(actor, reports if inside else reports.filter(state="accepted")),
        "investments": item.investments.select_related("document", "file"),
        "invested": totals(Money(*each) for each in item.investments.values_list("minor", "currency")).values(),
    }
    if not inside:
        return context
    context |= _inside(actor, item)
    return context | {"deadlines": _deadlines(item, context, actor.today)}


def _inside(actor: Actor, item: FundedItem) -> dict[str, Any]:
    facts = facts_of(item, actor.today)
    found = offers(ITEM, item.state, actor.roles, facts)
    stage = NEXT_GATE.get(item.state)
    passage = passage_for(item, stage, actor.today) if stage else None
    tranches = list(item.tranches.prefetch_related("payments"))
    context = {
        "offers": [offer for offer in found if offer.verb != "sign" and not offer.reason],
        "endings": [offer for offer in found if offer.reason],
        "lacks": fund_lacks(item, actor.today) if item.state == "planned" and MONEY not in facts else "",
        "gate": passage,
        "screened": with_status(FundedItem.objects.filter(pk=item.pk), actor.today).values_list("status", flat=True)[0],
        "alert": alerts(FundedItem.objects.filter(pk=item.pk)).exists(),
        "gate_lacks": [gate_lacks(each) for each in passage.missing] if passage else [],
        "overrides": item.overrides.select_related("by"),
        "conditions": [(row, may_meet(actor, row)) for row in item.conditions.select_related("owner")],
        "tranches": [(row, sum(each.minor for each in row.payments.all())) for row in tranches],
        "in_tranches": sum(row.minor for row in tranches),
        "tranches_over": over(item.minor, (row.minor for row in tranches)),
        "transactions": item.transactions.select_related("rate", "tranche", "statement"),
        "waiting": unmatched().filter(agreement_ref=item.agreement_ref).count() if item.agreement_ref else 0,
        "keeps_money": keeps_money(actor),
        "directs": actor.has(DIRECTOR),
        "kinds": (EXTENSION, AMOUNT, SCOPE) if actor.has(DIRECTOR) else (),
        "may_give_link": item.application_id is None and item.state in ("signed", "completed") and actor.has(*WRITERS),
        "history": [
            (entry, _(NOUNS[entry.noun]) if entry.noun in NOUNS else "")
            for entry in history(_refs(item), without=("change", "give link", *SPOT_CHECKS))[:60]
        ],
    }
    if item.state == "planned":
        # Who prepares it reads what the Director still waits for.
        signing = next(offer for offer in offers(ITEM, item.state, {DIRECTOR}, facts) if offer.verb == "sign")
        context["sign"] = signing if actor.has(DIRECTOR) else None
        context["sign_why"] = _why_not(signing, context)
    if item.fund and item.rate:
        context["in_fund"] = Money(in_fund(item, item.minor or 0), item.fund.currency)
        context["rate"] = dated(item.rate)
    return context


def _deadlines(item: FundedItem, context: dict[str, Any], today: date) -> list[tuple[str, date, bool]]:
    """What is due next under a running agreement, the first first, and whether its day is over."""
    if item.state not in ("signed", "completed"):
        return []
    found = [(row.get_kind_display(), row.due) for row, _late in context["reports"] if row.state in OPEN]
    found += [(row.text, row.due) for row, _mine in context["conditions"] if row.done_on is None]
    found += [(_("tranche %(n)d") % {"n": row.number}, row.due) for row, paid in context["tranches"] if not paid]
    if item.state == "signed" and item.ends:
        found.append((_("end of the agreement"), item.ends))
    return [(what, due, due < today) for what, due in sorted(found, key=lambda each: each[1])[:4]]


def _why_not(signing: Offer, context: dict[str, Any]) -> list[str]:
    """What stands before the signature: where it is known, what exactly is missing in place of "needs …"."""
    exact = {
        refusal(f"needs {MONEY}"): context["lacks"],
        refusal("needs the gate"): _("the gate: %(missing)s") % {"missing": "; ".join(context["gate_lacks"])},
    }
    return [exact.get(why) or why for why in signing.why]


def _changed(row: Amendment, currency: str) -> Changed:
    return Changed(row, *(_words(row.kind, currency, values) for values in (row.before, row.after)))


def _words(kind: str, currency: str, values: dict[str, Any]) -> str:
    value = next(iter(values.values()))
    if kind == AMOUNT:
        return money(value, currency)
    return day(date.fromisoformat(value)) if kind == EXTENSION else str(value)


def _reports(actor: Actor, rows: Any) -> list[tuple[ProgressReport, bool]]:
    """Each with whether it is late."""
    return [(row, row.state in OPEN and row.due < actor.today) for row in rows]


def _refs(item: FundedItem) -> list[str]:
    """The item and what belongs to it: their history is one."""
    under: list[Any] = [item.tranches, item.conditions, item.reports, item.investments, item.amendments]
    return [item.ref, *(ref for rows in under for ref in rows.values_list("ref", flat=True))]
