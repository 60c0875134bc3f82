"""How a use that was told becomes a use that counts. Pure: no Django here."""

from __future__ import annotations

from jwp.core.workflow import Step, Workflow

TOLD_A_DAY = 20  # of one product, by people without a sign-in

USE = Workflow(
    "new",
    (
        # One of us who writes a use down stands behind it.
        Step("record", "new", "confirmed", by=("secretariat", "focal point")),
        Step("tell", "new", "told", by=("stranger",)),
        Step("confirm", "told", "confirmed", by=("secretariat",)),
        Step("set aside", "told", "set aside", by=("secretariat",), needs=("a reason",)),
        Step("set aside", "confirmed", "set aside", by=("secretariat",), needs=("a reason",)),
        Step("take up again", "set aside", "told", by=("secretariat",)),
    ),
)
