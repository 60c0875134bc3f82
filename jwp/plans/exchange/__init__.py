"""The workbook's sheets of this room: plans and what was reported of them, then money."""

from __future__ import annotations

from jwp.plans.exchange import money, plans

SHEETS = (*plans.SHEETS, *money.SHEETS)
