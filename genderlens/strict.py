"""YAML read strictly: a key twice, or one that nobody knows, is refused with its line.

A misspelt word that is silently passed over would look like a choice.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Collection, Iterable
from typing import Any

import yaml

from genderlens.findings import Finding, Refused


class Mapping(dict[Any, Any]):
    """A mapping that remembers where its keys stood."""

    line: int = 0
    lines: dict[Any, int]


class _Loader(yaml.SafeLoader):
    """Only true and false are truth values, as in YAML 1.2: yes and no are words, and answers of people."""

    where: str
    yaml_implicit_resolvers = {
        first: [(tag, pattern) for tag, pattern in found if tag != "tag:yaml.org,2002:bool"]
        for first, found in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }


def read(text: str, where: str) -> Any:
    """What the YAML says; its mappings are `Mapping`.

    Args:
        text: the YAML.
        where: the name of the file, for findings.

    Raises:
        Refused: it is not YAML, or a mapping has a key twice.
    """
    loader = _Loader(text)
    loader.where = where
    try:
        return loader.get_single_data()
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 0
        what = f"is not YAML: {error.problem}."
        raise Refused(Finding("stop", "yaml", f"{where}, line {line}", what, "Mind the indents and colons.")) from error
    finally:
        loader.dispose()


def only(found: Any, known: Iterable[str], where: str, *, needed: Collection[str] = ()) -> Mapping:
    """`found`, if it is a mapping with no other keys than `known` and all those `needed`.

    Raises:
        Refused: with the line, and the known word that is nearest to the unknown one.
    """
    if not isinstance(found, Mapping):
        words = ", ".join(known)
        raise Refused(Finding("stop", "yaml", where, f"is not a mapping but {found!r}.", f"It takes: {words}."))
    known = list(known)
    findings = [
        Finding("stop", "unknown-key", f"{where}, line {found.lines[key]}", f"“{key}” is not known.", near(key, known))
        for key in found
        if key not in known
    ]
    findings += [
        Finding("stop", "missing-key", f"{where}, line {found.line}", f"“{key}” is missing.", "Add it.")
        for key in needed
        if key not in found
    ]
    if findings:
        raise Refused(*findings)
    return found


def near(word: object, known: Iterable[str]) -> str:
    """The nearest known word, or all of them, as a hint how to mend it."""
    known = list(known)
    lower = {one.lower(): one for one in known}
    if guess := difflib.get_close_matches(str(word).lower(), lower, n=1, cutoff=0.6):
        return f"Did you mean “{lower[guess[0]]}”?"
    shown = ", ".join(known[:30]) + (", …" if len(known) > 30 else "")
    return f"It may be: {shown}." if known else ""


def _mapping(loader: _Loader, node: yaml.MappingNode) -> Mapping:
    found = Mapping()
    found.line, found.lines = node.start_mark.line + 1, {}
    for key_node, value_node in node.value:
        key, line = loader.construct_object(key_node, deep=True), key_node.start_mark.line + 1
        if not isinstance(key, str | int | float | bool) and key is not None:
            raise Refused(Finding("stop", "yaml", f"{loader.where}, line {line}", f"{key!r} cannot be a key."))
        if key in found:
            what = f"“{key}” stands here twice, first in line {found.lines[key]}."
            raise Refused(Finding("stop", "duplicate-key", f"{loader.where}, line {line}", what, "Keep one."))
        found[key] = loader.construct_object(value_node, deep=True)
        found.lines[key] = line
    return found


_Loader.add_implicit_resolver(
    "tag:yaml.org,2002:bool", re.compile("^(?:true|True|TRUE|false|False|FALSE)$"), list("tTfF")
)
_Loader.add_constructor(yaml.resolver.BaseResolver.DEFAULT_MAPPING_TAG, _mapping)
