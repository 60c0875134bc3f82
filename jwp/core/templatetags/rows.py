"""The rows of a list. A template would ask ten questions of every cell; here they are asked once a column."""

from __future__ import annotations

from django import template
from django.template import Context
from django.template.base import render_value_in_context
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django_tables2 import Table

register = template.Library()


@register.simple_tag
def table_rows(table: Table) -> SafeString:
    """Every `<tr>` of this page. Note: attrs of a column are read once, so they cannot depend on the row."""
    columns = [
        (
            column.name,
            Context(use_l10n=column.localize),
            format_html('<td {} data-label="{}">', column.attrs["td"].as_html(), column.header),
        )
        for column in table.columns
    ]
    lines: list[str] = []
    for row in table.paginated_rows:
        cells = "".join(
            f"{opening}{render_value_in_context(row.get_cell(name), said)}</td>" for name, said, opening in columns
        )
        lines.append(f"<tr {row.attrs.as_html()}>{cells}</tr>")
    return mark_safe("\n".join(lines))  # each part above is escaped
