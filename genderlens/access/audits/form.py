"""What a women's safety audit asks, in English, French and Spanish.

The nine parameters, rated 0 to 3, are Safetipin's as published (https://safetipin.com/our-apps/,
http://safetipin.com/projects); eight describe the place, and how safe it feels is said to depend on them
(http://safetipin.com/media/26/how-safetipin-is-making-cities-safer/). The wording of the form is ours.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

import yaml

INDEPENDENT = (
    "lighting", "openness", "visibility", "people", "security", "walk_path", "public_transport", "gender_usage",
)  # fmt: skip
FEELING = "feeling"
PARAMETERS = (*INDEPENDENT, FEELING)
RATINGS = (0, 1, 2, 3)
LIGHTS = ("day", "dusk", "dark")

Text = Mapping[str, str]  # by language


@dataclass(frozen=True)
class Form:
    """The form as data. `text` and `options` go by the name of a question, `name` by that of a parameter."""

    id: str
    version: str
    title: Text
    notes: Mapping[str, Text]
    groups: Mapping[str, Text]
    text: Mapping[str, Text]
    options: Mapping[str, Mapping[str, Text]]  # question -> code -> words; empty where nothing is chosen
    name: Mapping[str, Text]


@cache
def form() -> Form:
    raw: dict[str, Any] = yaml.safe_load(resources.files(__package__).joinpath("form.yaml").read_text("utf-8"))
    rated = {
        name: {"text": asked["text"], "options": {str(value): asked[value] for value in RATINGS}}
        for name, asked in raw["ratings"].items()
    }
    plain = {name: asked for name, asked in raw.items() if isinstance(asked, dict) and "text" in asked}
    questions = plain | rated
    return Form(
        id=raw["id"],
        version=raw["version"],
        title=raw["title"],
        notes=raw["notes"],
        groups=raw["groups"],
        text={name: asked["text"] for name, asked in questions.items()},
        options={name: asked.get("options", {}) for name, asked in questions.items()},
        name={name: raw["ratings"][name]["name"] for name in PARAMETERS},
    )
