"""Which codes of a column mean women and which men, told from the words people use; a third answer is kept as `x`."""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Mapping

WOMEN = {"f", "female", "woman", "women", "girl", "femenino", "mujer", "mujeres", "nina", "feminin", "femme", "femmes",
         "fille", "w", "weiblich", "feminino", "mulher"}  # fmt: skip
MEN = {"male", "man", "men", "boy", "masculino", "hombre", "hombres", "varon", "nino", "masculin", "homme", "hommes",
       "garcon", "maennlich", "mannlich", "homem"}  # fmt: skip


def plain(words: object) -> str:
    """Lower case, without accents and outer space.

    >>> plain(" Género ")
    'genero'
    """
    text = unicodedata.normalize("NFKD", str(words).strip().lower())
    return "".join(c for c in text if not unicodedata.combining(c))


def told(values: Collection[str]) -> dict[str, str]:
    """Value -> f, m or x, if the words leave no doubt; empty if they say nothing, as bare numbers do.

    A lone M means a man beside F, and a woman beside H (mujer, hombre).

    >>> told(["Female", "Male", "Prefer not to say"])
    {'Female': 'f', 'Male': 'm', 'Prefer not to say': 'x'}
    >>> told(["H", "M"]), told(["F", "M"]), told(["1", "2"])
    ({'H': 'm', 'M': 'f'}, {'F': 'f', 'M': 'm'}, {})
    """
    said = {value: plain(value) for value in values}
    words = set(said.values())
    women, men = set(WOMEN), set(MEN)
    if "h" in words and "f" not in words:
        women, men = women | {"m"}, men | {"h"}
    elif "f" in words or "w" in words or not words & women:
        men = men | {"m"}
    if "v" in words and "m" in words and "f" not in words:  # varón, mujer
        women, men = women | {"m"}, (men | {"v"}) - {"m"}
    found = {value: "f" if word in women else "m" if word in men else "x" for value, word in said.items()}
    return found if {"f", "m"} & set(found.values()) else {}


def from_labels(labels: Mapping[str, str]) -> dict[str, str]:
    """Code -> f, m or x, from the words that a labelled file gives its codes.

    >>> from_labels({"1": "Hombre", "2": "Mujer", "9": "Sin dato"})
    {'1': 'm', '2': 'f', '9': 'x'}
    """
    words = told(list(labels.values()))
    return {code: words[label] for code, label in labels.items()} if words else {}
