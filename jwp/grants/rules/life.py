"""The life of what we fund, from concept note to closure: one table.

An application that is appraised becomes a funded item, which starts as planned and keeps its reference; a direct
grant, a contract, a product, an event or a campaign starts there. The order of the steps is that of the Catalytic
Fund (Cities Alliance, rules of 2011): concept note, eligibility, external panel with donor coordination in parallel,
in-principle approval, full proposal within two months, appraisal, agreement, supervision, closure.
"""

from __future__ import annotations

from jwp.core.workflow import Step, Workflow

APPLICANT, PANEL = "applicant", "panel member"  # not roles of a seat: of a link, and of a place on one call's panel

OPEN = ("draft", "submitted", "eligible", "in principle", "proposed")  # an application that may still be funded
FUNDED = ("signed", "completed", "closed")  # an item somebody signed for

APPLICATION = Workflow(
    "draft",
    (
        Step(
            "submit", "draft", "submitted", by=(APPLICANT, "staff"), needs=("an open call", "a complete concept note")
        ),
        Step("find eligible", "submitted", "eligible", by=("staff",), needs=("an eligibility check",)),
        Step("find ineligible", "submitted", "ineligible", by=("staff",), needs=("a reason",)),
        Step("reconsider", "ineligible", "submitted", by=("director",), needs=("a reason",)),
        Step(
            "approve in principle",
            "eligible",
            "in principle",
            by=("director",),
            needs=("a call that gives grants", "a panel review", "the end of donor comments", "the gate"),
        ),
        Step("award", "eligible", "awarded", by=("director",), needs=("a prize call", "a panel review")),
        Step("reject", "eligible", "rejected", by=("director",), needs=("a reason",)),
        Step("propose", "in principle", "proposed", by=(APPLICANT, "staff"), needs=("a full proposal",)),
        Step("reject", "in principle", "rejected", by=("director",), needs=("a reason",)),
        Step("send back", "proposed", "in principle", by=("staff",), needs=("a reason",)),
        Step("appraise", "proposed", "appraised", by=("staff",), needs=("an appraisal",)),
        Step("reject", "proposed", "rejected", by=("director",), needs=("a reason",)),
        *(Step("withdraw", state, "withdrawn", by=(APPLICANT, "staff"), needs=("a reason",)) for state in OPEN),
        *(Step("cancel", state, "cancelled", by=("director",), needs=("a reason",)) for state in OPEN[1:]),
    ),
)

ITEM = Workflow(
    "planned",
    (
        Step(
            "sign",
            "planned",
            "signed",
            by=("director",),
            needs=("the gate", "an agreement reference", "an amount and dates", "money in the fund"),
        ),
        Step("complete", "signed", "completed", by=("staff",), needs=("an accepted completion report", "the gate")),
        Step("close", "completed", "closed", by=("director",), needs=("settled payments", "no condition open")),
        Step("withdraw", "planned", "withdrawn", by=("staff",), needs=("a reason",)),
        Step("cancel", "planned", "cancelled", by=("director",), needs=("a reason",)),
        Step("cancel", "signed", "cancelled", by=("director",), needs=("a reason",)),
    ),
)

PROGRAMME = Workflow(
    "concept",
    (
        Step(
            "start",
            "concept",
            "running",
            by=("director",),
            needs=("a chair", "a concept note", "the agreement of its members"),
        ),
        Step("close", "running", "closed", by=("director",), needs=("no item open",)),
        Step("drop", "concept", "dropped", by=("director",), needs=("a reason",)),
    ),
)

CALL = Workflow(
    "draft",
    (
        Step("publish", "draft", "published", by=("director",), needs=("dates", "a gender statement", "criteria")),
        Step("close", "published", "closed", by=("director", "staff"), needs=("every application settled",)),
        Step("cancel", "draft", "cancelled", by=("director",), needs=("a reason",)),
        Step("cancel", "published", "cancelled", by=("director",), needs=("a reason",)),
    ),
)

REPORT = Workflow(
    "draft",
    (
        Step("submit", "draft", "submitted", by=(APPLICANT, "staff"), needs=("what was done",)),
        Step("submit", "returned", "submitted", by=(APPLICANT, "staff"), needs=("what was done",)),
        Step("return", "submitted", "returned", by=("staff",), needs=("a reason",)),
        Step("accept", "submitted", "accepted", by=("staff",), needs=("somebody else's report",)),
    ),
)
