"""What an instrument is, and what follows from the answers to it. No Django here."""

from jwp.instruments.rules.answers import (
    SCORE,
    Spread,
    Wrong,
    differences,
    in_full,
    options,
    questions,
    shown,
    spreads,
    unproven,
    wrong_answers,
)
from jwp.instruments.rules.cuts import CUTS
from jwp.instruments.rules.gate import NECESSARY, NEVER_DECIDE, may_decide
from jwp.instruments.rules.kinds import (
    MET,
    NOT_MET,
    SMALLEST_GROUP,
    UNITS,
    Answer,
    Choice,
    Class,
    Classes,
    Criterion,
    Cut,
    Group,
    Instrument,
    Item,
    Option,
    Profile,
    Refusal,
    Source,
    Text,
    say,
)
from jwp.instruments.rules.scoring import Scored, Unproven, score
from jwp.instruments.rules.traps import TRAPS, Trap, Caution, traps_in

__all__ = [
    "CUTS", "MET", "NECESSARY", "NEVER_DECIDE", "NOT_MET", "SCORE", "SMALLEST_GROUP", "TRAPS", "UNITS", "Answer",
    "Choice", "Class", "Classes", "Criterion", "Cut", "Group", "Instrument", "Item", "Option", "Profile", "Refusal",
    "Scored", "Source", "Spread", "Text", "Trap", "Unproven", "Caution", "Wrong", "differences", "in_full",
    "may_decide", "options", "questions", "say", "score", "shown", "spreads", "traps_in", "unproven", "wrong_answers",
]  # fmt: skip
