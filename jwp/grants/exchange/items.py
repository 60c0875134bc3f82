from jwp.core.workbook.sheets import Sheet

SHEETS: tuple[Sheet, ...] = ()
