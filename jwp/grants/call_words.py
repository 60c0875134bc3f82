"""A call's rules, what they say of an application, and its deadline, in the reader's language and plain words."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from zoneinfo import ZoneInfo

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language_info, gettext_noop, ngettext
from django.utils.translation import gettext as _

from jwp.core.money import Money
from jwp.core.templatetags.jwp import figure, money
from jwp.grants.models import Call
from jwp.grants.rules.eligibility import Finding, Value

FINDINGS = (
    gettext_noop("No amount is given."),
    gettext_noop("%(asked)s is less than %(limit)s, the smallest grant of this call."),
    gettext_noop("%(asked)s is more than %(limit)s, the largest grant of this call."),
    gettext_noop("%(asked)s is a size this call gives."),
    gettext_noop("%(own)s of co-financing in cash."),
    gettext_noop("Co-financing is encouraged, not required; none is given."),
    gettext_noop("The co-financing in cash is not given."),
    gettext_noop("This call requires co-financing in cash."),
    gettext_noop("%(share)s%% of the total in cash is asked for; this call pays at most %(most)s%%."),
    gettext_noop("No country is given."),
    gettext_noop("The country is one of those that may apply."),
    gettext_noop("Somebody must look whether the country is eligible: %(which)s."),
    gettext_noop("The country is not one of those that may apply."),
    gettext_noop("It is written in a language of this call."),
    gettext_noop("It is not written in a language of this call."),
    gettext_noop("Sponsors named: %(named)d of %(needed)d."),
    gettext_noop("Sponsors are named; letters are here: %(letters)d of %(needed)d."),
    gettext_noop("Sponsors with a letter: %(letters)d of %(needed)d."),
    gettext_noop("The government’s no objection is attached."),
    gettext_noop("The government’s no objection is not attached."),
    gettext_noop("It says how it serves women and men."),
    gettext_noop("It does not say how it serves women and men."),
    gettext_noop("Nobody wrote down when it came."),
    gettext_noop("The call opens on %(opens)s; this is from %(at)s."),
    gettext_noop("The call was open on %(at)s."),
    gettext_noop("The call closed on %(closes)s; this is from %(at)s."),
    gettext_noop("Before the deadline, %(closes)s."),
)
LACKING = {
    "applicant": gettext_noop("the organisation that applies"),
    "contact_name": gettext_noop("whom we may ask"),
    "country": gettext_noop("the country"),
    "title": gettext_noop("a title"),
    "language": gettext_noop("the language it is written in"),
    "summary": gettext_noop("what you want to do"),
    "requested": gettext_noop("the amount requested"),
    "own_cash": gettext_noop("the co-financing in cash (0 if none)"),
    "gender_statement": gettext_noop("how it serves women and men"),
    "sponsors": gettext_noop("a sponsor among the members"),
    "letters": gettext_noop("the sponsor’s letter"),
    "no_objection": gettext_noop("the government’s no objection"),
}
STANDINGS = {
    "coming": gettext_noop("opens soon"),
    "open": gettext_noop("open"),
    "closed": gettext_noop("closed"),
    "cancelled": gettext_noop("cancelled"),
}
# What was published of a call run before us.
NUMBERS = (
    gettext_noop("received"), gettext_noop("eligible"), gettext_noop("recommended"), gettext_noop("planned"),
    gettext_noop("approved"),
)  # fmt: skip


def said(finding: Finding) -> str:
    return _(finding.words) % {name: _value(value) for name, value in finding.values.items()}


def lacking(names: Iterable[str]) -> list[str]:
    return [_(LACKING[name]) for name in names]


def _value(value: Value) -> str | int:
    if isinstance(value, datetime):
        return instant(value, str(value.tzinfo))
    return money(value) if isinstance(value, Money) else value


def instant(at: datetime, zone: str) -> str:
    """An instant in its named zone; and, in brackets, in the reader's where that is another clock."""
    there = at.astimezone(ZoneInfo(zone))
    words = _of(there, zone)
    here = at.astimezone(timezone.get_current_timezone())
    if here.utcoffset() == there.utcoffset():
        return words
    return f"{words} ({_of(here, timezone.get_current_timezone_name())})"


def _of(at: datetime, zone: str) -> str:
    when = date_format(at, "j F Y, H:i")
    return f"{when} UTC" if zone == "UTC" else _("%(when)s, time of %(zone)s") % {"when": when, "zone": zone_name(zone)}


def zone_name(zone: str) -> str:
    """As people say it: Port of Spain."""
    return zone.rsplit("/", 1)[-1].replace("_", " ")


def language_name(code: str) -> str:
    try:
        return str(get_language_info(code)["name_translated"])
    except KeyError:
        return code


def rules_in_words(call: Call) -> list[tuple[str, str]]:
    """What an applicant must know, as (what, how much): only what this call asks."""
    lines: list[tuple[str, str]] = []
    if call.kind == Call.Kind.PRIZE:
        lines.append((_("What it gives"), _("A prize, without a grant.")))
    elif size := _size(call):
        lines.append((_("Size of a grant"), size))
    if call.envelope is not None:
        lines.append((_("In all"), money(call.envelope, call.currency)))
    if call.co_financing != Call.CoFinancing.NOT_ASKED or call.paid_at_most is not None:
        lines.append((_("Co-financing"), _co_financing(call)))
    countries = ", ".join(str(row.place) for row in call.countries.all())
    if countries or call.countries_text:
        lines.append((_("Who may apply"), " ".join(filter(None, (call.countries_text, countries)))))
    if call.sponsors:
        words = ngettext(
            "%(n)d member of the partnership stands behind the application, with a letter.",
            "%(n)d members of the partnership stand behind the application, each with a letter.",
            call.sponsors,
        )
        lines.append((_("Sponsors"), words % {"n": call.sponsors}))
    if call.no_objection:
        lines.append((_("Government"), _("A letter of no objection is required.")))
    if call.languages:
        lines.append((_("Languages"), ", ".join(map(language_name, call.languages))))
    return lines


def _size(call: Call) -> str:
    smallest, largest = money(call.smallest, call.currency), money(call.largest, call.currency)
    if call.smallest is not None and call.largest is not None:
        return _("from %(smallest)s to %(largest)s") % {"smallest": smallest, "largest": largest}
    if call.smallest is not None:
        return _("at least %(smallest)s") % {"smallest": smallest}
    return _("at most %(largest)s") % {"largest": largest} if call.largest is not None else ""


def _co_financing(call: Call) -> str:
    words = {
        Call.CoFinancing.REQUIRED: _("Required, in cash."),
        Call.CoFinancing.ENCOURAGED: _("Strongly encouraged, not required."),
    }.get(Call.CoFinancing(call.co_financing), "")
    if call.paid_at_most is not None:
        most = _("We pay at most %(most)s%% of the total in cash.") % {"most": figure(call.paid_at_most)}
        words = f"{words} {most}".strip()
    return words
