"""The kinds of instrument, as data. Ratings are never added into a score, and classes are not an order."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

Text = Mapping[str, str]  # by language; English is always there
SMALLEST_GROUP = 5
# What may be coded: an instrument names those it is for.
UNITS = (
    "programme", "project", "grant", "objective", "output", "sub-output", "activity", "contract", "product", "event",
    "communication", "budget line", "result",
)  # fmt: skip
MET, NOT_MET = "met", "not-met"


@dataclass(frozen=True, slots=True)
class Source:
    """Where the instrument comes from, and when somebody of ours read it there."""

    document: str
    address: str
    read: date
    gives: str = ""


@dataclass(frozen=True, slots=True)
class Option:
    """One rating of a profile, one level of a choice, one code of a cut."""

    code: str
    name: Text
    means: Text = field(default_factory=dict)
    colour: str = ""  # as the source says, for those who were taught with it
    wording: str = "sourced"  # or `ours`; or `unconfirmed`, until an edition makes it `confirmed`


@dataclass(frozen=True, slots=True)
class Class(Option):
    """One class, with its own needs. No class is above another: `otherwise` says what to try, not what is less."""

    needs: tuple[str, ...] = ()
    also_written: tuple[str, ...] = ()
    otherwise: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Item:
    code: str
    name: Text


@dataclass(frozen=True, slots=True)
class Criterion(Item):
    """Something to look for in the documents; of a cut, something to code."""

    wording: str = "sourced"
    key: bool = False  # of a cut: counts in the roll-up


@dataclass(frozen=True, slots=True)
class Group:
    code: str
    name: Text
    items: tuple[Item, ...]


@dataclass(frozen=True, slots=True)
class Refusal:
    """A code that exists elsewhere and is never accepted here, with the reason."""

    code: str
    because: Text


@dataclass(frozen=True, slots=True)
class Instrument:
    """One published version. It is never edited: a correction is a new version."""

    id: str
    version: str
    name: Text
    about: Text
    sources: tuple[Source, ...]
    translations: Mapping[str, str]  # language → "ours", or the address of the official translation
    note: str
    may_gate: bool
    units: tuple[str, ...]

    @property
    def pin(self) -> str:
        """What an answer sheet writes down: this version and no other."""
        return f"{self.id}@{self.version}"


@dataclass(frozen=True, slots=True)
class Profile(Instrument):
    """Elements in groups, each rated on one scale; shown as a spread, never as a total."""

    scale: tuple[Option, ...]
    groups: tuple[Group, ...]
    smallest_group: int

    @property
    def items(self) -> tuple[Item, ...]:
        return tuple(item for group in self.groups for item in group.items)


@dataclass(frozen=True, slots=True)
class Choice(Instrument):
    """One level picked by an evaluator for one result, with evidence. Every level is safe to pick."""

    options: tuple[Option, ...]
    applies_to: Text
    item = "choice"


@dataclass(frozen=True, slots=True)
class Classes(Instrument):
    """Classes side by side, each with the criteria it needs; each criterion is shown by a quote and a link."""

    criteria: tuple[Criterion, ...]
    classes: tuple[Class, ...]
    refused: tuple[Refusal, ...]

    @property
    def necessary(self) -> tuple[str, ...]:
        """What every class needs: without it nothing has been screened."""
        return tuple(c.code for c in self.criteria if all(c.code in one.needs for one in self.classes))

    def find(self, written: str) -> Class | None:
        """The class meant by a code, however it is also written."""
        asked = written.strip().casefold()
        for one in self.classes:
            if asked in (one.code.casefold(), one.name["en"].casefold(), *(w.casefold() for w in one.also_written)):
                return one
        return None


@dataclass(frozen=True, slots=True)
class Cut(Instrument):
    """Items coded one by one; a named function says what follows, or that nothing does."""

    function: str
    items: tuple[Criterion, ...]
    codes: tuple[Option, ...]
    phases: Mapping[str, tuple[str, ...]]  # which items each phase codes
    suffixes: tuple[Option, ...]  # chosen by the team and written behind the code
    exempt: tuple[Criterion, ...]  # all answered yes: the instrument does not apply
    item_suffix = "suffix"

    @property
    def key(self) -> tuple[str, ...]:
        return tuple(item.code for item in self.items if item.key)


@dataclass(frozen=True, slots=True)
class Answer:
    item: str
    value: str
    quote: str = ""
    link: str = ""

    @property
    def proven(self) -> bool:
        return bool(self.quote.strip() or self.link.strip())

    @property
    def met(self) -> bool:
        """Claimed as met, and shown: a quoted passage and a link to where it stands."""
        return self.value == MET and bool(self.quote.strip()) and bool(self.link.strip())


def say(text: Text, language: str) -> str:
    """The text in this language, or in English.

    >>> say({"en": "strong", "fr": "fort"}, "fr"), say({"en": "strong"}, "es")
    ('fort', 'strong')
    """
    return text.get(language.split("-")[0], text.get("en", ""))
