"""Lists of meetings and of actions arising, and what they can be narrowed to."""

from __future__ import annotations

from datetime import date
from typing import Any

import django_filters
import django_tables2 as tables
from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from jwp.governance.models import ActionArising, Meeting
from jwp.partners.models import Body


class MeetingFilter(django_filters.FilterSet):  # type: ignore[misc]
    q = django_filters.CharFilter(label=_("Words"), method="words")
    body = django_filters.ModelChoiceFilter(
        label=_("Body"), queryset=Body.objects.all(), to_field_name="ref", empty_label=_("All")
    )
    when = django_filters.ChoiceFilter(
        label=_("When"), method="around", empty_label=_("All"),
        choices=(("upcoming", _("upcoming")), ("past", _("past"))),
    )  # fmt: skip

    class Meta:
        model = Meeting
        fields = ("q", "body", "when")

    def __init__(self, *args: Any, today: date, **options: Any) -> None:
        super().__init__(*args, **options)
        self.today = today

    def words(self, meetings: QuerySet[Meeting], _name: str, value: str) -> QuerySet[Meeting]:
        """Every word, wherever it stands: title, place, agenda, decisions."""
        for word in value.split():
            meetings = meetings.filter(
                Q(title__icontains=word) | Q(place__icontains=word) | Q(body__name__icontains=word)
                | Q(pk__in=Meeting.objects.filter(agenda__title__icontains=word).values("pk"))
                | Q(pk__in=Meeting.objects.filter(decisions__text__icontains=word).values("pk"))
            )  # fmt: skip
        return meetings

    def around(self, meetings: QuerySet[Meeting], _name: str, value: str) -> QuerySet[Meeting]:
        if value == "upcoming":
            return meetings.filter(starts__gte=self.today)
        return meetings.filter(starts__lt=self.today)


def counted(meetings: QuerySet[Meeting]) -> QuerySet[Meeting]:
    # Counting groups the rows, and Django then drops the model's own order.
    return meetings.order_by("-starts", "-pk").annotate(
        items=Count("agenda", distinct=True), decided=Count("decisions", distinct=True),
        open_actions=Count("actions_arising", filter=Q(actions_arising__done_on=None), distinct=True),
    )  # fmt: skip


class MeetingTable(tables.Table):  # type: ignore[misc]
    meeting = tables.TemplateColumn(
        '<a href="{% url "governance:meeting" record.ref %}">{{ record.title|default:record.body }}</a>'
        "{% if record.title %} <span class='quiet'>{{ record.body }}</span>{% endif %}"
        "{% if record.cancelled_because %} {% translate 'cancelled' %}{% endif %}",
        verbose_name=_("Meeting"), order_by=("title", "body__name"),
    )  # fmt: skip
    starts = tables.TemplateColumn("{{ record.starts|day }}")
    items = tables.Column(verbose_name=_("Agenda items"))
    decided = tables.Column(verbose_name=_("Decisions"))
    open_actions = tables.Column(verbose_name=_("Open actions"))

    class Meta:
        model = Meeting
        fields = ("meeting", "starts", "mode", "place", "items", "decided", "open_actions")
        empty_text = _("No meeting matches.")


class ActionFilter(django_filters.FilterSet):  # type: ignore[misc]
    state = django_filters.ChoiceFilter(
        label=_("State"), method="only", empty_label=_("All"),
        choices=(("open", pgettext_lazy("action", "open")), ("late", _("late")), ("done", _("done"))),
    )  # fmt: skip

    class Meta:
        model = ActionArising
        fields = ("state",)

    def __init__(self, *args: Any, today: date, **options: Any) -> None:
        super().__init__(*args, **options)
        self.today = today

    def only(self, actions: QuerySet[ActionArising], _name: str, value: str) -> QuerySet[ActionArising]:
        if value == "done":
            return actions.exclude(done_on=None)
        actions = actions.filter(done_on=None)
        return actions.filter(due__lt=self.today) if value == "late" else actions


class ActionTable(tables.Table):  # type: ignore[misc]
    text = tables.Column(linkify=("governance:action", {"ref": tables.A("ref")}))
    due = tables.TemplateColumn("{{ record.due|day }}")
    state = tables.TemplateColumn(
        template_name="governance/action_state.html", verbose_name=_("State"), order_by=("done_on", "due")
    )
    meeting = tables.TemplateColumn("{{ record.meeting }}", order_by=("meeting__starts",))

    class Meta:
        model = ActionArising
        fields = ("text", "owner", "due", "state", "meeting")
        empty_text = _("No action matches.")
