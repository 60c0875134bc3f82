"""`jwp docs`: the tables in docs/ that come from the code, between markers, and whether they are in step."""

from __future__ import annotations

import argparse
import re
import sys
from argparse import Namespace
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.urls import URLPattern, URLResolver, get_resolver

from jwp import settings as our_settings
from jwp.cli import Wrong, parser
from jwp.core.workflow import markdown
from jwp.evidence.rules import RUN, USE
from jwp.grants.rules import life
from jwp.plans.rules import PLAN, REPORT

BLOCK = re.compile(r"(<!-- generated: ([a-z ]+) -->\n)(.*?)(<!-- end -->)", re.DOTALL)
# Addresses that others' packages bring: their views cannot carry our mark, so a prefix says who may.
OTHERS = {
    "accounts/": "anyone to sign in or ask for a new password; signed in for the rest",
}


def docs(typed: Namespace) -> int:
    folder = settings.BASE.parent / "docs"
    if not folder.is_dir():
        raise Wrong(f"{folder} does not exist: this command belongs to a source checkout")
    stale = []
    for page in sorted(folder.rglob("*.md")):
        text = page.read_text()
        if (written := rewritten(text, page)) != text:
            stale.append(page)
            if not typed.check:
                page.write_text(written)
    for page in stale:
        name = page.relative_to(folder.parent)
        sys.stderr.write(f"{name} is out of date: make docs\n" if typed.check else f"{name} written\n")
    return 1 if stale and typed.check else 0


def rewritten(text: str, page: Path) -> str:
    """The page with every generated table as it should be now."""

    def block(found: re.Match[str]) -> str:
        begin, name, _old, end = found.groups()
        if name not in TABLES:
            raise Wrong(f"{page}: no table is called {name}; there are {', '.join(TABLES)}")
        return f"{begin}{TABLES[name]()}\n{end}"

    if text.count("<!-- generated:") != len(BLOCK.findall(text)):
        raise Wrong(f"{page}: a generated table lacks its <!-- end -->")
    return BLOCK.sub(block, text)


def permissions() -> list[tuple[str, str, str]]:
    """(address, its name, who may open it) of every page; an empty policy is a mistake that a test finds."""
    rows = []
    for address, name, view in _addresses(get_resolver()):
        policy = ", ".join(getattr(view, "policy", ()))
        for prefix, words in OTHERS.items():
            if not policy and address.startswith(prefix):
                policy = words
        rows.append((address, name, policy))
    return rows


def _addresses(
    resolver: URLResolver, prefix: str = "", space: str = ""
) -> Iterator[tuple[str, str, Callable[..., Any]]]:
    for entry in resolver.url_patterns:
        address = prefix + str(entry.pattern)
        if isinstance(entry, URLResolver):
            inner = f"{space}{entry.namespace}:" if entry.namespace else space
            yield from _addresses(entry, address, inner)
        elif isinstance(entry, URLPattern):
            yield address, f"{space}{entry.name or ''}", entry.callback


def _permission_table() -> str:
    ours = [row for row in permissions() if not row[0].startswith(tuple(OTHERS))]
    lines = ["| address | name | who may open it |", "| --- | --- | --- |"]
    lines += [f"| `/{address}` | {name} | {policy} |" for address, name, policy in ours]
    lines += [f"| `/{prefix}…` | django-allauth | {words} |" for prefix, words in OTHERS.items()]
    return "\n".join(lines)


def _settings_table() -> str:
    lines = ["| setting | what it does |", "| --- | --- |"]
    return "\n".join(lines + [f"| `{name}` | {words} |" for name, words in our_settings.KNOWN.items()])


def _command_table() -> str:
    lines = ["| command | what it does |", "| --- | --- |"]
    for action in parser()._subparsers._group_actions:  # type: ignore[union-attr]
        if isinstance(action, argparse._SubParsersAction):
            helps = {choice.dest: choice.help for choice in action._choices_actions}
            for name, command in action.choices.items():
                usage = " ".join(command.format_usage().removeprefix("usage: ").split())
                lines.append(f"| `{usage.replace(' [-h] [--data DIR]', '')}` | {helps[name]} |")
    return "\n".join(lines)


TABLES: dict[str, Callable[[], str]] = {
    "workflow plan": lambda: markdown(PLAN),
    "workflow report": lambda: markdown(REPORT),
    "workflow use": lambda: markdown(USE),
    "workflow run": lambda: markdown(RUN),
    "workflow application": lambda: markdown(life.APPLICATION),
    "workflow item": lambda: markdown(life.ITEM),
    "workflow call": lambda: markdown(life.CALL),
    "workflow programme": lambda: markdown(life.PROGRAMME),
    "workflow progress": lambda: markdown(life.REPORT),
    "permissions": _permission_table,
    "settings": _settings_table,
    "commands": _command_table,
}
