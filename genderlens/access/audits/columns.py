"""Which column of a sheet is which question, and which must not be read at all."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from functools import cache

from genderlens.access.audits.form import PARAMETERS, form
from genderlens.surveys.sexes import told

# What people call a column that they made themselves, beside the names and the labels of the form.
ALSO = {
    "sex": ("sexe", "sexo", "gender", "genre", "genero"),
    "age": ("edad", "age group", "age band"),
    "light": ("time of day", "moment", "momento", "luz"),
    "round": ("tour", "ronda"),
    "segment": ("street", "tramo", "troncon", "place"),
    "lat": ("latitude", "latitud", "y"),
    "lon": ("longitude", "longitud", "lng", "long", "x"),
    "uuid": ("_uuid", "meta/instanceid", "instanceid", "key"),
}
ROLES = ("consent", "language", "sex", "age", "round", "light", "hour", "segment", "point", *PARAMETERS)
# Telephones and Kobo write these of their own accord.
PRIVATE = re.compile(
    r"name|\bnom\b|nombre|apellid|prenom|phone|telef|tel\b|movil|celular|mail|correo|courriel|address|adresse|direccion"
    r"|device|submitted by|subscriber|imei|whatsapp|cedula|passport|\bdni\b|\brut\b|signature|photo|foto|audio|video"
)
STORY = re.compile(
    r"incident|harass|acoso|harcel|assault|agres|attack|victim|happen|\bpas[eo]\b|suced|ocurr|arrive|comment|coment|remar|descri|relat"
    r"|recit|story|narrat|detail|detall|abus|violen|viola|\bviol\b|\brape|expli|notes?$|observ|testi"
)
LONG = 60  # characters of a mean answer that is more than a code or a label


def plain(text: str) -> str:
    """For comparing what was typed: no capitals, accents or kinds of apostrophe and space.

    >>> plain("  J’ai  LU ça")
    "j'ai lu ca"
    """
    bare = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    return " ".join(bare.casefold().replace("’", "'").replace("_", " ").split())


def find_columns(columns: Sequence[str]) -> dict[str, int]:
    """Role -> place of its column. What stands before the last slash (Kobo) or dash (ODK) is a group of the form."""
    found: dict[str, int] = {}
    for place, column in enumerate(columns):
        last = plain(column.rsplit("/", 1)[-1])
        role = _names().get(plain(column)) or _names().get(last) or _names().get(plain(column.rsplit("-", 1)[-1]))
        if role is None and (end := re.search(r" (latitude|longitude)$", last)):
            role = end[1][:3]  # Kobo splits a point into columns
        if role is not None:
            found.setdefault(role, place)
    return found


@cache
def _names() -> dict[str, str]:
    asked = form()
    names = {plain(role): role for role in (*ROLES, *ALSO)}
    names |= {plain(words): role for role in ROLES for words in asked.text[role].values()}
    names |= {plain(words): role for role in PARAMETERS for words in asked.name[role].values()}
    return names | {plain(word): role for role, words in ALSO.items() for word in words}


@cache
def codes(role: str) -> dict[str, str]:
    """What may stand in a cell -> its code: the code itself, or its label in any language."""
    found = {plain(words): code for code, said in form().options[role].items() for words in said.values()}
    return found | {plain(code): code for code in form().options[role]}


def sexes(said: Iterable[str]) -> dict[str, str]:
    """What stands in the column of sex, made plain -> f, m or x; words that say nothing are left out."""
    words = {plain(text) for text in said if text}
    ours = codes("sex")
    return ours if words <= ours.keys() else {plain(word): code for word, code in told(words).items()}


def language_of(columns: Iterable[str], said: Iterable[str]) -> str | None:
    """The language of the labels in the head of the sheet and in the answers; None where there are only codes."""
    seen = Counter(said)
    seen.update(column.rsplit("/", 1)[-1] for column in columns)
    count: Counter[str] = Counter()
    for language, words in _labels().items():
        count[language] = sum(times for text, times in seen.items() if plain(text) in words)
    (first, most), (_, second) = count.most_common(2)
    return first if most > second else None


@cache
def _labels() -> dict[str, set[str]]:
    asked = form()
    texts = [*asked.text.values(), *(words for options in asked.options.values() for words in options.values())]
    return {language: {plain(words[language]) for words in texts} for language in ("en", "fr", "es")}


def is_private(column: str) -> bool:
    return bool(PRIVATE.search(plain(column)))


def is_story(column: str, cells: Iterable[str]) -> bool:
    """By its name, or because people wrote whole sentences into it."""
    written = [len(cell) for cell in cells if cell]
    return bool(STORY.search(plain(column))) or (bool(written) and sum(written) / len(written) >= LONG)
