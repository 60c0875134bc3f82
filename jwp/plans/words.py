"""The four words and their reasons, in the reader's language."""

from __future__ import annotations

from datetime import date

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, ngettext, pgettext

from jwp.core.templatetags.jwp import day
from jwp.plans.rules import Standing, Why, Word
from jwp.plans.rules.money import RATE_LASTS, NoRate

# What the rules say, being pure: written down here only for those who translate.
STATES = (
    gettext_noop("draft"), gettext_noop("submitted"), gettext_noop("returned"), gettext_noop("accepted"),
    gettext_noop("adopted"), gettext_noop("ended"),
)  # fmt: skip
OBSTACLES = (
    gettext_noop("needs an open round"), gettext_noop("needs an answer"), gettext_noop("needs evidence"),
    gettext_noop("needs a comment"), gettext_noop("needs somebody else's report"),
    gettext_noop("needs at least one target"), gettext_noop("needs an approval"),
    gettext_noop("needs every target settled"),
    gettext_noop("only holder or gender team may submit"), gettext_noop("only gender team may return"),
    gettext_noop("only gender team may accept"), gettext_noop("only director may submit"),
    gettext_noop("only director or gender team may withdraw"),
    gettext_noop("only director or gender team may adopt"),
    gettext_noop("only director or gender team may bring in"),
    gettext_noop("only director or gender team may end"),
    gettext_noop("cannot submit what is submitted"), gettext_noop("cannot submit what is accepted"),
    gettext_noop("cannot return what is draft"), gettext_noop("cannot return what is returned"),
    gettext_noop("cannot return what is accepted"), gettext_noop("cannot accept what is draft"),
    gettext_noop("cannot accept what is returned"), gettext_noop("cannot accept what is accepted"),
    gettext_noop("cannot submit what is adopted"), gettext_noop("cannot submit what is ended"),
    gettext_noop("cannot withdraw what is draft"), gettext_noop("cannot withdraw what is adopted"),
    gettext_noop("cannot withdraw what is ended"), gettext_noop("cannot adopt what is draft"),
    gettext_noop("cannot adopt what is adopted"), gettext_noop("cannot adopt what is ended"),
    gettext_noop("cannot bring in what is submitted"), gettext_noop("cannot bring in what is adopted"),
    gettext_noop("cannot bring in what is ended"), gettext_noop("cannot end what is draft"),
    gettext_noop("cannot end what is submitted"), gettext_noop("cannot end what is ended"),
)  # fmt: skip


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
    return _("due %(day)s") % {"day": date_format(due, pgettext("date", "j M Y"))}


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


def no_rate(missing: NoRate) -> str:
    """What to add, and why the last one does not do."""
    told = {"currency": missing.currency, "to": missing.to, "day": day(missing.day)}
    if missing.last is None:
        return _("There is no rate between %(currency)s and %(to)s on or before %(day)s: add one.") % told
    told |= {"last": day(missing.last), "n": str(RATE_LASTS.days)}
    return (
        _("No rate between %(currency)s and %(to)s holds on %(day)s: the last is of %(last)s, and a rate holds "
          "%(n)s days. Add one.") % told
    )  # fmt: skip
