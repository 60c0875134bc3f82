"""The journal as a page: newest first, filtered, exported, and proved."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from typing import Any

from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST

from jwp.core import journal
from jwp.core.access import INSIDERS, ActorRequest, acting, open_to
from jwp.core.journal import canonical
from jwp.core.models import Entry
from jwp.desk.journal import Asked, Line, names_of, read
from jwp.grants.access import refs_kept_from
from jwp.partners.models import Person

PAGE = 50


@open_to(*INSIDERS)
def entries(request: HttpRequest) -> HttpResponse:
    """Pages are cut by entry number, so that the last of a million costs what the first does."""
    asked = Asked(request.GET)
    found = _shown(request, asked)
    newer, older = _number(request, "after"), _number(request, "before")
    if newer is not None:
        page = list(found.filter(seq__gt=newer).order_by("seq")[: PAGE + 1])
        has_newer, has_older = len(page) > PAGE, True
        page = page[:PAGE][::-1]
    else:
        if older is not None:
            found = found.filter(seq__lt=older)
        page = list(found.order_by("-seq")[: PAGE + 1])
        has_newer, has_older = older is not None, len(page) > PAGE
        page = page[:PAGE]
    context = {
        "asked": asked,
        "lines": list(read(page, names_of(page))),
        "newer": page[0].seq if page and has_newer else None,
        "older": page[-1].seq if page and has_older else None,
        "query": _query(request),
    }
    return render(request, "desk/journal.html", context)


def _shown(request: HttpRequest, asked: Asked) -> QuerySet[Entry]:
    """Without what a conflict of interest keeps from the reader."""
    kept = refs_kept_from(acting(request))
    return asked.entries().exclude(ref__in=kept) if kept else asked.entries()


def _number(request: HttpRequest, name: str) -> int | None:
    given = request.GET.get(name, "")
    return int(given) if given.isdecimal() and len(given) < 19 else None


def _query(request: HttpRequest) -> str:
    """The question without the page, to put into links."""
    asked = request.GET.copy()
    for name in ("before", "after", "language"):
        asked.pop(name, None)
    return asked.urlencode()


@open_to(*INSIDERS)
@require_POST
def prove(request: HttpRequest) -> HttpResponse:
    """Recompute the chain now; and look whether a head printed earlier still lies in it."""
    printed = request.POST.get("printed", "").strip().lower()
    context = {
        "proof": journal.verify(),
        "printed": printed,
        "found": Entry.objects.filter(hash__startswith=printed).first() if len(printed) >= 8 else None,
    }
    return render(request, "desk/journal_proof.html", context)


@open_to(*INSIDERS)
def export(request: ActorRequest, form: str) -> StreamingHttpResponse:
    """Every entry asked for, not only one page of them, as it is read."""
    if form not in ("csv", "json"):
        raise Http404
    found = _shown(request, Asked(request.GET)).order_by("-seq").iterator(chunk_size=2000)
    names = dict(Person.objects.values_list("ref", "name"))
    fictional = bool(request.partnership and request.partnership.fictional)
    lines = read(found, names)
    response = StreamingHttpResponse(
        _csv(lines, fictional) if form == "csv" else _json(lines, fictional),
        content_type="text/csv; charset=utf-8" if form == "csv" else "application/json",
    )
    name = f"{'fictional-' if fictional else ''}journal.{form}"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _told(line: Line) -> dict[str, Any]:
    entry = line.entry
    kept = entry.personal or {}
    return {
        "entry": entry.seq,
        "at": entry.at.isoformat(),
        "actor": entry.actor,
        "name": line.who,
        "via": entry.via,
        "verb": entry.verb,
        "noun": entry.noun,
        "ref": entry.ref,
        "reason": entry.reason,
        "before": entry.facts.get("before", {}) | kept.get("before", {}),
        "after": entry.facts.get("after", {}) | kept.get("after", {}),
        "hash": entry.hash,
    }


class _Echo:
    """What `csv.writer` writes to: gives each row back."""

    def write(self, row: str) -> str:
        return row


def _csv(lines: Iterator[Line], fictional: bool) -> Iterator[str]:
    rows = csv.writer(_Echo())
    heading = [
        "entry",
        "at",
        "actor",
        "name",
        "via",
        "verb",
        "noun",
        "ref",
        "reason",
        "before",
        "after",
        "hash",
    ]
    yield "\ufeff" + rows.writerow([*heading, "fictional example"])
    for line in lines:
        told = _told(line)
        told |= {"before": canonical(told["before"]), "after": canonical(told["after"])}
        yield rows.writerow([*(_harmless(told[name]) for name in heading), "yes" if fictional else "no"])


def _harmless(cell: Any) -> Any:
    """A text that a spreadsheet would run as a formula is shown instead."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(("=", "+", "-", "@", "\t", "\r")) else cell


def _json(lines: Iterator[Line], fictional: bool) -> Iterator[str]:
    yield f'{{"fictional": {json.dumps(fictional)}, "entries": ['
    for number, line in enumerate(lines):
        yield (",\n" if number else "\n") + canonical(_told(line))
    yield "\n]}\n"
