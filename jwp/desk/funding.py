"""What we fund asks of one person today: to score, to comment, to check, to screen, to sign, to settle.

A constant number of queries, whatever there is.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from django.db.models import Count, Exists, F, Min, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from jwp.core.access import DIRECTOR, FOCAL_POINT, GENDER_TEAM, STAFF, Actor
from jwp.core.templatetags.jwp import day
from jwp.desk.todo import Todo
from jwp.gender.screening.lines import waiting
from jwp.grants.access import places_on_panels, visible_applications, visible_items
from jwp.grants.actions.donor import speaks_for
from jwp.grants.clocks import left
from jwp.grants.models import (
    Application,
    Call,
    Condition,
    GatePolicy,
    Override,
    PanelReview,
    Programme,
    ProgrammeMember,
    ProgressReport,
    Sponsor,
    Statement,
)
from jwp.grants.rules.clocks import COMMENT, Clock
from jwp.grants.rules.deadlines import business_days_left
from jwp.grants.rules.life import OPEN
from jwp.grants.screening import AGREED, TO_AGREE, alerts, with_status
from jwp.grants.tables.donor import commented
from jwp.grants.tables.panel import mine
from jwp.plans.access import FINANCE

EACH = 5  # lines of one thing, before a list says it better
SOON = timedelta(days=14)
STATEMENTS = 24  # how far back differences are looked for


def todo(actor: Actor) -> list[Todo]:
    """What the roles and offices of this person ask for."""
    found = [*_panel(actor), *_conditions(actor)]
    if actor.has(FOCAL_POINT):
        found += [*_comments(actor), *_sponsors(actor), *_concepts(actor)]
    if actor.has(STAFF):
        found += [*_applications(actor), *_reports(actor)]
    found += _screening(actor, *waiting(actor))
    if actor.has(DIRECTOR):
        found += _signatures(actor)
    if actor.has(*FINANCE):
        found += _differences()
    return found


def _panel(actor: Actor) -> Iterator[Todo]:
    """What they have not scored yet, while it can be. Who has no seat finds the panel's page from here only."""
    if not places_on_panels(actor).filter(call__state="published").exists():
        return
    page = reverse("grants:panel")
    still = Q(call__panel_due=None) | Q(call__panel_due__gte=actor.today)
    rows: QuerySet[Any] = mine(actor)
    seen = rows.filter(still, sent=None).order_by().aggregate(n=Count("pk"), first=Min("call__panel_due"))
    if n := seen["n"]:
        text = ngettext("%(n)d application to score", "%(n)d applications to score", n) % {"n": n}
        if seen["first"]:
            text = _("%(what)s, by %(day)s") % {"what": text, "day": day(seen["first"])}
        yield Todo(text, page, _("Score"), urgent=True)
    else:
        yield Todo(_("You sit on a panel: there is nothing to score at present"), page, _("Open it"))


def _comments(actor: Actor) -> Iterator[Todo]:
    """Concept notes on which the members they speak for have said nothing yet."""
    if not speaks_for(actor).exists():
        return
    rows: QuerySet[Any] = commented(actor)
    unsaid = rows.filter(mine=None, comments_due__gte=actor.today).order_by()
    dues = sorted(unsaid.values_list("comments_due", flat=True))
    if n := len(dues):
        clock = Clock(COMMENT, dues[0], business_days_left(actor.today, dues[0]), over=False)
        text = ngettext(
            "%(n)d concept note waits for your comment until %(day)s: %(left)s",
            "%(n)d concept notes wait for your comment, the first until %(day)s: %(left)s", n,
        )  # fmt: skip
        said = {"n": n, "day": day(dues[0]), "left": left(clock)}
        yield Todo(text % said, reverse("grants:donor_inbox"), _("Comment"), urgent=True)


def _sponsors(actor: Actor) -> Iterator[Todo]:
    """Applications that name a member of theirs as sponsor, without its letter or its word."""
    asked = Sponsor.objects.filter(
        organisation__in=speaks_for(actor), letter=None, confirmed_on=None, application__state__in=OPEN,
        application__in=visible_applications(actor).order_by().values("pk"),
    ).select_related("application", "organisation")  # fmt: skip
    for sponsor in asked[:EACH]:
        said = {"title": sponsor.application, "member": sponsor.organisation}
        text = _("“%(title)s” names %(member)s as its sponsor: no letter of yours is here") % said
        yield Todo(text, reverse("grants:application", args=[sponsor.application.ref]), _("Open it"))


def _concepts(actor: Actor) -> Iterator[Todo]:
    """Concept notes they have not agreed to, or only to a version that was replaced."""
    behind = Q(agreed_version=None) | Q(agreed_version__superseded_by__isnull=False)
    asked = ProgrammeMember.objects.filter(
        behind, organisation__in=speaks_for(actor), programme__state__in=("concept", "running"),
        programme__kind=Programme.Kind.JOINT, programme__concept__isnull=False,
    ).select_related("programme")  # fmt: skip
    for programme in list({member.programme_id: member.programme for member in asked}.values())[:EACH]:
        text = _("The concept note of “%(programme)s” waits for your agreement") % {"programme": programme}
        yield Todo(text, reverse("grants:programme", args=[programme.ref]), _("Read"))


def _applications(actor: Actor) -> Iterator[Todo]:
    """Of the calls they manage, or nobody does: to check, to appraise, and full proposals that are overdue."""
    page = reverse("grants:applications")
    rows = visible_applications(actor).filter(Q(call__manager__in=actor.offices) | Q(call__manager=None)).order_by()
    late = Count("pk", filter=Q(state="in principle", proposal_due__lt=actor.today))
    # `select_related` is of no use to a sum, and PostgreSQL would group by all of it.
    seen = rows.select_related(None).aggregate(
        submitted=Count("pk", filter=Q(state="submitted")), proposed=Count("pk", filter=Q(state="proposed")), late=late
    )
    if n := seen["submitted"]:
        text = ngettext("%(n)d application to check", "%(n)d applications to check", n)
        yield Todo(text % {"n": n}, f"{page}?state=submitted", _("Check"), urgent=True)
    if n := seen["proposed"]:
        text = ngettext("%(n)d full proposal to appraise", "%(n)d full proposals to appraise", n)
        yield Todo(text % {"n": n}, f"{page}?state=proposed", _("Appraise"), urgent=True)
    if n := seen["late"]:
        text = ngettext("%(n)d full proposal is overdue", "%(n)d full proposals are overdue", n)
        yield Todo(text % {"n": n}, f"{page}?state=in+principle", _("See whose"))


def _reports(actor: Actor) -> Iterator[Todo]:
    """Progress of the items they manage: handed in by somebody else, or late."""
    page = reverse("grants:reports")
    managed = ProgressReport.objects.filter(item__manager__in=actor.offices)
    late = Q(state__in=("draft", "returned"), due__lt=actor.today, item__state="signed")
    seen = managed.order_by().aggregate(
        submitted=Count("pk", filter=Q(state="submitted") & ~Q(submitted_by=actor.ref)), late=Count("pk", filter=late)
    )
    if n := seen["submitted"]:
        text = ngettext("%(n)d progress report waits to be read", "%(n)d progress reports wait to be read", n)
        yield Todo(text % {"n": n}, f"{page}?state=submitted", _("Read"), urgent=True)
    if n := seen["late"]:
        text = ngettext("%(n)d progress report is late", "%(n)d progress reports are late", n)
        yield Todo(text % {"n": n}, f"{page}?late=on", _("See whose"))


def _screening(actor: Actor, items: QuerySet[Any], applications: QuerySet[Any]) -> Iterator[Todo]:
    """To agree for the gender team; to screen and to mark again for whoever manages it; what is to be looked at."""
    page = reverse("gender:screening") + "?mine=on"
    if actor.has(GENDER_TEAM):
        if n := _many(items.filter(status=TO_AGREE)) + _many(applications.filter(status=TO_AGREE)):
            text = ngettext("%(n)d screening to agree", "%(n)d screenings to agree", n)
            yield Todo(text % {"n": n}, page, _("Agree"), urgent=True)
        if n := _many(alerts(visible_items(actor))):
            text = ngettext(
                "%(n)d item marked principal reports nobody by sex",
                "%(n)d items marked principal report nobody by sex", n,
            )  # fmt: skip
            yield Todo(text % {"n": n}, reverse("gender:alerts"), _("See which"))
    if not actor.offices:
        return
    own = items.filter(owes=True, manager__in=actor.offices).exclude(status=TO_AGREE)
    if n := _many(own.filter(state="planned").exclude(status=AGREED)):
        text = ngettext(
            "The gate is shut for %(n)d planned item: no screening is agreed",
            "The gate is shut for %(n)d planned items: no screening is agreed", n,
        )  # fmt: skip
        yield Todo(text % {"n": n}, page, _("Screen"))
    if n := _many(own.exclude(state="planned")):
        text = ngettext("%(n)d item is to be marked again", "%(n)d items are to be marked again", n)
        yield Todo(text % {"n": n}, page, _("Mark"))
    if n := _many(applications.filter(call__manager__in=actor.offices).exclude(status=TO_AGREE)):
        text = ngettext("%(n)d invited application to screen", "%(n)d invited applications to screen", n)
        yield Todo(text % {"n": n}, page, _("Screen"))


def _many(rows: QuerySet[Any]) -> int:
    return rows.order_by().count()


def _signatures(actor: Actor) -> Iterator[Todo]:
    """For the Director: applications with every voice heard, and items that lack only the signature."""
    heard = Exists(PanelReview.objects.filter(application=OuterRef("pk"), conflict=False, submitted_on__isnull=False))
    over = Q(call__kind=Call.Kind.PRIZE) | Q(comments_due__lt=actor.today)
    scored = Q(call__panel_due=None) | Q(call__panel_due__lt=actor.today)
    ready: QuerySet[Application] = visible_applications(actor).filter(heard, over, scored, state="eligible")
    if n := _many(ready):
        text = ngettext("%(n)d application can be decided on", "%(n)d applications can be decided on", n)
        yield Todo(text % {"n": n}, reverse("grants:applications") + "?state=eligible", _("Decide"), urgent=True)
    planned: QuerySet[Any] = with_status(visible_items(actor).filter(state="planned"), actor.today)
    overridden = Override.objects.filter(item=OuterRef("pk"), stage=GatePolicy.Stage.SIGN)
    whole = planned.exclude(agreement_ref="").filter(minor__isnull=False, starts__isnull=False, ends__isnull=False)
    to_sign = whole.filter(Q(status=AGREED) | Exists(overridden)).order_by()
    if n := _many(to_sign):
        page = (
            reverse("grants:item", args=[to_sign.get().ref]) if n == 1 else reverse("grants:items") + "?state=planned"
        )
        text = ngettext("%(n)d agreement waits for your signature", "%(n)d agreements wait for your signature", n)
        yield Todo(text % {"n": n}, page, _("Sign"), urgent=True)


def _conditions(actor: Actor) -> Iterator[Todo]:
    """Conditions that their offices owe, the first due first."""
    if not actor.offices:
        return
    owed = Condition.objects.filter(owner__in=actor.offices, done_on=None).select_related("item")
    for condition in owed.order_by(F("due").asc(), "pk")[:EACH]:
        said = {"day": day(condition.due), "text": condition.text, "item": condition.item}
        text = _("Condition until %(day)s, for “%(item)s”: %(text)s") % said
        soon = condition.due <= actor.today + SOON
        yield Todo(text, reverse("grants:condition", args=[condition.ref]), _("It is met"), urgent=soon)


def _differences() -> Iterator[Todo]:
    """What the ERP says otherwise than we, and nobody has settled."""
    for ref, differences in Statement.objects.values_list("ref", "differences")[:STATEMENTS]:
        if n := sum(not each["settled"] for each in differences):
            text = ngettext(
                "%(n)d difference with the ERP is not settled", "%(n)d differences with the ERP are not settled", n
            )
            yield Todo(text % {"n": n}, reverse("grants:statement", args=[ref]), _("Settle"))
            return
