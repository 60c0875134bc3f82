"""What a workflow refuses, in the reader's language: rules speak English, being pure."""

from __future__ import annotations

import re

from django.utils.translation import gettext as _

_CANNOT = re.compile(r"cannot (.+) what is (.+)")
_ONLY = re.compile(r"only (.+) may (.+)")


def refusal(obstacle: str) -> str:
    """One obstacle of `workflow.obstacles`, translated whole where the catalogue has it, else part by part."""
    whole = _(obstacle)
    if whole != obstacle:
        return whole
    if found := _CANNOT.fullmatch(obstacle):
        verb, state = found.groups()
        return _("cannot %(verb)s what is %(state)s") % {"verb": _(verb), "state": _(state)}
    if found := _ONLY.fullmatch(obstacle):
        who, verb = found.groups()
        people = " / ".join(_(role) for role in who.split(" or "))
        return _("only %(who)s may %(verb)s") % {"who": people, "verb": _(verb)}
    return whole
