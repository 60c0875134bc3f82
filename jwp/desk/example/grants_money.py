"""What the host's ERP states: the payments of the agreements, and a few lines that do not agree with ours."""

from __future__ import annotations

import csv
import io
from datetime import date, timedelta
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from jwp.desk.example.diary import Diary, minor
from jwp.desk.example.story import Story, got
from jwp.evidence.files import keep
from jwp.grants.actions import statement
from jwp.grants.models import FundedItem, Statement

Said = dict[str, Any]
HEAD = ("Agreement reference", "Transaction reference", "Kind", "Date", "Amount", "Currency")
Line = tuple[int, str, str, str, str, str]  # days ago, agreement, reference, kind, amount, currency


def told_payments(diary: Diary, said: Said) -> None:
    lines = _lines(said)
    begin = 890
    for each in said["statements"]:
        until = int(each["until"])
        now = [line for line in lines if begin > line[0] >= until]
        diary.on(each["read"], _read, now, begin - 1, until)
        begin = until
    typed, settled = said["typed"], said["settled"]
    diary.on(typed["on"], _type, typed)
    diary.on(settled["on"], _settle, settled)


def _lines(said: Said) -> list[Line]:
    """A commitment with every signature, the payments, and the stray lines."""
    found: list[Line] = []
    agreements = {row.get("ref", ""): row["agreement"] for row in said["items"]}
    for row in said["items"]:
        known = row["agreement"]
        currency = row["amount"].split()[1] if "amount" in row else "USD"
        for nth, (amount, on) in enumerate(row.get("paid", []), start=1):
            found.append((int(on), known, f"V-{known[4:]}{nth:02}", "Payment", f"{amount}.00", currency))
        if "amount" in row and "signed" in row:
            amount = row["amount"].split()[0]
            found.append((int(row["signed"]) - 1, known, f"C-{known[4:]}", "Commitment", f"{amount}.00", currency))
    for row in said["stray"]:
        known = agreements.get(row["agreement"].removeprefix("of "), row["agreement"])
        found.append((int(row["on"]), known, row["ref"], "Payment", row["amount"], row["currency"]))
    return sorted(found, key=lambda line: (-line[0], line[2]))


def _read(story: Story, day: date, lines: list[Line], first: int, last: int) -> None:
    out = io.StringIO()
    table = csv.writer(out)
    table.writerow(HEAD)
    for ago, known, reference, kind, amount, currency in lines:
        table.writerow((known, reference, kind, story.ago(ago).isoformat(), amount, currency))
    kept = keep(SimpleUploadedFile(f"erp-{day.isoformat()}.csv", out.getvalue().encode(), "text/csv"))
    statement.apply_statement(story.actor("bastian", day), kept, starts=story.ago(first), ends=story.ago(last))


def _type(story: Story, day: date, row: Said) -> None:
    item = got(FundedItem, row["item"])
    statement.type_transaction(
        story.actor("bastian", day), item.ref, kind="payment", on=day - timedelta(days=1),
        minor=minor(row["amount"], item.currency), currency=item.currency, typed_because=row["because"],
    )  # fmt: skip


def _settle(story: Story, day: date, row: Said) -> None:
    last = Statement.objects.order_by("-ends").first()
    assert last is not None
    numbers = [n for n, each in enumerate(last.differences) if each["reference"] == row["reference"]]
    for number in numbers:
        statement.settle(story.actor("bastian", day), last.ref, number, row["how"])
