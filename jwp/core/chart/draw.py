"""From a specification to a picture."""

from __future__ import annotations

import hashlib
import json
import re
from html import escape

import vl_convert
from django.core.cache import cache
from django.utils.safestring import SafeString, mark_safe

from jwp.core.chart.grammar import FONTS, Spec

# Roles of single lines and bars: a reader gets the title and the description instead.
ROLES = re.compile(r' (?:role|aria-[a-z]+)="[^"]*"')

vl_convert.register_font_directory(str(FONTS))


def svg(spec: Spec) -> SafeString:
    """The drawing, with a title and a description for those who do not see it. The same in, the same out."""
    name = f"chart-{_digest(spec)[:10]}"
    title = escape(spec["usermeta"]["title"])
    drawn = ROLES.sub("", vl_convert.vegalite_to_svg(spec))
    opening, rest = drawn.split(">", 1)
    words = (
        f' role="img" aria-labelledby="{name}-t {name}-d"><title id="{name}-t">{title}</title>'
        f'<desc id="{name}-d">{escape(spec["description"])}</desc>'
    )
    return mark_safe(opening + words + rest)


def png(spec: Spec, scale: float = 2) -> bytes:
    """The same drawing as a picture, for a Word document."""
    return vl_convert.vegalite_to_png(spec, scale=scale)


def cached_svg(spec: Spec) -> SafeString:
    """`svg`, drawn once for each content: a drawing takes some 30 ms, and a page may hold twenty."""
    key = f"chart:{_digest(spec)}"
    if (kept := cache.get(key)) is None:
        cache.set(key, kept := str(svg(spec)), timeout=7 * 86_400)
    return mark_safe(str(kept))


def _digest(spec: Spec) -> str:
    return hashlib.sha256(json.dumps(spec, sort_keys=True).encode()).hexdigest()
