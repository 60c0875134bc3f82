"""How a use that was told becomes a use that counts. Pure: no Django here."""

from __future__ import annotations

from jwp.core.workflow import Step, Workflow

USE = Workflow(
    "told",
    (
        Step("confirm", "told", "confirmed", by=("secretariat",)),
        Step("set aside", "told", "set aside", by=("secretariat",), needs=("a reason",)),
        Step("take up again", "set aside", "told", by=("secretariat",)),
    ),
)
