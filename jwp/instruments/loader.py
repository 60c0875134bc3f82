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
    CUTS,
    NECESSARY,
    NEVER_DECIDE,
    SCORE,
    SMALLEST_GROUP,
    UNITS,
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
)

STANDARDS = Path(__file__).parent / "standards"
LANGUAGES = ("en", "fr", "es")
COMMON = ("id", "version", "kind", "name", "about", "note", "source", "translations")
PERHAPS = ("may_gate", "units")
WORDINGS = ("sourced", "unconfirmed", "ours")

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
    return _File(where).instrument(read(text, where))


def read(text: str, where: str) -> Any:
    """What a text of YAML holds: blocks that know their line, lists, and every scalar as it was typed."""
    try:
        reader = _Reader(text)
        reader.name = where
        return reader.get_single_data()
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 0
        raise InstrumentError(f"{where}, line {line}", f"not YAML: {error.problem}", "Mend the line") from error
    except yaml.reader.ReaderError as error:
        raise InstrumentError(where, "it holds characters that are not text", "Save it as plain text") from error


class _File:
    def __init__(self, name: str) -> None:
        self.name = name
        self.labelled: set[str] = {"en"}

    def instrument(self, data: object) -> Instrument:
        top = self.block(data, "the file")
        kind = self.word(top, "kind")
        makers: dict[str, Callable[[Block], Instrument]] = {
            "profile": self.profile,
            "choice": self.choice,
            "classes": self.classes,
            "cut": self.cut,
        }
        if kind not in makers:
            raise self.bad(top, f"the kind “{kind}” is unknown", f"Use one of: {', '.join(makers)}")
        return makers[kind](top)

    def profile(self, top: Block) -> Profile:
        self.keys(top, (*COMMON, "scale", "groups"), (*PERHAPS, "smallest_group"))
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
        self.keys(top, (*COMMON, "options", "applies_to"), PERHAPS)
        common = self.common(top)
        options = self.several(top, "options", self.option)
        for option in options:
            if not option.means:
                raise self.bad(top, f"the option “{option.code}” does not say what it means", "Add “means”")
        return Choice(**common, options=options, applies_to=self.text(top, "applies_to"))

    def classes(self, top: Block) -> Classes:
        self.keys(top, (*COMMON, "units", "criteria", "classes"), (*PERHAPS, "refused"))
        common = self.common(top)
        criteria = self.several(top, "criteria", self.criterion)
        classes = self.several(top, "classes", self.class_)
        refused = self.several(top, "refused", self.refusal) if "refused" in top else ()
        found = Classes(**common, criteria=criteria, classes=classes, refused=refused)
        self.hangs_together(top, found)
        return found

    def hangs_together(self, top: Block, found: Classes) -> None:
        """Every class names criteria and classes that exist; a gate's instrument asks what every gate asks."""
        known, codes = [c.code for c in found.criteria], [one.code for one in found.classes]
        if SCORE in known:
            raise self.bad(top, f"a criterion is called “{SCORE}”", "That names the declared class: use another code")
        for one in found.classes:
            for word, named, there in (("needs", one.needs, known), ("otherwise", one.otherwise, codes)):
                for code in named:
                    if code not in there or code == one.code:
                        mend = f"Use only: {', '.join(c for c in there if c != one.code)}"
                        raise self.bad(top, f"class “{one.code}”, {word}: there is no “{code}”", mend)
            lacking = [code for code in NECESSARY if code not in one.needs]
            if found.may_gate and lacking:
                what = f"it may gate, but class “{one.code}” does not need {' and '.join(lacking)}"
                raise self.bad(top, what, "Add them to its needs, or write “may_gate: false”")
        written = [word.casefold() for one in found.classes for word in (one.code, *one.also_written)]
        written += [one.code.casefold() for one in found.refused]
        self.different(top, "classes", list(written))

    def cut(self, top: Block) -> Cut:
        needed = ("units", "function", "items", "codes", "phases")
        self.keys(top, (*COMMON, *needed), (*PERHAPS, "suffixes", "exempt"))
        common = self.common(top)
        function = self.word(top, "function")
        if function not in CUTS:
            raise self.bad(top, f"there is no function “{function}”", f"Name one of: {', '.join(CUTS)}")
        if common["may_gate"]:
            raise self.bad(top, "a cut shows nothing by a quote, so it cannot gate", "Write “may_gate: false”")
        items = self.several(top, "items", self.criterion)
        codes = self.several(top, "codes", self.coded)
        if not (key := {item.code for item in items if item.key}):
            raise self.bad(top, "no item is a key one", "Add “key: true” to those that count")
        phases: dict[str, tuple[str, ...]] = {}
        for phase, coded in self.block(top["phases"], "“phases”", top).items():
            phases[phase] = self.codes(coded, top, f"phase “{phase}”", [item.code for item in items])
            if not key <= set(phases[phase]):
                raise self.bad(top, f"phase “{phase}” leaves out a key item", "Name every key item in every phase")
        suffixes = self.several(top, "suffixes", self.coded) if "suffixes" in top else ()
        exempt = self.several(top, "exempt", self.criterion) if "exempt" in top else ()
        self.different(top, "item", [one.code for one in (*items, *exempt)])
        return Cut(
            **common, function=function, items=items, codes=codes, phases=phases, suffixes=suffixes, exempt=exempt
        )

    def common(self, top: Block) -> dict[str, Any]:
        translations = self.block(top["translations"] or Block(), "translations", top)
        for language, origin in translations.items():
            if language not in LANGUAGES[1:]:
                raise self.bad(top, f"translations names “{language}”", f"Use {' or '.join(LANGUAGES[1:])}")
            if origin != "ours" and not str(origin).startswith("https://"):
                mend = "Write “ours”, or the https address of the official translation"
                raise self.bad(top, f"who translated “{language}” is not said", mend)
        self.labelled |= set(translations)
        id_ = self.word(top, "id")
        may_gate = self.truth(top, "may_gate")
        if may_gate and (why := NEVER_DECIDE.get(id_)):
            raise self.bad(top, f"{id_} may never gate: {why}", "Write “may_gate: false”")
        return {
            "may_gate": may_gate,
            "units": self.codes(top["units"], top, "“units”", list(UNITS)) if "units" in top else (),
            "id": id_,
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

    def criterion(self, block: Block) -> Criterion:
        self.keys(block, ("code", "name", "wording"), ("key",))
        return Criterion(
            self.word(block, "code"), self.text(block, "name"), self.wording(block), self.truth(block, "key")
        )

    def class_(self, block: Block) -> Class:
        self.keys(block, ("code", "name", "means", "wording", "needs"), ("also_written", "otherwise"))
        needs, others, aliases = (self.words(block, key) for key in ("needs", "otherwise", "also_written"))
        if not needs:
            mend = "Name the criteria it needs: nothing shown is not screened, which is not a class"
            raise self.bad(block, f"the class “{self.word(block, 'code')}” needs nothing", mend)
        return Class(
            self.word(block, "code"), self.text(block, "name"), self.text(block, "means"),
            wording=self.wording(block), needs=needs, also_written=aliases, otherwise=others,
        )  # fmt: skip

    def coded(self, block: Block) -> Option:
        self.keys(block, ("code", "name", "wording"), ("means",))
        means = self.text(block, "means") if "means" in block else {}
        return Option(self.word(block, "code"), self.text(block, "name"), means, wording=self.wording(block))

    def refusal(self, block: Block) -> Refusal:
        self.keys(block, ("code", "because"))
        return Refusal(self.word(block, "code"), self.text(block, "because"))

    def wording(self, block: Block) -> str:
        if (said := self.word(block, "wording")) not in WORDINGS:
            raise self.bad(block, f"the wording is “{said}”", f"Write {' or '.join(WORDINGS)}")
        return said

    # What every part is made of.

    def truth(self, block: Block, key: str) -> bool:
        if (said := block.get(key, "false")) not in ("true", "false"):
            raise self.bad(block, f"“{key}” is “{said}”", "Write true or false")
        return bool(said == "true")

    def words(self, block: Block, key: str) -> tuple[str, ...]:
        return self.codes(block[key], block, f"“{key}”") if key in block else ()

    def codes(self, rows: object, block: Block, what: str, known: list[str] | None = None) -> tuple[str, ...]:
        if not isinstance(rows, list) or not all(isinstance(row, str) for row in rows):
            raise self.bad(block, f"{what} is not a list of words", "Write [one, another]")
        for row in rows:
            if known is not None and row not in known:
                raise self.bad(block, f"{what} names “{row}”", f"Use only: {', '.join(known)}")
        return tuple(rows)

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
