"""The tables access is measured from and gives. Times of day are seconds after midnight, durations milliseconds."""

from __future__ import annotations

import pyarrow as pa

# Who lives where: one row for each home (a block, zone, grid cell or house), sex and age band.
HOMES = pa.schema([
    ("home", pa.string()),
    ("lon", pa.float64()),
    ("lat", pa.float64()),
    ("sex", pa.string()),  # f, m, or x (another, or not stated)
    ("age", pa.string()),  # a band such as "25-39", "" when not split
    ("persons", pa.float64()),  # a modelled grid has fractions
])  # fmt: skip

# Where people go. A place open past midnight closes after 86400; one with no hours is open all day.
PLACES = pa.schema([
    ("place", pa.string()),
    ("lon", pa.float64()),
    ("lat", pa.float64()),
    ("kind", pa.string()),  # jobs, childcare, school, market, health, public space, ...
    ("amount", pa.float64()),  # jobs, places for children, beds; 1 where a place just counts
    ("opens", pa.int32()),  # null with closes: open all day
    ("closes", pa.int32()),
])  # fmt: skip

# What one home reaches, one row a home and measure; null where there is no answer, never zero for it.
REACH = pa.schema([
    ("home", pa.string()),
    ("measure", pa.string()),  # such as "jobs within 30 minutes"
    ("profile", pa.string()),  # "" for an unconstrained person
    ("departs", pa.int32()),  # null where time of day plays no part
    ("value", pa.float64()),
])  # fmt: skip
