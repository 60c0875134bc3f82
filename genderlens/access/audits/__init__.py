"""Women's safety audits: places rated by those who walk them. Places, never what was done to anybody there."""

from genderlens.access.audits.answers import ANSWERS, Answers, read_answers
from genderlens.access.audits.places import as_geojson, on_streets, places
from genderlens.access.audits.run import diagnose_audit
from genderlens.access.audits.scores import FORMULAS, Compared, Formula, cells, compare, scored

__all__ = [
    "ANSWERS",
    "FORMULAS",
    "Answers",
    "Compared",
    "Formula",
    "as_geojson",
    "cells",
    "compare",
    "diagnose_audit",
    "on_streets",
    "places",
    "read_answers",
    "scored",
]
