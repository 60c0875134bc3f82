"""What the rules of money say, being pure, in the reader's language: lines that cannot be read, and differences."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from jwp.grants.rules.statement import Fault

UNSOUND = (
    gettext_noop("nothing changes"), gettext_noop("an extension ends later"),
    gettext_noop("an amount cannot be negative"), gettext_noop("more than that was paid already"),
    gettext_noop("the parts are more than the total"), gettext_noop("the parts are less than the total"),
)  # fmt: skip
FAULTS = {
    "no such column": gettext_noop("No column is headed so that we know it: %(said)s."),
    "no lines": gettext_noop("There is no line under the headings."),
    "nothing there": gettext_noop("Nothing stands here: %(said)s."),
    "more than anybody has": gettext_noop("Check the amount: it is more than anybody has."),
    "too long": gettext_noop("This is too long: %(said)s…"),
    "no currency": gettext_noop("“%(said)s” is no currency: write three capitals, such as USD."),
    "nothing paid": gettext_noop("“%(said)s” moves no money."),
    "neither payment nor commitment": gettext_noop("“%(said)s” is neither a payment nor a commitment."),
    "no date": gettext_noop("“%(said)s” is no date: write 2026-12-31."),
    "day or month first": gettext_noop("“%(said)s” may be two days: choose below which stands first."),
    "no amount": gettext_noop("“%(said)s” is no amount."),
    "too many decimals": gettext_noop("“%(said)s” has more decimals than its currency knows."),
    "thousands or decimals": gettext_noop("“%(said)s” may be thousands or decimals: write it with three decimals."),
    "outside the period": gettext_noop("%(said)s lies outside the time the statement is about."),
}
COLUMNS = {
    "agreement": gettext_noop("agreement reference"), "reference": gettext_noop("transaction reference"),
    "kind": gettext_noop("kind"), "on": gettext_noop("date"), "amount": gettext_noop("amount"),
    "currency": gettext_noop("currency"),
}  # fmt: skip
# A difference in two or three words, and what to do about it.
DIFFERENCES = {
    gettext_noop("no such agreement"): gettext_noop("No item has this agreement reference. Match it below."),
    gettext_noop("no rate"): gettext_noop("No rate of that day is known. Add it, then match the line below."),
    gettext_noop("other amount"): gettext_noop("We have this reference with something else. It was not booked again."),
    gettext_noop("twice in the file"): gettext_noop("This reference stands twice in the file. It was booked once."),
    gettext_noop("above the agreement"): gettext_noop("More was paid than was agreed: an amendment, or a refund."),
    gettext_noop("before signature"): gettext_noop("It is dated before the agreement was signed."),
    gettext_noop("agreement not running"): gettext_noop("The agreement was closed or cancelled."),
    gettext_noop("not in the file"): gettext_noop("We have it in this time; the file does not."),
    gettext_noop("commitment differs"): gettext_noop("The commitments are not the amount of the agreement."),
    gettext_noop("condition not met"): gettext_noop("The tranche was paid before its condition was met."),
}


def fault(found: Fault) -> str:
    return _(FAULTS[found.why]) % {"said": _(COLUMNS.get(found.said, found.said)) if found.said else ""}


def means(kind: str) -> str:
    """What a difference is, and what to do about it."""
    return _(DIFFERENCES.get(kind, kind))
