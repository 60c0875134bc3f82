"""The workbook's sheets of what we fund."""

from jwp.core.workbook.sheets import Sheet
from jwp.grants.exchange import applications, calls, items, panel, programmes

SHEETS: tuple[Sheet, ...] = (*programmes.SHEETS, *calls.SHEETS, *applications.SHEETS, *panel.SHEETS, *items.SHEETS)
