"""Funded items that an address can name: one planned, one signed with all that may stand under an agreement."""

from __future__ import annotations

from datetime import date, timedelta

from django.core.files.uploadedfile import SimpleUploadedFile

from jwp.core.door import Door
from jwp.evidence.files import keep
from jwp.grants.models import Condition, FundedItem, Investment, ProgressReport, Statement, Tranche, Transaction
from jwp.partners.models import Office, token_digest
from jwp.plans.models import BusinessLine

TOKEN = "the-link-of-a-grantee-who-reports"
JANUARY = date(2026, 1, 2)


def items(door: Door) -> dict[str, tuple[str, ...]]:
    day = door.actor.today
    given = {
        "kind": "direct grant", "business_line": BusinessLine.objects.get(ref="line"), "minor": 1_000_000,
        "starts": JANUARY, "ends": day + timedelta(days=400),
    }  # fmt: skip
    door.add(FundedItem(ref="to-sign", title="Markets", agreement_ref="G-76", **given))
    row = door.add(
        FundedItem(
            ref="running-item", title="Safe ways", agreement_ref="G-77", state="signed", signed_on=JANUARY,
            link_digest=token_digest(TOKEN), **given,
        )
    )  # fmt: skip
    door.add(Tranche(ref="first", item=row, number=1, minor=500, due=day, condition="The map is there."))
    water = Office.objects.get(ref="office-water")
    door.add(Condition(ref="owed", item=row, text="Name a focal point", owner=water, due=day, set_on=JANUARY))
    span = {"item": row, "starts": JANUARY, "ends": date(2026, 6, 30), "due": date(2026, 7, 30)}
    door.add(ProgressReport(ref="to-write", **span))
    door.add(ProgressReport(ref="to-read", state="submitted", submitted_by="applicant", done="Mapped.", **span))
    read = {"state": "accepted", "submitted_by": "applicant", "done": "Lit."}
    door.add(ProgressReport(ref="read", women=3, men=2, **span, **read))
    proof = keep(SimpleUploadedFile("proof.pdf", b"%PDF-1.7\nproof")).row()
    money = {"minor": 900, "currency": "USD", "on": JANUARY}
    door.add(Investment(ref="followed", item=row, investor="The city", kind="public", file=proof, **money))
    difference = {"kind": "no such agreement", "agreement": "G-?", "reference": "V1", "line": 2, "on": "", "ours": None,
                  "theirs": [900, "USD"], "settled": ""}  # fmt: skip
    read_ = Statement(ref="statement", starts=JANUARY, ends=JANUARY, read_on=day, lines=1, differences=[difference])
    door.add(read_)
    door.add(Transaction(ref="unmatched", agreement_ref="G-?", erp_ref="V1", statement=read_, **money))
    return {
        "planned item": ("to-sign",), "signed item": ("running-item",), "kind of item": ("contract",),
        "amendment of scope": ("running-item", "scope"), "tranche": ("first",), "condition of water": ("owed",),
        "progress to write": ("to-write",), "progress to read": ("to-read",), "accepted progress": ("read",),
        "investment": ("followed",), "file of an investment": (proof.sha256,), "statement": ("statement",),
        "unmatched line": ("unmatched",), "year": ("2025",),
        "link of a grantee": (TOKEN,), "progress by link": (TOKEN, "to-write"),
    }  # fmt: skip
