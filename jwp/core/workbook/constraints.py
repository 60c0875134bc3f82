"""A model's own constraints, asked of many rows in memory: Django would ask the database for each."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db import models
from django.db.models import CheckConstraint, F, Model, Q, UniqueConstraint
from django.utils.translation import gettext as _

Truth = bool | None  # None is unknown, as in SQL: a constraint refuses only what is false


def broken(row: Model) -> Iterator[str]:
    """What each check constraint that this row breaks says about it."""
    for constraint in row._meta.constraints:
        if isinstance(constraint, CheckConstraint) and _holds(constraint.condition, row) is False:
            yield str(constraint.get_violation_error_message())


def keys(row: Model) -> Iterator[tuple[str, tuple[Any, ...], str, str]]:
    """(constraint, key, field, message) for each uniqueness a row claims: a key stands once."""
    for constraint in row._meta.constraints:
        if not isinstance(constraint, UniqueConstraint):
            continue
        if constraint.condition is not None and _holds(constraint.condition, row) is not True:
            continue
        # Our only expressions are Lower("field"): compared without regard to case.
        folded = [name for expression in constraint.expressions for name in _fields_in(expression)]
        key = [_value(row, name) for name in constraint.fields]
        key += [str(_value(row, name)).casefold() for name in folded]
        if all(part is not None for part in key):
            names = [*constraint.fields, *folded]
            yield constraint.name, tuple(key), names[-1], _said(constraint, names)
    for field in row._meta.concrete_fields:
        if field.unique and not field.primary_key and field.name != "ref":
            value = _value(row, field.name)
            if value is not None:
                said = _("There is one of this %(field)s already.") % {"field": field.verbose_name}
                yield field.name, (value,), field.name, said


def _said(constraint: UniqueConstraint, names: list[str]) -> str:
    if constraint.violation_error_message != constraint.default_violation_error_message:
        return str(constraint.get_violation_error_message())
    return _("There is one of this already (same %(fields)s).") % {"fields": ", ".join(names)}


def _fields_in(expression: Any) -> Iterator[str]:
    for source in expression.get_source_expressions():
        if isinstance(source, F):
            yield str(source.name)  # type: ignore[attr-defined]


def _value(row: Model, name: str) -> Any:
    """A field's value; a related row by its key or, while it has none, by who it is."""
    field = row._meta.get_field(name)
    if not isinstance(field, models.ForeignKey):
        return getattr(row, name)
    if field.is_cached(row) and (related := getattr(row, name)) is not None:
        return related.pk or id(related)
    return getattr(row, field.attname)


def _holds(condition: Any, row: Model) -> Truth:
    if not isinstance(condition, Q):
        return _lookup(condition[0], condition[1], row)
    parts = [_holds(child, row) for child in condition.children]
    decisive = condition.connector == Q.OR
    if decisive in parts:
        found: Truth = decisive
    else:
        found = None if None in parts else not decisive
    return None if found is None else found != condition.negated


def _lookup(path: str, asked: Any, row: Model) -> Truth:
    name, _mark, operator = path.partition("__")
    value = _value(row, name)
    if isinstance(asked, F):
        asked = _value(row, asked.name)  # type: ignore[attr-defined]
    elif asked is None:
        return value is None
    if operator == "isnull":
        return (value is None) is bool(asked)
    if value is None or asked is None:
        return None
    match operator:
        case "":
            return bool(value == asked)
        case "gt":
            return bool(value > asked)
        case "gte":
            return bool(value >= asked)
        case "lt":
            return bool(value < asked)
        case "lte":
            return bool(value <= asked)
    raise NotImplementedError(path)  # a new kind of constraint: teach it here (tests/desk/test_workbook_rules.py)
