"""Forms for meetings, their agenda, who was there, what was decided and what it asks of whom."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from jwp.core.forms import RowForm, chosen_by_ref, plain_dates
from jwp.evidence.models import Document
from jwp.governance.actions.decision import Change, Reserved
from jwp.governance.models import ActionArising, AgendaItem, Attendance, Decision, Meeting
from jwp.governance.rules import Vote
from jwp.partners.models import Body, Person, Seat
from jwp.plans.models import Plan, Target


class MeetingForm(RowForm):
    class Meta:
        model = Meeting
        fields = ("body", "title", "starts", "ends", "mode", "place")


class ItemForm(RowForm):
    class Meta:
        model = AgendaItem
        fields = ("title", "text", "paper", "order")

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["order"].required = False
        self.fields["order"].help_text = _("Its place on the agenda. Empty: at the end.")
        # A paper is the newest version of a document, or the version this item has.
        newest = Document.objects.filter(superseded_by=None)
        if self.instance.paper_id:
            newest = newest | Document.objects.filter(pk=self.instance.paper_id)
        self.fields["paper"].queryset = newest  # type: ignore[attr-defined]
        if self.instance.stays:
            del self.fields["title"], self.fields["text"]

    def clean_order(self) -> int:
        order: int | None = self.cleaned_data["order"]
        return order or self.instance.order


class CommentForm(RowForm):
    class Meta:
        model = AgendaItem
        fields = ("directors_comment",)


class ActionForm(RowForm):
    class Meta:
        model = ActionArising
        fields = ("text", "owner", "due", "decision")

    def __init__(self, *args: Any, meeting: Meeting, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["decision"].queryset = Decision.objects.filter(meeting=meeting)  # type: ignore[attr-defined]


class ReasonForm(forms.Form):
    reason = forms.CharField(label=_("Why"), widget=forms.Textarea(attrs={"rows": 3}))


class AttendanceForm(forms.Form):
    """One line a seat; anybody else observes."""

    AWAY, DECIDES, OBSERVES = "away", "decides", "observes"
    HOW = ((DECIDES, _("takes part")), (OBSERVES, _("observes")), (AWAY, _("absent")))

    revision = forms.IntegerField(required=False, widget=forms.HiddenInput)
    others = forms.ModelMultipleChoiceField(Person.objects.none(), label=_("Others who observed"), required=False)

    def __init__(self, *args: Any, meeting: Meeting, seats: Sequence[Seat], **options: Any) -> None:
        super().__init__(*args, **options)
        recorded = dict(Attendance.objects.filter(meeting=meeting).values_list("person_id", "votes"))
        self.seats = seats
        self.fields["revision"].initial = meeting.revision
        sitting = {seat.person_id for seat in seats}
        chosen_by_ref(self)
        others = Person.objects.exclude(pk__in=sitting).filter(left_on=None)
        self.fields["others"].queryset = others  # type: ignore[attr-defined]
        self.fields["others"].initial = [p for p in others if p.pk in recorded]
        for seat in seats:
            here = recorded.get(seat.person_id)
            self.fields[f"seat-{seat.person.ref}"] = forms.ChoiceField(
                label=seat.person.name, choices=self.HOW, widget=forms.RadioSelect,
                initial=self.AWAY if here is None else self.DECIDES if here else self.OBSERVES,
            )  # fmt: skip

    def rows(self) -> list[tuple[Seat, forms.BoundField]]:
        return [(seat, self[f"seat-{seat.person.ref}"]) for seat in self.seats]

    def those(self, how: str) -> list[Person]:
        people = [s.person for s in self.seats if self.cleaned_data[f"seat-{s.person.ref}"] == how]
        return people + list(self.cleaned_data["others"] if how == self.OBSERVES else [])


class DecisionForm(forms.Form):
    """A decision in one form; what it may adopt or approve is offered, not typed."""

    revision = forms.IntegerField(required=False, widget=forms.HiddenInput)
    item = forms.ModelChoiceField(AgendaItem.objects.none(), label=_("Agenda item"), required=False)
    number = forms.CharField(
        label=pgettext_lazy("numbering", "Number"),
        max_length=40,
        required=False,
        help_text=_("Empty: the next one."),
    )
    text = forms.CharField(label=_("Decision"), widget=forms.Textarea(attrs={"rows": 4}))
    taken = forms.ChoiceField(label=_("Outcome"), choices=(("yes", _("carried")), ("no", _("put and not carried"))))
    rule = forms.ChoiceField(label=_("Decided by"), choices=Decision.Rule.choices)
    votes_for = forms.IntegerField(label=pgettext_lazy("votes", "For"), min_value=0, required=False)
    votes_against = forms.IntegerField(label=_("Against"), min_value=0, required=False)
    abstentions = forms.IntegerField(
        label=_("Abstentions"), min_value=0, required=False, help_text=_("Empty: everybody else.")
    )
    adopts = forms.ModelChoiceField(Plan.objects.filter(state="submitted"), label=_("Adopts the plan"), required=False)
    allows = forms.ModelChoiceField(
        Plan.objects.filter(state="adopted"), label=_("Allows changes of the plan"), required=False,
        help_text=_("The gender team then merges, splits or adds targets and names this decision."),
    )  # fmt: skip
    approves = forms.ModelChoiceField(Document.objects.none(), label=_("Approves the paper"), required=False)

    def __init__(self, *args: Any, meeting: Meeting, **options: Any) -> None:
        super().__init__(*args, **options)
        chosen_by_ref(self)
        self.fields["revision"].initial = meeting.revision
        self.fields["item"].queryset = AgendaItem.objects.filter(meeting=meeting)  # type: ignore[attr-defined]
        papers = Document.objects.filter(agendaitem__meeting=meeting).distinct()
        self.fields["approves"].queryset = papers  # type: ignore[attr-defined]
        if meeting.body.decides_by != Body.Rule.VOTE:
            for name in ("rule", "votes_for", "votes_against", "abstentions"):
                del self.fields[name]

    @property
    def values(self) -> dict[str, Any]:
        """What `decide` asks for."""
        names = ("text", "number", "item", "adopts", "allows", "approves")
        given = {name: self.cleaned_data[name] for name in names}
        given["taken"] = self.cleaned_data["taken"] == "yes"
        if "rule" in self.fields:
            counts = (self.cleaned_data[name] for name in ("votes_for", "votes_against", "abstentions"))
            given |= {"rule": self.cleaned_data["rule"], "vote": Vote(*counts)}
        return given


class ChangeForm(forms.Form):
    """One promise the decision changes; an empty line says nothing."""

    target = forms.ChoiceField(label=_("Target"), required=False)
    drop = forms.BooleanField(label=_("Dropped"), required=False)
    value = forms.DecimalField(label=_("New value"), max_digits=15, decimal_places=4, required=False, localize=True)
    value_text = forms.CharField(label=_("New target in words"), max_length=300, required=False)
    due = forms.DateField(label=_("New due date"), required=False)
    reason = forms.CharField(label=_("Why"), max_length=500, required=False)

    def __init__(self, *args: Any, targets: Sequence[Target], **options: Any) -> None:
        super().__init__(*args, **options)
        plain_dates(self)
        self.targets = {target.ref: target for target in targets}
        named = [(ref, f"{target} ({target.plan})") for ref, target in self.targets.items()]
        self.fields["target"].choices = [("", "–"), *named]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        given = {name: value for name, value in self.cleaned_data.items() if value not in (None, "", False)}
        if given and "target" not in given:
            self.add_error("target", _now("Choose the target."))
        if "target" in given and "reason" not in given:
            self.add_error("reason", _now("Give the reason: it stands beside the old promise."))
        new = {"value", "value_text", "due"} & given.keys()
        if "target" in given and bool(new) == ("drop" in given):
            self.add_error("target", _now("Say what is new, or that the target is dropped."))
        return self.cleaned_data

    @property
    def change(self) -> Change | None:
        given = self.cleaned_data
        if not given.get("target"):
            return None
        new = {n: given[n] for n in ("value", "value_text", "due") if given[n] not in (None, "")}
        return Change(self.targets[given["target"]], given["reason"], new, given["drop"])


class ReservationForm(forms.Form):
    """A reservation of somebody who took part; an empty line says nothing."""

    person = forms.ChoiceField(label=_("Who"), required=False)
    text = forms.CharField(label=_("Reservation"), required=False, max_length=1000)

    def __init__(self, *args: Any, present: Sequence[Attendance], **options: Any) -> None:
        super().__init__(*args, **options)
        self.present = {row.person.ref: row.person for row in present}
        named = [(r.person.ref, f"{r.organisation or ''} {r.person}".strip()) for r in present]
        self.fields["person"].choices = [("", "–"), *named]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        if bool(self.cleaned_data.get("person")) != bool(self.cleaned_data.get("text")):
            self.add_error("text", _now("Give both: who has the reservation, and what it says."))
        return self.cleaned_data

    @property
    def reserved(self) -> Reserved | None:
        given = self.cleaned_data
        return Reserved(self.present[given["person"]], given["text"]) if given.get("person") else None


CHANGES = forms.formset_factory(ChangeForm, extra=3, max_num=100)
RESERVATIONS = forms.formset_factory(ReservationForm, extra=3, max_num=100)
