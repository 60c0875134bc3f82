"""Lists of people, bodies and members: what they show, what they can be narrowed to, and the same as CSV."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import Any

import django_filters
import django_tables2 as tables
from django import forms
from django.db.models import Count, Exists, OuterRef, Prefetch, Q, QuerySet
from django.http import HttpResponse, StreamingHttpResponse
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from jwp.core.models import Partnership
from jwp.partners.models import Body, Office, Organisation, Person, PersonalLink, Seat, on

STANDINGS = (
    ("here", _("Here today")),
    ("sign-in", _("Can sign in")),
    ("no sign-in", _("Cannot sign in")),
    ("left", _("Left")),
)


class PeopleFilter(django_filters.FilterSet):  # type: ignore[misc]
    q = django_filters.CharFilter(label=_("Name or e-mail"), method="words")
    organisation = django_filters.ModelChoiceFilter(
        label=_("Organisation"),
        queryset=Organisation.objects.all(),
        to_field_name="ref",
        empty_label=_("All"),
    )
    body = django_filters.ModelChoiceFilter(
        label=_("Sits in"),
        queryset=Body.objects.all(),
        to_field_name="ref",
        method="sits",
        empty_label=_("All"),
    )
    standing = django_filters.ChoiceFilter(
        label=_("Standing"), choices=STANDINGS, method="stands", empty_label=_("All")
    )

    class Meta:
        model = Person
        fields = ("q", "organisation", "body", "standing")

    def __init__(self, *args: Any, today: date, **options: Any) -> None:
        super().__init__(*args, **options)
        self.today = today

    def words(self, people: QuerySet[Person], _name: str, value: str) -> QuerySet[Person]:
        for word in value.split():
            people = people.filter(Q(name__icontains=word) | Q(email__icontains=word))
        return people

    def sits(self, people: QuerySet[Person], _name: str, value: Body) -> QuerySet[Person]:
        return people.filter(Exists(Seat.objects.filter(on(self.today), body=value, person=OuterRef("pk"))))

    def stands(self, people: QuerySet[Person], _name: str, value: str) -> QuerySet[Person]:
        gone = Q(left_on__lt=self.today)
        if value == "left":
            return people.filter(gone)
        signs_in = Q(user__is_active=True)
        return people.exclude(gone).filter(
            {"sign-in": signs_in, "no sign-in": ~signs_in | Q(user=None)}.get(value, Q())
        )


def with_seats(people: QuerySet[Person], today: date) -> QuerySet[Person]:
    """Each with `seats_today` and `invitations`, in two more queries whatever their number."""
    seats = Seat.objects.filter(on(today)).select_related("office", "body")
    links = PersonalLink.objects.filter(
        purpose=PersonalLink.Purpose.JOIN, revoked_on=None, used_on=None, expires__gte=today
    )
    return people.prefetch_related(
        Prefetch("seats", queryset=seats, to_attr="seats_today"),
        Prefetch("links", queryset=links, to_attr="invitations"),
    )


def sign_in_state(person: Person, invitations: list[PersonalLink], today: date) -> str:
    """In words: whether and how this person gets in."""
    if person.left_on and person.left_on < today:
        return _now("left")
    if person.user and person.user.is_active and person.user.has_usable_password():
        return _now("signs in")
    return _now("invited") if invitations else _now("no sign-in")


class PeopleTable(tables.Table):  # type: ignore[misc]
    name = tables.Column(verbose_name=_("Name"), linkify=("partners:person", {"ref": tables.A("ref")}))
    organisation = tables.Column(
        verbose_name=_("Organisation"),
        linkify=("partners:organisation", {"ref": tables.A("organisation__ref")}),
        order_by=("organisation__name", "name"),
        default="",
    )
    email = tables.Column(verbose_name=_("E-mail"), default="")
    holds = tables.Column(verbose_name=_("Holds today"), accessor="seats_today", orderable=False, empty_values=())
    sign_in = tables.Column(verbose_name=_("Sign-in"), accessor="pk", orderable=False)

    class Meta:
        empty_text = _("Nobody fits.")

    def __init__(self, *args: Any, today: date, **options: Any) -> None:
        super().__init__(*args, **options)
        self.today = today

    def render_holds(self, record: Any) -> str:
        return "; ".join(f"{seat.office or seat.body}" for seat in record.seats_today)

    def render_sign_in(self, record: Any) -> str:
        return sign_in_state(record, record.invitations, self.today)


def counted(bodies: QuerySet[Body], day: date) -> QuerySet[Body]:
    """Each with how many sit there on this day, and how many posts nobody holds."""
    held = Seat.objects.filter(on(day), office=OuterRef("offices"))
    return bodies.annotate(
        seated=Count("seats", filter=on(day, "seats__"), distinct=True),
        vacant=Count("offices", filter=Q(~Exists(held), offices__kind=Office.Kind.POST), distinct=True),
    )


class BodiesTable(tables.Table):  # type: ignore[misc]
    name = tables.Column(verbose_name=_("Body"), linkify=("partners:body", {"ref": tables.A("ref")}))
    kind = tables.Column(verbose_name=_("Kind"))
    seated = tables.Column(verbose_name=_("Seats held"), attrs={"td": {"class": "num"}, "th": {"class": "num"}})
    seats_at_most = tables.Column(verbose_name=_("At most"), attrs={"td": {"class": "num"}, "th": {"class": "num"}})
    vacant = tables.Column(verbose_name=_("Vacant posts"), attrs={"td": {"class": "num"}, "th": {"class": "num"}})
    decides_by = tables.Column(verbose_name=_("Decides by"))

    class Meta:
        empty_text = _("No body yet.")


class MembersTable(tables.Table):  # type: ignore[misc]
    """Memberships on a day; on the page they stand under their constituencies."""

    constituency = tables.Column(verbose_name=_("Constituency"))
    organisation = tables.Column(verbose_name=_("Organisation"), accessor="organisation__name")
    short_name = tables.Column(verbose_name=_("Short name"), accessor="organisation__short_name")
    country = tables.Column(verbose_name=_("Country"), accessor="organisation__country")
    kind = tables.Column(verbose_name=_("Kind"))
    starts = tables.DateColumn(verbose_name=_("From"), format="Y-m-d")
    ends = tables.DateColumn(verbose_name=_("Until"), format="Y-m-d")


class DayForm(forms.Form):
    on = forms.DateField(required=False, widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}))


def as_csv(table: tables.Table, name: str, partnership: Partnership | None) -> HttpResponse:
    """The whole list as it stands on the page: same filter, same order, every page of it."""
    fictional = partnership is not None and partnership.fictional
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{"fictional-" if fictional else ""}{name}.csv"'
    response.write("\ufeff")  # or Excel reads accents wrongly
    writer = csv.writer(response)
    for number, row in enumerate(table.as_values()):
        cells = [harmless("" if cell is None else str(cell)) for cell in row]
        if fictional:
            cells.append(_now("fictional example") if number else _now("note"))
        writer.writerow(cells)
    return response


def stream_csv(
    heading: Sequence[str], rows: Iterable[Sequence[Any]], name: str, partnership: Partnership | None
) -> StreamingHttpResponse:
    """A list too long to be held at once: the first line leaves before the last is read."""
    fictional = partnership is not None and partnership.fictional
    lines = _lines(heading, rows, (_now("note"), _now("fictional example")) if fictional else None)
    response = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{"fictional-" if fictional else ""}{name}.csv"'
    return response


class _Echo:
    """What `csv.writer` writes to: gives each line back."""

    def write(self, line: str) -> str:
        return line


def _lines(heading: Sequence[str], rows: Iterable[Sequence[Any]], note: tuple[str, str] | None) -> Iterator[str]:
    writer = csv.writer(_Echo())
    named, said = ([note[0]], [note[1]]) if note else ([], [])
    yield "\ufeff" + writer.writerow([*heading, *named])
    waiting: list[str] = []
    for row in rows:
        waiting.append(writer.writerow([*(harmless("" if cell is None else str(cell)) for cell in row), *said]))
        if len(waiting) == 500:  # a line at a time would cost more in sending than in reading
            yield "".join(waiting)
            waiting = []
    yield "".join(waiting)


def harmless(cell: str) -> str:
    """A cell that a spreadsheet would run as a formula becomes text."""
    return f"'{cell}" if cell.startswith(("=", "+", "-", "@", "\t", "\r")) else cell
