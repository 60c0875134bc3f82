"""Who sees which programme, call, application and item, and what they are to it.

Insiders see all. A panel member sees the applications of their call once they are found eligible, never one of their
own organisation, whatever else they are. A member's focal point sees eligible concept notes (donor coordination) and
what is signed. An applicant or grantee sees their own by its link (`link_actor`).
"""

from __future__ import annotations

from datetime import date

from django.db.models import Exists, OuterRef, Q, QuerySet

from jwp.core.access import DIRECTOR, FOCAL_POINT, GENDER_TEAM, INSIDERS, STAFF, Actor
from jwp.grants.models import (
    Application,
    Attachment,
    Call,
    Check,
    CoApplicant,
    DonorComment,
    FundedItem,
    MemberProgramme,
    PanelMember,
    PanelReview,
    Part,
    Programme,
    Sponsor,
)
from jwp.grants.rules.life import APPLICANT, FUNDED, PANEL
from jwp.instruments.access import KEEP_FROM
from jwp.instruments.models import AnswerSheet
from jwp.partners.models import Organisation, Seat, on

WRITERS = (STAFF, GENDER_TEAM, DIRECTOR)
# An application in these states is between the applicant and the secretariat.
BEFORE_MEMBERS = ("draft", "submitted", "ineligible")


def visible_programmes(actor: Actor) -> QuerySet[Programme]:
    rows = Programme.objects.select_related("business_line", "theme", "manager")
    if actor.has(*INSIDERS):
        return rows
    return rows.exclude(state="dropped") if actor.has(FOCAL_POINT) else rows.none()


def public_programmes() -> QuerySet[Programme]:
    """What the public page may show: under way or ended, and not kept back."""
    return Programme.objects.filter(public=True, state__in=("running", "closed"))


def visible_member_programmes(actor: Actor) -> QuerySet[MemberProgramme]:
    """The register of members' own programmes names contacts: for insiders and focal points."""
    rows = MemberProgramme.objects.select_related("organisation", "place__within__within")
    return rows if actor.has(*INSIDERS, FOCAL_POINT) else rows.none()


def visible_calls(actor: Actor) -> QuerySet[Call]:
    rows = Call.objects.select_related("business_line", "programme", "theme", "fund", "manager")
    if actor.has(*INSIDERS):
        return rows
    sits = Exists(places_on_panels(actor).filter(call=OuterRef("pk")))
    return rows.filter(sits | ~Q(state="draft") if actor.has(FOCAL_POINT) else sits)


def visible_applications(actor: Actor) -> QuerySet[Application]:
    rows = Application.objects.select_related("call", "organisation", "country")
    sits = Exists(places_on_panels(actor).filter(call=OuterRef("call_id")))
    if not actor.has(*INSIDERS):
        # What was withdrawn or cancelled before anybody found it eligible stays between the two as well.
        found = Exists(Check.objects.filter(application=OuterRef("pk"), eligible=True))
        rows = rows.exclude(state__in=BEFORE_MEMBERS).exclude(~found, state__in=("withdrawn", "cancelled"))
        if not actor.has(FOCAL_POINT):
            rows = rows.filter(sits)
    return rows.exclude(pk__in=kept_from(actor).values("pk")) if _was_on_a_panel(actor) else rows


def kept_from(actor: Actor) -> QuerySet[Application]:
    """What a conflict of interest keeps from who sits, or sat, on its panel: by any way, also once it is funded."""
    places = PanelMember.objects.filter(person_id=actor.person_id or 0)
    declared = PanelReview.objects.filter(member__in=places, conflict=True)
    own = Q(Exists(places.filter(call=OuterRef("call_id")))) & _of_their_own(actor)
    found: QuerySet[Application] = Application.objects.filter(own | Q(pk__in=declared.values("application"))).order_by()
    return found


def _was_on_a_panel(actor: Actor) -> bool:
    return actor.person_id is not None and PanelMember.objects.filter(person_id=actor.person_id).exists()


def refs_kept_from(actor: Actor) -> set[str]:
    """The same, with all that was written about it: for what lists every noun, the journal and the workbook."""
    if not _was_on_a_panel(actor):
        return set()
    rows = kept_from(actor)
    refs = set(rows.values_list("ref", flat=True))
    for model in (Check, PanelReview, DonorComment, Sponsor, Attachment):
        refs.update(model.objects.filter(application__in=rows.values("pk")).values_list("ref", flat=True))
    refs.update(Part.objects.filter(item__application__in=rows.values("pk")).values_list("ref", flat=True))
    refs.update(AnswerSheet.objects.filter(subject__in=refs).values_list("ref", flat=True))
    return refs


KEEP_FROM.append(refs_kept_from)


def visible_items(actor: Actor) -> QuerySet[FundedItem]:
    rows = FundedItem.objects.select_related("business_line", "programme", "theme", "fund", "country", "manager")
    if _was_on_a_panel(actor):
        rows = rows.exclude(application__in=kept_from(actor).values("pk"))
    if actor.has(*INSIDERS):
        return rows
    return rows.filter(state__in=FUNDED) if actor.has(FOCAL_POINT) else rows.none()


def public_items() -> QuerySet[FundedItem]:
    """What the public page may show: signed, and not kept back."""
    return FundedItem.objects.filter(public=True, state__in=FUNDED)


def places_on_panels(actor: Actor) -> QuerySet[PanelMember]:
    still = Q(left_on=None) | Q(left_on__gt=actor.today)
    found: QuerySet[PanelMember] = PanelMember.objects.filter(still, person_id=actor.person_id or 0)
    return found


def own_organisations(actor: Actor) -> QuerySet[Organisation]:
    """Whose people they are: of their own organisation, and of those they hold a seat for."""
    seats = Seat.objects.filter(on(actor.today), person_id=actor.person_id or 0)
    found: QuerySet[Organisation] = Organisation.objects.filter(
        Q(people=actor.person_id or 0) | Q(seats__in=seats)
    ).distinct()
    return found


def _of_their_own(actor: Actor) -> Q:
    """Applications their organisation stands in: it applies, applies with others or sponsors, by register or name."""
    mine = list(own_organisations(actor).values_list("pk", "name", "short_name"))
    keys = [pk for pk, *_ in mine]
    # SQLite folds the case of unaccented letters only; for the others the usual spellings are tried.
    names = {way for _, *both in mine for name in both if name for way in (name, name.upper(), name.lower())}
    partner, called = Q(organisation__in=keys), Q(organisation__in=keys)
    for name in sorted(names):
        partner |= Q(name__iexact=name)
        called |= Q(applicant__iexact=name)
    return (
        called
        | Exists(CoApplicant.objects.filter(partner, application=OuterRef("pk")))
        | Exists(Sponsor.objects.filter(organisation__in=keys, application=OuterRef("pk")))
    )


def in_conflict(actor: Actor, application: Application) -> bool:
    """Whether this application is one of their own organisation."""
    return Application.objects.filter(_of_their_own(actor), pk=application.pk).exists()


def roles_for(actor: Actor, application: Application) -> frozenset[str]:
    """The actor's roles, `applicant` for who came by its link, and `panel member` on its call without a conflict."""
    if actor.via == "link" and actor.ref == application.ref:
        return frozenset({APPLICANT})
    if places_on_panels(actor).filter(call=application.call_id).exists() and not in_conflict(actor, application):
        return actor.roles | {PANEL}
    return actor.roles


def link_actor(ref: str, today: date) -> Actor:
    """Whoever holds the link of an application or item: nobody in particular, and nothing else is open to them."""
    return Actor(today, frozenset({APPLICANT}), ref=ref, name=ref, via="link")
