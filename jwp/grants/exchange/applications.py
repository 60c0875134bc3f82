"""The workbook's sheet of applications: for reading. What an applicant has not sent is not in it."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext_lazy

from jwp.core.money import Money
from jwp.core.workbook.sheets import Column, Kind, Sheet, column, columns
from jwp.grants.models import Application


def _units(name: str) -> Callable[[Any], Decimal | None]:
    def show(row: Application) -> Decimal | None:
        minor = getattr(row, name)
        return None if minor is None else Money(minor, row.call.currency).amount.normalize()

    return show


def _sent(row: Application) -> str:
    at = row.submitted_at
    return at.astimezone(ZoneInfo(row.call.zone)).strftime("%Y-%m-%d %H:%M") if at else ""


APPLICATIONS = Sheet(
    gettext_lazy("applications"), Application,
    columns(
        Application, column(Application, "call", heading=gettext_lazy("call")), "applicant",
        column(Application, "organisation", heading=gettext_lazy("organisation in the register")), "contact_name",
        "contact_email", "contact_phone", column(Application, "country", heading=gettext_lazy("country")), "city",
        "title", "language", "summary", "gender_statement",
        Column("requested", gettext_lazy("amount requested"), Kind.NUMBER, virtual=True, show=_units("requested")),
        Column("own_cash", gettext_lazy("co-financing in cash"), Kind.NUMBER, virtual=True, show=_units("own_cash")),
        "starts", "ends", column(Application, "state", heading=gettext_lazy("state")),
        Column("submitted_at", gettext_lazy("sent on, by the clock of the call’s zone"), virtual=True, show=_sent),
        column(Application, "comments_due", heading=gettext_lazy("donor comments due")),
        column(Application, "proposal_due", heading=gettext_lazy("full proposal due")),
        column(Application, "decided_because", heading=gettext_lazy("reason")),
        column(Application, "outside_ref", heading=gettext_lazy("reference on another portal")),
    ),
    closed=gettext_lazy(
        "Applications come by the applicant’s link, from another portal, or are typed in on the page of the call."
    ),
    related=("call", "organisation", "country"),
)  # fmt: skip

SHEETS: tuple[Sheet, ...] = (APPLICATIONS,)
