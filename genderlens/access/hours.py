"""Opening hours as people write them: 08:00-18:00, 20:00-02:00, 24/7."""

from __future__ import annotations

import re

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

DAY = 86_400
ALWAYS = frozenset({"", "24/7", "always", "siempre", "toujours", "24h", "24 h"})
TIME = re.compile(r"(\d{1,2})[:h.](\d{2})(?::(\d{2}))?|(\d{1,2}) ?h?")


def clock(text: str) -> int | None:
    """Seconds after midnight, up to 48:00 as timetables have them; None when it is no time.

    >>> clock("08:30"), clock("8h30"), clock("26:00"), clock("noon"), clock("08:75")
    (30600, 30600, 93600, None, None)
    """
    found = TIME.fullmatch(text.strip())
    if not found:
        return None
    hours, minutes, seconds = int(found[1] or found[4]), int(found[2] or 0), int(found[3] or 0)
    if hours > 48 or minutes > 59 or seconds > 59:
        return None
    return hours * 3600 + minutes * 60 + seconds


def span(text: str) -> tuple[int, int] | tuple[None, None] | None:
    """Opening and closing in seconds after midnight; (None, None): all day; None: it cannot be read.

    A place that closes at or before the hour it opens closes the day after. One hour for both is not an answer: it may
    mean never or always.

    >>> span("08:00-18:00"), span("20:00-02:00"), span("24/7")
    ((28800, 64800), (72000, 93600), (None, None))
    >>> span("08:00-08:00"), span("Mo-Fr 08:00-12:00")
    (None, None)
    """
    if text.strip().lower() in ALWAYS:
        return None, None
    ends = re.split(r" ?[-–—] ?| to | a | à ", text.strip())
    if len(ends) != 2:
        return None
    opens, closes = clock(ends[0]), clock(ends[1])
    if opens is None or closes is None or opens == closes or opens >= DAY:
        return None
    return opens, closes if closes > opens else closes + DAY


def spans(texts: pa.ChunkedArray) -> tuple[pa.Array, pa.Array, pa.Array]:
    """`opens` and `closes` (int32, null: open all day) of a column of texts, and where they cannot be read.

    Each different text is read once, so that ten million places cost no more than their few different hours.
    """
    coded = pc.fill_null(texts.cast(pa.string()), "").combine_chunks().dictionary_encode()
    read = [span(text) for text in coded.dictionary.to_pylist()]
    which = coded.indices
    opens = pa.array([None if each is None else each[0] for each in read], pa.int32()).take(which)
    closes = pa.array([None if each is None else each[1] for each in read], pa.int32()).take(which)
    return opens, closes, pa.array(np.array([each is None for each in read], np.bool_)).take(which)


def seconds(column: pa.ChunkedArray) -> tuple[pa.Array, pa.Array]:
    """A column of seconds after midnight, or of texts such as 08:00, as int32, and where it cannot be read."""
    if pa.types.is_time(column.type):
        column = column.cast(pa.time32("s")).cast(pa.int32())
    if not (pa.types.is_string(column.type) or pa.types.is_large_string(column.type)):
        return column.cast(pa.int32()).combine_chunks(), pa.array(np.zeros(len(column), np.bool_))
    coded = pc.fill_null(column, "").combine_chunks().dictionary_encode()
    texts = coded.dictionary.to_pylist()
    read = [int(text) if text.isdigit() and len(text) > 2 else clock(text) for text in texts]
    wrong = [text.strip() != "" and each is None for text, each in zip(texts, read, strict=True)]
    return pa.array(read, pa.int32()).take(coded.indices), pa.array(wrong, pa.bool_()).take(coded.indices)
