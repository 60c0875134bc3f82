"""The workbook's sheets of what was said about applications: eligibility, panel reviews, members' comments. To read."""

from __future__ import annotations

from django.utils.translation import gettext_lazy

from jwp.core.workbook.sheets import Column, Kind, Sheet, column, columns
from jwp.grants.models import Check, DonorComment, PanelReview


def _member(row: PanelReview) -> str:
    return str(row.member.person)


def _points(row: PanelReview) -> int | None:
    """All of them; nothing where nothing was submitted."""
    return sum(row.points.values()) if row.submitted_on else None


CHECKS = Sheet(
    gettext_lazy("eligibility checks"), Check,
    columns(Check, column(Check, "application", heading=gettext_lazy("application")), "eligible", "note",
            column(Check, "by", heading=gettext_lazy("checked by")), column(Check, "on", heading=gettext_lazy("date"))),
    closed=gettext_lazy("An application is checked on its page."), related=("application", "by"),
)  # fmt: skip
REVIEWS = Sheet(
    gettext_lazy("panel reviews"), PanelReview,
    columns(
        PanelReview, column(PanelReview, "application", heading=gettext_lazy("application")),
        Column("member", gettext_lazy("panel member"), virtual=True, show=_member, personal=True),
        Column("points", gettext_lazy("points"), Kind.WHOLE, virtual=True, show=_points), "comment", "conflict",
        column(PanelReview, "submitted_on", heading=gettext_lazy("submitted on")),
    ),
    closed=gettext_lazy("A review is given by who sits on the panel, on the application’s page."),
    related=("application", "member__person"),
)  # fmt: skip
COMMENTS = Sheet(
    gettext_lazy("donor comments"), DonorComment,
    columns(
        DonorComment, column(DonorComment, "application", heading=gettext_lazy("application")),
        column(DonorComment, "organisation", heading=gettext_lazy("member")),
        column(DonorComment, "person", heading=gettext_lazy("focal point")),
        column(DonorComment, "round", heading=gettext_lazy("round")), "view", "text",
        column(DonorComment, "on", heading=gettext_lazy("date")),
    ),
    closed=gettext_lazy("A member comments through its focal point, on the application’s page."),
    related=("application", "organisation", "person"),
)  # fmt: skip

SHEETS: tuple[Sheet, ...] = (CHECKS, REVIEWS, COMMENTS)
