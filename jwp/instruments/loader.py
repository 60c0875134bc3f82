"""Reads instruments from `standards/*.yaml`, strictly: what is not understood is refused and explained."""

from collections.abc import Callable, Hashable
from datetime import date
from difflib import get_close_matches
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, TypeVar

import yaml

from jwp.instruments.rules import (
    SMALLEST_GROUP,
    Choice,
    Group,
    Instrument,
    Item,
    Option,
    Profile,
    Source,
    Text,
)

STANDARDS = Path(__file__).parent / "standards"
LANGUAGES = ("en", "fr", "es")
COMMON = ("id", "version", "kind", "name", "about", "note", "source", "translations")

T = TypeVar("T")


class InstrumentError(ValueError):
    """A file that cannot be used: what is wrong, where, and how to mend it."""

    def __init__(self, where: str, what: str, mend: str) -> None:
        super().__init__(f"{where}: {what}. {mend}.")


class Block(dict[str, Any]):
    """A mapping that remembers its line."""

    line: int


class _Reader(yaml.SafeLoader):
    """Every scalar stays the text it was typed as, so that `no` is never false and 1996 never a number."""

    yaml_implicit_resolvers = {}


def _block(reader: _Reader, node: yaml.MappingNode) -> Block:
    block = Block()
    block.line = node.start_mark.line + 1
    for key_node, value_node in node.value:
        key = reader.construct_object(key_node, deep=True)
        where = f"{reader.name}, line {key_node.start_mark.line + 1}"
        if not isinstance(key, str):
            raise InstrumentError(where, "a key is not a word", "Write it as a plain word")
        if key in block:
            raise InstrumentError(where, f"“{key}” is given twice", "Keep one of the two")
        block[key] = reader.construct_object(value_node, deep=True)
    return block


_Reader.add_constructor("tag:yaml.org,2002:map", _block)


@cache
def shelf() -> MappingProxyType[str, Instrument]:
    """Every instrument that ships, by `id@version`."""
    found = [load(path) for path in sorted(STANDARDS.glob("*.yaml"))]
    return MappingProxyType({instrument.pin: instrument for instrument in found})


def load(path: Path) -> Instrument:
    instrument = parse(path.read_text(encoding="utf-8"), path.name)
    if path.stem != instrument.pin:
        raise InstrumentError(path.name, f"the file holds {instrument.pin}", f"Name it {instrument.pin}.yaml")
    return instrument


def parse(text: str, where: str) -> Instrument:
    """One instrument from its text; `where` names the file in refusals."""
    reader = _Reader(text)
    reader.name = where
    try:
        data = reader.get_single_data()
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 0
        raise InstrumentError(f"{where}, line {line}", f"not YAML: {error.problem}", "Mend the line") from error
    return _File(where).instrument(data)


class _File:
    def __init__(self, name: str) -> None:
        self.name = name
        self.labelled: set[str] = {"en"}

    def instrument(self, data: object) -> Instrument:
        top = self.block(data, "the file")
        kind = self.word(top, "kind")
        makers: dict[str, Callable[[Block], Instrument]] = {"profile": self.profile, "choice": self.choice}
        if kind not in makers:
            raise self.bad(top, f"the kind “{kind}” is unknown", f"Use one of: {', '.join(makers)}")
        return makers[kind](top)

    def profile(self, top: Block) -> Profile:
        self.keys(top, (*COMMON, "scale", "groups"), ("smallest_group",))
        common = self.common(top)
        smallest = top.get("smallest_group", str(SMALLEST_GROUP))
        if not (isinstance(smallest, str) and smallest.isdecimal() and int(smallest) >= SMALLEST_GROUP):
            mend = f"Write a whole number of {SMALLEST_GROUP} or more, or leave the line out"
            raise self.bad(top, f"smallest_group “{smallest}” would not keep people anonymous", mend)
        groups = self.several(top, "groups", self.group)
        self.different(top, "item", [item.code for group in groups for item in group.items])
        scale = self.several(top, "scale", self.option)
        return Profile(**common, scale=scale, groups=groups, smallest_group=int(smallest))

    def choice(self, top: Block) -> Choice:
        self.keys(top, (*COMMON, "options", "applies_to"))
        common = self.common(top)
        options = self.several(top, "options", self.option)
        for option in options:
            if not option.means:
                raise self.bad(top, f"the option “{option.code}” does not say what it means", "Add “means”")
        return Choice(**common, options=options, applies_to=self.text(top, "applies_to"))

    def common(self, top: Block) -> dict[str, Any]:
        translations = self.block(top["translations"] or Block(), "translations", top)
        for language, origin in translations.items():
            if language not in LANGUAGES[1:]:
                raise self.bad(top, f"translations names “{language}”", f"Use {' or '.join(LANGUAGES[1:])}")
            if origin != "ours" and not str(origin).startswith("https://"):
                mend = "Write “ours”, or the https address of the official translation"
                raise self.bad(top, f"who translated “{language}” is not said", mend)
        self.labelled |= set(translations)
        return {
            "id": self.word(top, "id"),
            "version": self.word(top, "version"),
            "name": self.text(top, "name"),
            "about": self.text(top, "about"),
            "note": self.word(top, "note"),
            "sources": self.several(top, "source", self.source),
            "translations": dict(translations),
        }

    def source(self, block: Block) -> Source:
        self.keys(block, ("document", "address", "read"), ("gives",))
        address = self.word(block, "address")
        if not address.startswith(("https://", "http://")):
            raise self.bad(block, f"the address “{address}” is not one", "Give the whole address, with https://")
        try:
            read = date.fromisoformat(self.word(block, "read"))
        except ValueError as error:
            raise self.bad(block, f"“{block['read']}” is not a date", "Write it as 2026-01-31") from error
        return Source(self.word(block, "document"), address, read, block.get("gives", ""))

    def group(self, block: Block) -> Group:
        self.keys(block, ("code", "name", "items"))
        return Group(self.word(block, "code"), self.text(block, "name"), self.several(block, "items", self.item))

    def item(self, block: Block) -> Item:
        self.keys(block, ("code", "name"))
        return Item(self.word(block, "code"), self.text(block, "name"))

    def option(self, block: Block) -> Option:
        self.keys(block, ("code", "name"), ("means", "colour"))
        means = self.text(block, "means") if "means" in block else {}
        return Option(self.word(block, "code"), self.text(block, "name"), means, block.get("colour", ""))

    # What every part is made of.

    def bad(self, block: Block, what: str, mend: str) -> InstrumentError:
        return InstrumentError(f"{self.name}, line {block.line}", what, mend)

    def block(self, data: object, what: str, parent: Block | None = None) -> Block:
        if isinstance(data, Block):
            return data
        where = f"{self.name}, line {parent.line}" if parent else self.name
        raise InstrumentError(where, f"{what} is not a set of keys", "Write “key: value” lines")

    def keys(self, block: Block, needed: tuple[str, ...], allowed: tuple[str, ...] = ()) -> None:
        for key in block:
            if key not in (*needed, *allowed):
                near = get_close_matches(key, (*needed, *allowed), 1)
                mend = f"Did you mean “{near[0]}”" if near else f"Use only: {', '.join((*needed, *allowed))}"
                raise self.bad(block, f"“{key}” is not understood here", mend)
        for key in needed:
            if key not in block:
                raise self.bad(block, f"“{key}” is missing", f"Add a line “{key}:”")

    def word(self, block: Block, key: str) -> str:
        value = block.get(key)
        if not isinstance(value, str) or not value.strip():
            raise self.bad(block, f"“{key}” is empty", "Write one line of text")
        return value

    def text(self, block: Block, key: str) -> Text:
        texts = self.block(block.get(key), f"“{key}”", block)
        for language, text in texts.items():
            if language not in LANGUAGES:
                raise self.bad(texts, f"“{language}” is not a language here", f"Use {', '.join(LANGUAGES)}")
            if language not in self.labelled:
                mend = f"Add “{language}: ours” under “translations”, or the address of the official one"
                raise self.bad(texts, f"nobody is named for the translation into “{language}”", mend)
            if not isinstance(text, str) or not text.strip():
                raise self.bad(texts, f"“{key}” is empty in “{language}”", "Write it or leave the line out")
        if "en" not in texts:
            raise self.bad(texts, f"“{key}” has no English", "Add a line “en:”")
        return dict(texts)

    def several(self, block: Block, key: str, make: Callable[[Block], T]) -> tuple[T, ...]:
        rows = block.get(key)
        if not isinstance(rows, list) or not rows:
            raise self.bad(block, f"“{key}” has no entries", "Write at least one, each after a dash")
        made = tuple(make(self.block(row, f"an entry of “{key}”", block)) for row in rows)
        self.different(block, key, [row.get("code") for row in rows if "code" in row])
        return made

    def different(self, block: Block, key: str, codes: list[Hashable]) -> None:
        for code in codes:
            if codes.count(code) > 1:
                raise self.bad(block, f"two entries of “{key}” are called “{code}”", "Give each its own code")
