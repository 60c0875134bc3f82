"""The catalogue of indicators: data with the published definition and its source. Each names the function that
measures it and the columns it needs; what a survey lacks is said, not guessed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from textwrap import fill
from typing import Any

from genderlens import strict
from genderlens.findings import Finding, Refused

FIELDS = (
    "id", "name", "definition", "universe", "adults", "unit", "needs", "needs_one_of", "better_with", "measure",
    "with", "cautions", "breaks", "sources",
)  # fmt: skip
NEEDED = ("id", "name", "definition", "universe", "unit", "needs", "measure", "sources")
Roles = Mapping[str, tuple[str, ...]]  # table -> roles


@dataclass(frozen=True)
class Indicator:
    id: str
    name: Mapping[str, str]  # by language
    definition: Mapping[str, str]
    universe: str
    unit: str
    needs: Roles
    one_of: tuple[Roles, ...]  # any of these
    better_with: Roles
    measure: str  # a function of genderlens.surveys.measures
    parameters: Mapping[str, Any]
    sources: tuple[tuple[str, str], ...]  # title, address
    cautions: tuple[str, ...] = ()  # sentences of words/survey.yaml
    breaks: tuple[str, ...] = ()
    adults: bool = False


@cache
def catalogue() -> Mapping[str, Indicator]:
    """Every indicator, by id."""
    files = [path for path in resources.files(__name__).iterdir() if path.name.endswith(".yaml")]
    found = [_indicator(path.read_text(encoding="utf-8"), path.name) for path in files]
    return {indicator.id: indicator for indicator in sorted(found, key=lambda indicator: indicator.id)}


def find(name: str) -> Indicator:
    """An indicator by its id.

    Raises:
        Refused: there is none; says the nearest.
    """
    if name not in catalogue():
        raise Refused(Finding("stop", "no-indicator", name, "is not in the catalogue.", strict.near(name, catalogue())))
    return catalogue()[name]


def listing(language: str = "en") -> str:
    """The catalogue as a page of text."""
    return "\n\n".join(_page(indicator, language) for indicator in catalogue().values()) + "\n"


def _page(indicator: Indicator, language: str) -> str:
    needs = [said(indicator.needs)] + ([" or ".join(map(said, indicator.one_of))] if indicator.one_of else [])
    lines = [
        f"{indicator.id}: {indicator.name[language]}",
        fill(indicator.definition[language], 112, initial_indent="  ", subsequent_indent="  "),
        f"  Needs {'; and '.join(filter(None, needs))}.",
    ]
    if indicator.better_with:
        lines.append(f"  Says more with {said(indicator.better_with)}.")
    lines += [fill(text, 112, initial_indent="  Series break: ", subsequent_indent="    ") for text in indicator.breaks]
    lines += [f"  Source: {title}\n    {address}" for title, address in indicator.sources]
    return "\n".join(lines)


def said(roles: Roles) -> str:
    """Roles in words: persons sex, age; trips mode."""
    return "; ".join(f"{table} {', '.join(names)}" for table, names in roles.items())


def _indicator(text: str, where: str) -> Indicator:
    found = strict.only(strict.read(text, where), FIELDS, where, needed=NEEDED)
    sources = [strict.only(one, ("title", "address"), where, needed=("title", "address")) for one in found["sources"]]
    return Indicator(
        found["id"], found["name"], found["definition"], found["universe"], found["unit"], _roles(found["needs"]),
        tuple(map(_roles, found.get("needs_one_of", ()))), _roles(found.get("better_with", {})), found["measure"],
        found.get("with", {}), tuple((one["title"], one["address"]) for one in sources),
        tuple(found.get("cautions", ())), tuple(found.get("breaks", ())), found.get("adults", False),
    )  # fmt: skip


def _roles(found: Mapping[str, list[str]]) -> Roles:
    return {table: tuple(names) for table, names in found.items()}
