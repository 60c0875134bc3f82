"""The deadlines that run for an application, in words."""

from __future__ import annotations

from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, ngettext

from jwp.grants.models import Application
from jwp.grants.rules.clocks import Clock, running

NAMES = (
    gettext_noop("applications"), gettext_noop("donor comments"), gettext_noop("panel reviews"),
    gettext_noop("full proposal"),
)  # fmt: skip


def clocks(row: Application, today: date) -> list[Clock]:
    """Of this application: its call is read with it."""
    return running(
        row.state, today, comments_due=row.comments_due, panel_due=row.call.panel_due, proposal_due=row.proposal_due
    )


def left(clock: Clock) -> str:
    """How many business days are left."""
    if clock.over:
        return _("over")
    if clock.left == 0:
        return _("the last day")
    return ngettext("%(n)d business day left", "%(n)d business days left", clock.left) % {"n": clock.left}
