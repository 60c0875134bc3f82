"""Reading the journal: which entries a reader asked for, and each in words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

from django import forms
from django.apps import apps
from django.core.exceptions import FieldDoesNotExist
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop

from jwp.core import journal
from jwp.core.models import Entry, Row
from jwp.partners.models import Person

# Django makes these nouns from class names; they are written down for those who translate.
NOUNS = (
    gettext_noop("partnership"), gettext_noop("membership"), gettext_noop("absence"), gettext_noop("seat"),
    gettext_noop("event"), gettext_noop("approval"), gettext_noop("reading"), gettext_noop("answer sheet"),
    gettext_noop("correction"), gettext_noop("evidence"), gettext_noop("assessment"),
    gettext_noop("agenda item"), gettext_noop("action arising"), gettext_noop("import"),
    gettext_noop("column mapping"), gettext_noop("product"), gettext_noop("product use"),
)  # fmt: skip


def nouns() -> list[tuple[str, str]]:
    """Everything the journal can speak of, in the reader's language."""
    rows = [model for model in apps.get_models() if issubclass(model, Row)]
    return sorted(((model.noun(), _(str(model._meta.verbose_name))) for model in rows), key=lambda noun: noun[1])


class Calendar(forms.DateInput):
    input_type = "date"
    format = "%Y-%m-%d"


class Asked(forms.Form):
    """What to look for. Everything left empty means every entry."""

    who = forms.CharField(label=gettext_lazy("Person"), required=False)
    noun = forms.ChoiceField(label=gettext_lazy("Kind"), required=False)
    verb = forms.CharField(label=gettext_lazy("What was done"), required=False)
    ref = forms.CharField(label=gettext_lazy("Reference"), required=False)
    since = forms.DateField(label=gettext_lazy("From"), required=False, widget=Calendar)
    until = forms.DateField(label=gettext_lazy("Until"), required=False, widget=Calendar)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["noun"].choices = [("", _("All")), *nouns()]  # type: ignore[attr-defined]

    def entries(self) -> QuerySet[Entry]:
        """The entries asked for, none where the question makes no sense."""
        found = Entry.objects.all()
        if not self.is_valid():
            return found.none()
        asked = self.cleaned_data
        for name in ("noun", "verb", "ref"):
            if asked[name]:
                found = found.filter(**{name: asked[name].strip()})
        if who := asked["who"].strip():
            people = Person.objects.filter(name__icontains=who) | Person.objects.filter(ref=who)
            found = found.filter(actor__in=[*people.values_list("ref", flat=True), who])
        if asked["since"]:
            found = found.filter(at__gte=_midnight(asked["since"]))
        if asked["until"]:
            found = found.filter(at__lt=_midnight(asked["until"] + timedelta(days=1)))
        return found


def _midnight(day: Any) -> datetime:
    return timezone.make_aware(datetime.combine(day, time()))


@dataclass(frozen=True)
class Line:
    """An entry as people read it."""

    entry: Entry
    who: str
    noun: str
    changes: list[tuple[str, Any, Any]]
    erased: bool


def read(entries: Iterable[Entry], names: dict[str, str]) -> Iterator[Line]:
    words = dict(nouns())
    for entry in entries:
        yield Line(
            entry,
            _("the system") if entry.actor == "system" else names.get(entry.actor, entry.actor),
            words.get(entry.noun, entry.noun),
            changes(entry),
            entry.personal == journal.ERASED,
        )


def names_of(entries: Iterable[Entry]) -> dict[str, str]:
    """The names of those who acted, in one query."""
    refs = {entry.actor for entry in entries}
    return dict(Person.objects.filter(ref__in=refs).values_list("ref", "name"))


def changes(entry: Entry) -> list[tuple[str, Any, Any]]:
    """(field, before, after) of everything the entry tells, also of what was taken back."""
    kept = entry.personal or {}
    before = entry.facts.get("before", {}) | kept.get("before", {})
    after = entry.facts.get("after", {}) | kept.get("after", {})
    return [(_field(entry.noun, name), before.get(name), after.get(name)) for name in dict.fromkeys([*before, *after])]


def _field(noun: str, name: str) -> str:
    try:
        field = apps.get_model(noun)._meta.get_field(name)
    except (LookupError, ValueError, FieldDoesNotExist):
        return name.replace("_", " ")
    return str(getattr(field, "verbose_name", name))
