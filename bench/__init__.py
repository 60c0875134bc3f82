"""Measurements: what a page, a write and a PDF cost, beside a physical floor. Run them with `make bench`."""
