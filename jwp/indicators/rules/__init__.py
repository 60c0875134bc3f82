"""What can be said of measured values without a database: checks, roll-ups, what may be shown in public."""

from jwp.indicators.rules.cells import (
    AXES,
    FEMALE,
    MALE,
    NOT_STATED,
    TOTAL,
    Cell,
    Definition,
    Figures,
    Problem,
    with_totals,
)
from jwp.indicators.rules.checks import not_disaggregated, problems, sex_coverage
from jwp.indicators.rules.rollups import Rollup, change, roll_up
from jwp.indicators.rules.suppression import Shown, suppress

__all__ = [
    "AXES",
    "FEMALE",
    "MALE",
    "NOT_STATED",
    "TOTAL",
    "Cell",
    "Definition",
    "Figures",
    "Problem",
    "Rollup",
    "Shown",
    "change",
    "not_disaggregated",
    "problems",
    "roll_up",
    "sex_coverage",
    "suppress",
    "with_totals",
]
