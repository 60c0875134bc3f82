"""Why a promise has its colour, as outsiders are told: nothing of what passes between owner and team."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from jwp.plans.rules import Standing, Why, Word


def why(standing: Standing, due_passed: bool) -> str:
    late = ngettext("%(n)d day late", "%(n)d days late", standing.days) % {"n": standing.days}
    match standing.word:
        case Word.ACCEPTED if standing.why == Why.ACCEPTED_LATE:
            return _("Accepted; it came %(late)s.") % {"late": late}
        case Word.ACCEPTED:
            return _("The gender team accepted the report.")
        case Word.REPORTED if standing.why == Why.WAITING_LATE:
            return _("A report came %(late)s; the gender team has yet to accept it.") % {"late": late}
        case Word.REPORTED:
            return _("A report came; the gender team has yet to accept it.")
        case Word.LATE:
            return _("No accepted report; %(late)s.") % {"late": late}
        case Word.NOT_REPORTED:
            return _("Nothing had been reported when the round was closed.")
    match standing.why:
        case Why.BEFORE_US:
            return _("This round was kept elsewhere, before this system.")
        case Why.NOT_OPEN:
            return _("The round has not opened yet.")
    if due_passed:
        return _("No accepted report yet; the days of grace are running.")
    return _("The round is open.")
