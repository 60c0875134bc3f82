"""The score that answers support: code what you see. A declared class that is not shown is not the score."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from jwp.instruments.rules.answers import SCORE, in_full
from jwp.instruments.rules.cuts import CUTS, UNDECIDED
from jwp.instruments.rules.kinds import MET, NOT_MET, Answer, Choice, Class, Classes, Cut, Instrument
from jwp.instruments.rules.traps import Caution, traps_in


@dataclass(frozen=True, slots=True)
class Unproven:
    """A criterion of the declared class, and what it lacks: not answered, not met, no quote, no link."""

    item: str
    lacks: str


@dataclass(frozen=True, slots=True)
class Scored:
    """What follows from one set of answers. `score` None is *not screened*, which is not 0; or undecided."""

    pin: str
    declared: str | None
    score: str | None
    met: tuple[str, ...] = ()
    lacking: tuple[Unproven, ...] = ()
    warnings: tuple[Caution, ...] = ()
    suffix: str = ""
    undecided: bool = False

    @property
    def unproven(self) -> tuple[str, ...]:
        """The criteria of the declared class that nothing shows."""
        return tuple(one.item for one in self.lacking)

    @property
    def stands(self) -> bool:
        """What was declared is what is shown."""
        return self.score is not None and self.score == self.declared

    @property
    def code(self) -> str:
        """The score as it is written down; empty where there is none."""
        return f"{self.score}({self.suffix})" if self.score and self.suffix else self.score or ""


def score(instrument: Instrument, answers: Iterable[Answer], *, phase: str = "", text: str = "") -> Scored:
    """The score of these answers. `text` is the proposal, read for the known traps. Give answers that are not wrong."""
    given = {answer.item: answer for answer in in_full(instrument, answers)}
    match instrument:
        case Classes():
            return _of_classes(instrument, given, text)
        case Cut():
            return _of_cut(instrument, given, phase)
        case Choice():
            picked = given.get(Choice.item)
            value = picked.value if picked and picked.proven else None
            return Scored(instrument.pin, picked.value if picked else None, value)
    raise ValueError(f"{instrument.pin} has no score: a profile is shown as a spread")


def _of_classes(instrument: Classes, given: Mapping[str, Answer], text: str) -> Scored:
    met = tuple(c.code for c in instrument.criteria if c.code in given and given[c.code].met)
    # Nothing answered is never 0, whatever an instrument asks of its classes.
    supported = {one.code for one in instrument.classes if one.needs and set(one.needs) <= set(met)}
    declared = _declared(instrument, given)
    needs = declared.needs if declared else instrument.necessary
    lacking = tuple(Unproven(item, _lacks(given.get(item))) for item in needs if item not in met)
    looked_at = (declared.code, *declared.otherwise) if declared else ()
    found = next((code for code in looked_at if code in supported), None)
    quotes = [(c.code, given[c.code].quote) for c in instrument.criteria if c.code in given]
    warnings = tuple(w for item, quote in [*quotes, ("", text)] for w in traps_in(quote, item))
    return Scored(instrument.pin, declared.code if declared else None, found, met, lacking, warnings)


def _declared(instrument: Classes, given: Mapping[str, Answer]) -> Class | None:
    return instrument.find(given[SCORE].value) if SCORE in given else None


def _lacks(answer: Answer | None) -> str:
    if answer is None or answer.value not in (MET, NOT_MET):
        return "not answered"
    if answer.value == NOT_MET:
        return "not met"
    if not answer.quote.strip():
        return "no quote" if answer.link.strip() else "no quote and no link"
    return "no link"


def _of_cut(instrument: Cut, given: Mapping[str, Answer], phase: str) -> Scored:
    if instrument.exempt and all(_value(given, one.code) == "yes" for one in instrument.exempt):
        return Scored(instrument.pin, None, "N/A")
    asked = instrument.phases.get(phase, ())
    codes = {item: _value(given, item) for item in asked if _value(given, item)}
    lacking = tuple(Unproven(item, "not answered") for item in asked if item not in codes)
    if not asked or any(item not in codes for item in instrument.key):
        return Scored(instrument.pin, None, None, tuple(codes), lacking)
    found = CUTS[instrument.function](instrument.key, codes)
    undecided = found == UNDECIDED
    suffix = "" if undecided else _value(given, instrument.item_suffix)
    code = None if undecided else found
    return Scored(instrument.pin, None, code, tuple(codes), lacking, (), suffix, undecided)


def _value(given: Mapping[str, Answer], item: str) -> str:
    return given[item].value if item in given else ""
