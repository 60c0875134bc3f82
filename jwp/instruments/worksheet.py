"""Answers typed into a file: read leniently, refused with the line and how to mend it. No database, no Django."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from jwp.instruments.loader import Block, InstrumentError, read
from jwp.instruments.rules import (
    MET,
    NOT_MET,
    SCORE,
    Answer,
    Choice,
    Classes,
    Cut,
    Instrument,
    Option,
    options,
    questions,
)

YES = ("yes", "y", "true", "met", "x", "1", "oui", "sí", "si", "rempli", "cumplido")
NO = ("no", "n", "false", "not met", "not-met", "unmet", "0", "non", "non rempli", "no cumplido")
NOTHING = ("", "null", "~", "none", "blank", "not screened", "not answered", "?")
# Each part of an answer, by the words people use for it.
PARTS = {
    "value": ("met", "value", "answer", "code", "score"),
    "quote": ("quote", "passage", "quotation"),
    "link": ("link", "url", "source", "address"),
}
HOLDS = ("criteria", "answers", "items")
SAYS = ("instrument", "phase", "text")


@dataclass(frozen=True, slots=True)
class Filled:
    """What a file of answers says."""

    answers: list[Answer]
    phase: str = ""
    text: str = ""  # the proposal, read for traps


def read_answers(text: str, where: str, instrument: Instrument) -> Filled:
    return _Sheet(where, instrument).filled(read(text, where))


class _Sheet:
    def __init__(self, where: str, instrument: Instrument) -> None:
        self.where = where
        self.instrument = instrument
        self.declares = {Classes: SCORE, Choice: Choice.item}.get(type(instrument), "")

    def filled(self, data: object) -> Filled:
        if data in (None, ""):
            return Filled([])
        top = self.block(data, None, "the file")
        said = {key: self.line(top, key) for key in SAYS if key in top}
        if (pin := said.get("instrument", "").strip()) not in ("", self.instrument.id, self.instrument.pin):
            raise self.bad(top, f"it answers {pin}, not {self.instrument.pin}", "Name the version it was filled in for")
        phase = said.get("phase", "").strip()
        asked = {self.plain(code): code for code in questions(self.instrument)}
        answers = [answer for key, value, block in self.given(top) for answer in self.answer(key, value, block, asked)]
        return Filled(answers, phase, said.get("text", ""))

    def given(self, top: Block) -> Iterator[tuple[str, Any, Block]]:
        """Every answer, whether it stands under `criteria:` or at the top of the file."""
        for key, value in top.items():
            if key in SAYS:
                continue
            if key not in HOLDS:
                yield key, value, top
                continue
            if value in (None, *NOTHING):
                continue
            for row in value if isinstance(value, list) else [value]:
                block = self.block(row, top, f"“{key}”")
                name = next((part for part in ("criterion", "item", "question") if part in block), None)
                if name:
                    yield str(block[name]), Block((k, v) for k, v in block.items() if k != name), block
                else:
                    yield from ((inner, answer, block) for inner, answer in block.items())

    def answer(self, key: str, value: Any, block: Block, asked: dict[str, str]) -> Iterator[Answer]:
        item = asked.get(self.plain(key), self.declares if key == SCORE and self.declares else "")
        if not item:
            near = get_close_matches(self.plain(key), [*asked, *HOLDS, *SAYS], 1)
            known = ", ".join(asked.values())
            mend = f"Did you mean “{asked.get(near[0], near[0])}”" if near else f"Use only: {known}"
            raise self.bad(block, f"{self.instrument.pin} does not ask about “{key}”", mend)
        parts = {"value": value, "quote": "", "link": ""}
        if isinstance(value, Block):
            parts = self.parts(item, value)
        elif not isinstance(value, str | None):
            raise self.bad(block, f"the answer to “{key}” is a list", "Write one answer, with quote and link below it")
        said = str(parts["value"] or "").strip()
        quote, link = parts["quote"].strip(), parts["link"].strip()
        if said.casefold() in NOTHING and said not in {option.code for option in options(self.instrument, item)}:
            if not quote and not link:
                return
            said = MET if self.is_criterion(item) else ""
        yield Answer(item, self.value(item, said, block), quote, link)

    def parts(self, item: str, block: Block) -> dict[str, str]:
        found = {"value": "", "quote": "", "link": ""}
        for key, value in block.items():
            part = next((part for part, words in PARTS.items() if key in words), None)
            if part is None:
                raise self.bad(block, f"“{item}” has no “{key}”", "Write met, quote and link")
            if not isinstance(value, str | None):
                raise self.bad(
                    block, f"“{key}” of “{item}” is not one line of text", "Write it between quotation marks"
                )
            found[part] = value or ""
        return found

    def is_criterion(self, item: str) -> bool:
        return isinstance(self.instrument, Classes) and item != SCORE

    def value(self, item: str, said: str, block: Block) -> str:
        plain = said.casefold().replace("_", " ")
        if self.is_criterion(item):
            if plain in (*YES, *NO):
                return MET if plain in YES else NOT_MET
            raise self.bad(block, f"“{item}” is answered “{said}”", "Write met: yes, or met: no")
        codes = [option.code for option in options(self.instrument, item)]
        if {"yes", "no"} <= set(codes) and plain in (*YES, *NO):
            return "yes" if plain in YES else "no"
        return next((code for code in codes if code.casefold() == plain), said)

    def line(self, block: Block, key: str) -> str:
        value = block[key]
        if isinstance(value, list) and all(isinstance(part, str) for part in value):
            return "\n".join(value)
        if not isinstance(value, str | None):
            raise self.bad(block, f"“{key}” is not text", "Write it on one line, or below a |")
        return value or ""

    @staticmethod
    def plain(code: str) -> str:
        return code.strip().casefold().replace("_", "-").replace(" ", "-")

    def block(self, data: object, parent: Block | None, what: str) -> Block:
        if isinstance(data, Block):
            return data
        where = f"{self.where}, line {parent.line}" if parent and hasattr(parent, "line") else self.where
        raise InstrumentError(
            where, f"{what} is not a set of answers", "Write “score: 1”, and “criteria:” with one each"
        )

    def bad(self, block: Block, what: str, mend: str) -> InstrumentError:
        line = f", line {block.line}" if hasattr(block, "line") else ""
        return InstrumentError(f"{self.where}{line}", what, mend)


def template(instrument: Classes | Cut | Choice) -> str:
    """An empty file of answers, with what each question means beside it."""
    lines = [f"# {instrument.name['en']}, {instrument.version}. Leave out what nobody looked at: empty is not 0."]
    lines.append(f"instrument: {instrument.pin}")
    if isinstance(instrument, Cut):
        lines += [f"phase:    # {' or '.join(instrument.phases)}", ""]
        lines += [f"# {option.code}: {option.name['en']}" for option in instrument.codes]
        lines += ["criteria:", *(f"  {item.code}:    # {item.name['en']}" for item in instrument.items)]
        if instrument.suffixes:
            each = "; ".join(f"{option.code} {option.name['en']}" for option in instrument.suffixes)
            lines.append(f"  {instrument.item_suffix}:    # {each}")
        lines += [f"  {item.code}:    # yes or no: {item.name['en']}" for item in instrument.exempt]
        return "\n".join([*lines, ""])
    classes: tuple[Option, ...] = instrument.classes if isinstance(instrument, Classes) else instrument.options
    lines += ["", *(f"# {one.code} {one.name['en']}: {one.means['en']}" for one in classes)]
    if isinstance(instrument, Choice):
        return "\n".join([*lines, "choice:", "  value:", "  quote:", "  link:", ""])
    lines += ["score:    # the class you declare; empty if not screened", ""]
    lines += ["# met: yes or no. What is met needs a quoted passage and a link to where it stands.", "criteria:"]
    for criterion in instrument.criteria:
        needed = ", ".join(one.code for one in instrument.classes if criterion.code in one.needs)
        lines += [f"  # {criterion.name['en']} (for {needed})" + _unconfirmed(criterion.wording)]
        lines += [f"  {criterion.code}:", "    met:", "    quote:", "    link:"]
    return "\n".join([*lines, "", "# The proposal, or a part of it, to be read for known traps.", "text:", ""])


def _unconfirmed(wording: str) -> str:
    return " [wording to be confirmed]" if wording == "unconfirmed" else ""
