"""The four words and their reasons, in the reader's language."""

from __future__ import annotations

from datetime import date

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from jwp.plans.rules import Standing, Why, Word


def word(standing: Standing, due: date) -> str:
    """What the chip says: one of the four words or, before anything is owed, the day it is due."""
    match standing.word:
        case Word.ACCEPTED:
            return _("accepted")
        case Word.REPORTED:
            return _("reported")
        case Word.LATE:
            return _("late")
        case Word.NOT_REPORTED:
            return _("not reported")
    if standing.why == Why.BEFORE_US:
        return _("before this system")
    return _("due %(day)s") % {"day": date_format(due, "j M Y")}


def why(standing: Standing) -> str:
    """Why it has its colour, as a short sentence."""
    days = standing.days
    late = ngettext("%(n)d day late", "%(n)d days late", days) % {"n": days}
    match standing.why:
        case Why.ACCEPTED:
            return _("The gender team accepted the report.")
        case Why.ACCEPTED_LATE:
            return _("Accepted; it came %(late)s.") % {"late": late}
        case Why.WAITING_FOR_TEAM:
            return _("Reported in time; the gender team has yet to read it.")
        case Why.WAITING_LATE:
            return _("Reported %(late)s; the gender team has yet to read it.") % {"late": late}
        case Why.RETURNED:
            return _("Returned with a comment; it is not late yet.")
        case Why.OVERDUE_RETURNED:
            return _("Returned with a comment, and now %(late)s.") % {"late": late}
        case Why.OVERDUE:
            return _("Nothing reported; %(late)s.") % {"late": late}
        case Why.SILENT:
            return _("Nothing had been reported when the round was closed.")
        case Why.NOT_OPEN:
            return _("The round has not opened yet.")
        case Why.EXTENDED:
            return _("The date was extended.")
        case Why.BEFORE_US:
            return _("This round was kept elsewhere, before this system.")
        case Why.NOT_ASKED:
            return _("This target was not asked about in this round.")
        case Why.OPEN:
            return ngettext("Open: %(n)d day left.", "Open: %(n)d days left.", days) % {"n": days}
