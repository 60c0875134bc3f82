"""The rows of a list. A template would ask ten questions of every cell; here they are asked once a column."""

from __future__ import annotations

from typing import Any

from django import template
from django.utils.formats import localize
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.timezone import template_localtime
from django_tables2 import Table

register = template.Library()


@register.simple_tag
def table_rows(table: Table) -> SafeString:
    """Every `<tr>` of this page. Note: attrs of a column are read once, so they cannot depend on the row."""
    columns = [
        (
            column.name,
            column.localize,
            format_html('<td {} data-label="{}">', column.attrs["td"].as_html(), column.header),
        )
        for column in table.columns
    ]
    lines: list[str] = []
    for row in table.paginated_rows:
        cells = "".join(f"{opening}{_said(row.get_cell(name), local)}</td>" for name, local, opening in columns)
        lines.append(f"<tr {row.attrs.as_html()}>{cells}</tr>")
    return mark_safe("\n".join(lines))  # each part above is escaped


def _said(cell: Any, local: bool | None) -> str:
    """A cell as a template would write it."""
    if not isinstance(cell, str):
        cell = localize(template_localtime(cell), use_l10n=local)
    return conditional_escape(cell)
