"""What an instrument is, and what follows from the answers to it. Ratings are never added into a score."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

Text = Mapping[str, str]  # by language; English is always there
SMALLEST_GROUP = 5


@dataclass(frozen=True, slots=True)
class Source:
    """Where the instrument comes from, and when somebody of ours read it there."""

    document: str
    address: str
    read: date
    gives: str = ""


@dataclass(frozen=True, slots=True)
class Option:
    """One rating of a profile, or one level of a choice."""

    code: str
    name: Text
    means: Text = field(default_factory=dict)
    colour: str = ""  # as the source says, for those who were taught with it


@dataclass(frozen=True, slots=True)
class Item:
    code: str
    name: Text


@dataclass(frozen=True, slots=True)
class Group:
    code: str
    name: Text
    items: tuple[Item, ...]


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
class Answer:
    item: str
    value: str
    quote: str = ""
    link: str = ""

    @property
    def proven(self) -> bool:
        return bool(self.quote.strip() or self.link.strip())


@dataclass(frozen=True, slots=True)
class Wrong:
    """Why an answer is refused; put into words at the edge."""

    code: str
    item: str
    value: str = ""


def wrong_answers(instrument: Instrument, answers: Iterable[Answer]) -> list[Wrong]:
    """Every reason to refuse these answers. An element may be left out: it stays unanswered, openly."""
    given = list(answers)
    found = [Wrong("twice", item) for item, times in Counter(a.item for a in given).items() if times > 1]
    items, values = questions(instrument), {option.code for option in options(instrument)}
    for answer in given:
        if answer.item not in items:
            found.append(Wrong("unknown item", answer.item))
        elif answer.value not in values:
            found.append(Wrong("unknown value", answer.item, answer.value))
        elif isinstance(instrument, Choice) and not answer.proven:
            found.append(Wrong("no evidence", answer.item, answer.value))
    if not given:
        found.append(Wrong("nothing answered", ""))
    return found


def questions(instrument: Instrument) -> tuple[str, ...]:
    """The codes that an answer may name."""
    if isinstance(instrument, Profile):
        return tuple(item.code for item in instrument.items)
    return (Choice.item,)


def options(instrument: Instrument) -> tuple[Option, ...]:
    if isinstance(instrument, Profile):
        return instrument.scale
    return instrument.options if isinstance(instrument, Choice) else ()


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


def unproven(instrument: Instrument, answers: Iterable[Answer]) -> tuple[str, ...]:
    """The questions without an answer, or whose answer shows neither a quote nor a link."""
    proven = {answer.item for answer in answers if answer.proven}
    return tuple(item for item in questions(instrument) if item not in proven)


def differences(one: Iterable[Answer], other: Iterable[Answer]) -> dict[str, tuple[str, str]]:
    """What two sheets on the same thing say differently; "" where one says nothing."""
    mine, theirs = ({answer.item: answer.value for answer in answers} for answers in (one, other))
    return {
        item: (mine.get(item, ""), theirs.get(item, ""))
        for item in sorted(mine.keys() | theirs.keys())
        if mine.get(item) != theirs.get(item)
    }


def say(text: Text, language: str) -> str:
    """The text in this language, or in English.

    >>> say({"en": "strong", "fr": "fort"}, "fr"), say({"en": "strong"}, "es")
    ('fort', 'strong')
    """
    return text.get(language.split("-")[0], text.get("en", ""))
