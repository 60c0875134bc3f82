"""Forms for organisations and people, bodies and offices, seats and absences."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from jwp.core import access
from jwp.core.access import Actor
from jwp.core.forms import RowForm, chosen_by_ref, plain_dates
from jwp.partners.access import in_gift, manages
from jwp.partners.models import (
    Body,
    Constituency,
    Membership,
    Office,
    Organisation,
    Person,
    Place,
    Seat,
)

ROLES = [
    ("", _("none: a name on a list")),
    (access.DIRECTOR, _("Director: submits plans, sees and changes everything")),
    (access.GENDER_TEAM, _("gender team: keeps the plan, accepts reports")),
    (access.STAFF, _("staff: reports, sees the secretariat's work")),
    (access.ADMINISTRATOR, _("administrator: people, settings, imports")),
    (access.CHAIR, _("chair: leads the body's meetings")),
    (access.BOARD, _("Board member: sees all, decides in meetings")),
    (access.FOCAL_POINT, _("focal point: reports for a member")),
    (access.AUDITOR, _("auditor: sees all, changes nothing, for a time")),
]


class RoleForm(RowForm):
    role = forms.ChoiceField(
        label=_("Role"), choices=ROLES, required=False,
        help_text=_("What anybody who sits here may do, from the first day of the seat to its last."),
    )  # fmt: skip


class PlaceForm(RowForm):
    class Meta:
        model = Place
        fields = ("name", "kind", "within", "iso")


class ConstituencyForm(RowForm):
    class Meta:
        model = Constituency
        fields = ("name", "order")
        labels = {"order": _("Place in the list")}


class OrganisationForm(RowForm):
    class Meta:
        model = Organisation
        fields = ("name", "short_name", "website", "country")

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["country"].queryset = Place.objects.filter(kind=Place.Kind.COUNTRY)  # type: ignore[attr-defined]
        self.fields["website"].assume_scheme = "https"  # type: ignore[attr-defined]


class MembershipForm(RowForm):
    class Meta:
        model = Membership
        fields = ("constituency", "kind", "starts", "ends")


class OwnForm(RowForm):
    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES)

    class Meta:
        model = Person
        fields = ("phone", "language")


class PersonForm(OwnForm):
    class Meta:
        model = Person
        fields = ("name", "email", "organisation", "phone", "language")


class BodyForm(RoleForm):
    class Meta:
        model = Body
        fields = ("name", "kind", "decides_by", "quorum", "seats_at_most", "role")


class OfficeForm(RoleForm):
    class Meta:
        model = Office
        fields = ("name", "kind", "role", "reports_to")
        labels = {"reports_to": _("Reports to")}

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        above = Office.objects.exclude(pk=self.instance.pk).select_related("body")
        self.fields["reports_to"].queryset = above  # type: ignore[attr-defined]
        self.fields["reports_to"].label_from_instance = _office_of_body  # type: ignore[attr-defined]


def _office_of_body(office: Office) -> str:
    return f"{office.name} ({office.body.name})"


class SeatForm(RowForm):
    """Who sits in one body, from when, in which of its offices."""

    class Meta:
        model = Seat
        fields = ("person", "office", "organisation", "starts", "ends", "ex_officio", "acting", "reports_to")
        labels = {"reports_to": _("Reports to, if not as the office says")}

    def __init__(self, *args: Any, actor: Actor, **options: Any) -> None:
        super().__init__(*args, **options)
        body, fields = self.instance.body, self.fields
        if "person" in fields:
            fields["person"].queryset = Person.objects.filter(  # type: ignore[attr-defined]
                Q(left_on=None) | Q(left_on__gte=actor.today)
            )
        if "office" in fields:
            offices = list(body.offices.all())
            allowed = [office.pk for office in offices if manages(actor) or in_gift(body, office)]
            fields["office"].queryset = Office.objects.filter(pk__in=allowed)  # type: ignore[attr-defined]
            # Only those who may also give a seat in the body itself can leave the office open.
            fields["office"].required = bool(offices) and not manages(actor)
        fields["reports_to"].queryset = (  # type: ignore[attr-defined]
            Seat.objects.filter(Q(ends=None) | Q(ends__gte=actor.today))
            .exclude(pk=self.instance.pk)
            .select_related("person", "office", "body")
        )


class SeatChangeForm(SeatForm):
    """A seat's days and nature. Who sits where is not changed: one seat ends, another begins."""

    class Meta(SeatForm.Meta):
        fields = ("organisation", "starts", "ends", "ex_officio", "acting", "reports_to")  # type: ignore[assignment]


class SeatEndForm(forms.Form):
    day = forms.DateField(label=_("Last day"))
    reason = forms.CharField(label=_("Why"), max_length=300, required=False)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        plain_dates(self)


class AbsenceForm(forms.Form):
    starts = forms.DateField(label=_("First day away"))
    ends = forms.DateField(label=_("Last day away"))
    delegate = forms.ModelChoiceField(
        Person.objects.none(), label=_("Who acts meanwhile"), required=False,
        help_text=_("Receives the letters and may report. Empty: letters wait."),
    )  # fmt: skip

    def __init__(self, *args: Any, actor: Actor, person: Person, **options: Any) -> None:
        super().__init__(*args, **options)
        here = Person.objects.filter(Q(left_on=None) | Q(left_on__gt=actor.today)).exclude(pk=person.pk)
        self.fields["delegate"].queryset = here  # type: ignore[attr-defined]
        plain_dates(self)
        chosen_by_ref(self)


class LeavingForm(forms.Form):
    """First which day and who comes after: the page then shows what moves."""

    day = forms.DateField(label=_("Last day"))
    successor = forms.ModelChoiceField(
        Person.objects.none(), label=_("Successor"), required=False,
        help_text=_("Takes up the seats the day after. Empty: the seats stay vacant."),
    )  # fmt: skip

    def __init__(self, *args: Any, actor: Actor, person: Person, **options: Any) -> None:
        super().__init__(*args, **options)
        here = Person.objects.filter(Q(left_on=None) | Q(left_on__gt=actor.today)).exclude(pk=person.pk)
        self.fields["successor"].queryset = here  # type: ignore[attr-defined]
        plain_dates(self)
        chosen_by_ref(self)


class ReasonForm(forms.Form):
    reason = forms.CharField(label=_("Why"), max_length=300)
