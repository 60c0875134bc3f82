"""What the rules say, being pure, in the reader's language: states, needs and refusals."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

# How an item was screened.
SCREENED = (gettext_noop("not screened"), gettext_noop("short screening"))
STATES = (
    gettext_noop("draft"), gettext_noop("submitted"), gettext_noop("eligible"), gettext_noop("ineligible"),
    gettext_noop("in principle"), gettext_noop("awarded"), gettext_noop("rejected"), gettext_noop("proposed"),
    gettext_noop("appraised"), gettext_noop("withdrawn"), gettext_noop("cancelled"), gettext_noop("planned"),
    gettext_noop("signed"), gettext_noop("completed"), gettext_noop("closed"), gettext_noop("concept"),
    gettext_noop("running"), gettext_noop("dropped"), gettext_noop("published"), gettext_noop("returned"),
    gettext_noop("accepted"),
)  # fmt: skip
VERBS = (
    gettext_noop("submit"),
    gettext_noop("find eligible"),
    gettext_noop("find ineligible"),
    gettext_noop("reconsider"),
    gettext_noop("approve in principle"),
    gettext_noop("award"),
    gettext_noop("reject"),
    gettext_noop("propose"),
    gettext_noop("send back"),
    gettext_noop("appraise"),
    gettext_noop("withdraw"),
    gettext_noop("cancel"),
    gettext_noop("sign"),
    gettext_noop("complete"),
    gettext_noop("close"),
    gettext_noop("start"),
    gettext_noop("drop"),
    gettext_noop("publish"),
    gettext_noop("return"),
    gettext_noop("accept"),
    # Written down without a step of the table.
    gettext_noop("add"), gettext_noop("start"), gettext_noop("recommend"), gettext_noop("extend"),
    gettext_noop("register"), gettext_noop("make link"), gettext_noop("replace link"),
    gettext_noop("name co-applicants"),
    gettext_noop("mark"),
    gettext_noop("override the gate"),
)  # fmt: skip
NEEDS = (
    gettext_noop("needs an open call"),
    gettext_noop("needs a complete concept note"),
    gettext_noop("needs an eligibility check"),
    gettext_noop("needs a reason"),
    gettext_noop("needs a call that gives grants"),
    gettext_noop("needs a panel review"),
    gettext_noop("needs the end of donor comments"),
    gettext_noop("needs the gate"),
    gettext_noop("needs a prize call"),
    gettext_noop("needs a full proposal"),
    gettext_noop("needs an appraisal"),
    gettext_noop("needs an agreement reference"),
    gettext_noop("needs an amount and dates"),
    gettext_noop("needs money in the fund"),
    gettext_noop("needs an accepted completion report"),
    gettext_noop("needs settled payments"),
    gettext_noop("needs no condition open"),
    gettext_noop("needs a chair"),
    gettext_noop("needs a concept note"),
    gettext_noop("needs the agreement of its members"),
    gettext_noop("needs no item open"),
    gettext_noop("needs dates"),
    gettext_noop("needs a gender statement"),
    gettext_noop("needs criteria"),
    gettext_noop("needs every application settled"),
    gettext_noop("needs what was done"),
    gettext_noop("needs somebody else's report"),
)
ROLES = (
    gettext_noop("applicant"),
    gettext_noop("staff"),
    gettext_noop("director"),
)
# What the gate may find missing (`rules.gate.passage`).
GATE = {
    "an agreed screening": gettext_noop("an agreed screening"),
    "another reader": gettext_noop("another reader"),
    "gender-analysis": gettext_noop("a gender analysis, shown by a quote and a link"),
    "do-no-harm": gettext_noop("do no harm, shown by a quote and a link"),
}


# The places of a prize.
PLACES = {
    "winner": gettext_noop("winner"),
    "runner-up": gettext_noop("runner-up"),
    "honourable mention": gettext_noop("honourable mention"),
}


def award_words(award: str) -> str:
    """A place and its category: "winner: resilience"."""
    place, _colon, category = award.partition(": ")
    return ": ".join(filter(None, (_(PLACES.get(place, place)), category)))


def gate_lacks(missing: str) -> str:
    """One thing that a gate waits for, in the reader's language."""
    return _(GATE.get(missing, missing))
