"""The workbook: what stands in cells, the grammar of sheets, and reading and writing .xlsx safely."""
