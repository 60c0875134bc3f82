"""What may be answered, what is wrong with answers, and how they compare."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from jwp.instruments.rules.kinds import MET, NOT_MET, Answer, Choice, Classes, Cut, Instrument, Option, Profile

SCORE = "score"  # of a class instrument: the class that somebody declares
MET_OR_NOT = (
    Option(MET, {"en": "met", "fr": "rempli", "es": "cumplido"}),
    Option(NOT_MET, {"en": "not met", "fr": "non rempli", "es": "no cumplido"}),
)
YES_OR_NO = (Option("yes", {"en": "yes", "fr": "oui", "es": "sí"}), Option("no", {"en": "no", "fr": "non", "es": "no"}))


@dataclass(frozen=True, slots=True)
class Wrong:
    """Why an answer is refused; put into words at the edge."""

    code: str
    item: str
    value: str = ""


def in_full(instrument: Instrument, answers: Iterable[Answer]) -> list[Answer]:
    """The same answers with a declared class under its own code: GEN2 for somebody's 2a."""
    given = list(answers)
    if not isinstance(instrument, Classes):
        return given
    found = []
    for answer in given:
        one = instrument.find(answer.value) if answer.item == SCORE else None
        found.append(Answer(SCORE, one.code, answer.quote, answer.link) if one else answer)
    return found


def wrong_answers(instrument: Instrument, answers: Iterable[Answer], phase: str = "") -> list[Wrong]:
    """Every reason to refuse these answers. An element may be left out: it stays unanswered, openly."""
    given = in_full(instrument, answers)
    found = [Wrong("twice", item) for item, times in Counter(a.item for a in given).items() if times > 1]
    items = questions(instrument, phase)
    refused = {one.code for one in instrument.refused} if isinstance(instrument, Classes) else set()
    if isinstance(instrument, Cut) and phase not in instrument.phases:
        found.append(Wrong("unknown phase", "", phase))
    for answer in given:
        values = {option.code for option in options(instrument, answer.item)}
        if answer.item not in items:
            found.append(Wrong("unknown item", answer.item))
        elif answer.item == SCORE and answer.value in refused:
            found.append(Wrong("refused value", answer.item, answer.value))
        elif answer.value not in values:
            found.append(Wrong("unknown value", answer.item, answer.value))
        elif isinstance(instrument, Choice) and not answer.proven:
            found.append(Wrong("no evidence", answer.item, answer.value))
    if not given:
        found.append(Wrong("nothing answered", ""))
    return found


def questions(instrument: Instrument, phase: str = "") -> tuple[str, ...]:
    """The codes that an answer may name; of a cut, those of its phase."""
    match instrument:
        case Profile():
            return tuple(item.code for item in instrument.items)
        case Classes():
            return (SCORE, *(criterion.code for criterion in instrument.criteria))
        case Cut():
            coded = instrument.phases.get(phase) or tuple(item.code for item in instrument.items)
            suffix = (instrument.item_suffix,) if instrument.suffixes else ()
            return (*coded, *suffix, *(item.code for item in instrument.exempt))
    return (Choice.item,)


def options(instrument: Instrument, item: str = "") -> tuple[Option, ...]:
    """What may be answered to one question."""
    match instrument:
        case Profile():
            return instrument.scale
        case Choice():
            return instrument.options
        case Classes():
            return instrument.classes if item in ("", SCORE) else MET_OR_NOT
        case Cut():
            if item == instrument.item_suffix:
                return instrument.suffixes
            return YES_OR_NO if item in {one.code for one in instrument.exempt} else instrument.codes
    return ()


@dataclass(frozen=True, slots=True)
class Spread:
    """How many gave each rating to one element."""

    item: str
    n: int
    counts: Mapping[str, int]


def spreads(instrument: Profile, sheets: Iterable[Iterable[Answer]], *, anonymous: bool) -> list[Spread]:
    """The spread of ratings per element. Of a group too small to stay anonymous nothing is shown.

    An element that too few answered is left out for the same reason.
    """
    given = [list(answers) for answers in sheets]
    least = instrument.smallest_group if anonymous else 1
    if len(given) < least:
        return []
    found = []
    for item in instrument.items:
        values = Counter(answer.value for answers in given for answer in answers if answer.item == item.code)
        if (n := values.total()) >= least:
            found.append(Spread(item.code, n, {option.code: values[option.code] for option in instrument.scale}))
    return found


def shown(instrument: Instrument, answer: Answer) -> bool:
    """Whether the answer stands on something. A criterion needs quote and link; a declared class its criteria."""
    if isinstance(instrument, Classes):
        return answer.item == SCORE or answer.value == NOT_MET or answer.met
    return isinstance(instrument, Cut) or answer.proven


def unproven(instrument: Instrument, answers: Iterable[Answer]) -> tuple[str, ...]:
    """The questions without an answer, or with one that nothing shows."""
    proven = {answer.item for answer in answers if shown(instrument, answer)}
    return tuple(item for item in questions(instrument) if item not in proven)


def differences(one: Iterable[Answer], other: Iterable[Answer]) -> dict[str, tuple[str, str]]:
    """What two sheets on the same thing say differently; "" where one says nothing."""
    mine, theirs = ({answer.item: answer.value for answer in answers} for answers in (one, other))
    return {
        item: (mine.get(item, ""), theirs.get(item, ""))
        for item in sorted(mine.keys() | theirs.keys())
        if mine.get(item) != theirs.get(item)
    }
