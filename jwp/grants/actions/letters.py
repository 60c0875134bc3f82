"""What applicants and their sponsors are told, in their language, when an application takes a step."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from django.db.models import Q, QuerySet
from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from jwp.core.access import FOCAL_POINT
from jwp.core.door import Door
from jwp.core.mail import write_letter
from jwp.core.models import Partnership
from jwp.grants.actions.applicant_link import address, letter_language
from jwp.grants.models import Application
from jwp.grants.words import award_words
from jwp.partners.models import Organisation, Person, Seat, on


def tell_applicant(door: Door, application: Application, verb: str, reason: str = "") -> bool:
    """One letter a step; what has no words here, or nobody to write to, writes none."""
    words = WORDS.get(verb)
    if words is None or not application.contact_email:
        return False
    with translation.override(letter_language(application)):
        facts = _facts(application, reason)
        body = _("Dear %(name)s,\n\n%(said)s\n\n%(sender)s") % (facts | {"said": words() % facts})
        subject = _("Your application %(ref)s: %(title)s") % facts
    key = f"application:{application.ref}:{verb}:{application.revision}"
    return write_letter(door, key=key, to=application.contact_email, subject=subject, body=body)


def tell_sponsors(door: Door, application: Application) -> int:
    """The sponsors' focal points learn that what they stand behind was approved in principle."""
    written = 0
    for sponsor in application.sponsors.select_related("organisation"):
        for person in focal_points(sponsor.organisation, door.actor.today):
            with translation.override(person.language):
                facts = _facts(application, "") | {"name": person.name, "sponsor": str(sponsor.organisation)}
                body = (
                    _(
                        "Dear %(name)s,\n\nthe application “%(title)s” (%(ref)s) of %(applicant)s, which %(sponsor)s "
                        "sponsors, was approved in principle. Its full proposal is due on %(due)s.\n\n%(sender)s"
                    )
                    % facts
                )
                subject = _("Approved in principle: %(title)s") % facts
            key = f"sponsor:{application.ref}:{application.revision}:{person.ref}"
            written += write_letter(door, key=key, to=person.email, subject=subject, body=body, person=person.ref)
    return written


def focal_points(organisation: Organisation, today: date) -> QuerySet[Person]:
    """Who speaks for this organisation among the members, and can be written to."""
    seats = Seat.objects.filter(on(today)).filter(Q(office__role=FOCAL_POINT) | Q(body__role=FOCAL_POINT))
    mine = seats.filter(Q(organisation=organisation) | Q(organisation=None, person__organisation=organisation))
    found: QuerySet[Person] = Person.objects.filter(seats__in=mine, left_on=None).exclude(email="").distinct()
    return found


def _facts(application: Application, reason: str) -> dict[str, str]:
    partnership = Partnership.get()
    return {
        "name": application.contact_name or application.applicant or application.contact_email,
        "title": application.title or application.ref,
        "ref": application.ref,
        "applicant": application.applicant,
        "call": application.call.title,
        "due": date_format(application.proposal_due, "j F Y") if application.proposal_due else "–",
        "award": award_words(application.award),
        "reason": reason,
        "link": address(application) if application.link_digest else "",
        "sender": partnership.name if partnership else "",
    }


def _eligible() -> str:
    return _(
        "your application “%(title)s” (%(ref)s) meets the rules of the call. A panel now scores it and our members "
        "comment on it. We write to you when it is decided on."
    )


def _ineligible() -> str:
    return _("your application “%(title)s” (%(ref)s) does not meet the rules of the call “%(call)s”:\n\n%(reason)s")


def _reconsidered() -> str:
    return _("your application “%(title)s” (%(ref)s) is being looked at again:\n\n%(reason)s")


def _approved() -> str:
    return _(
        "your application “%(title)s” (%(ref)s) was approved in principle. Please send the full proposal by %(due)s, "
        "here, for you alone:\n\n%(link)s\n\nIt is appraised before anything is signed."
    )


def _rejected() -> str:
    return _("your application “%(title)s” (%(ref)s) was not chosen:\n\n%(reason)s")


def _awarded() -> str:
    return _("your entry “%(title)s” (%(ref)s) to “%(call)s” was awarded: %(award)s. Congratulations.")


def _sent_back() -> str:
    return _(
        "something in the full proposal for “%(title)s” (%(ref)s) must be mended:\n\n%(reason)s\n\n"
        "Please send it again by %(due)s, here, for you alone:\n\n%(link)s"
    )


def _extended() -> str:
    return _("the full proposal for “%(title)s” (%(ref)s) is now due on %(due)s.")


def _appraised() -> str:
    return _(
        "your proposal “%(title)s” (%(ref)s) was appraised. What comes next is the agreement; we write to you about it."
    )


def _withdrawn() -> str:
    return _("your application “%(title)s” (%(ref)s) is withdrawn:\n\n%(reason)s")


def _cancelled() -> str:
    return _("your application “%(title)s” (%(ref)s) was cancelled:\n\n%(reason)s")


WORDS: dict[str, Callable[[], str]] = {
    "find eligible": _eligible,
    "find ineligible": _ineligible,
    "reconsider": _reconsidered,
    "approve in principle": _approved,
    "reject": _rejected,
    "award": _awarded,
    "send back": _sent_back,
    "extend": _extended,
    "appraise": _appraised,
    "withdraw": _withdrawn,
    "cancel": _cancelled,
}
