"""A list writes its cells as a template would: escaped, in the reader's numbers, each with its heading."""

from typing import Any

import django_tables2 as tables
import pytest
from django.template import Context, Template
from django.test import RequestFactory
from django.utils import translation
from django.utils.html import format_html


class Things(tables.Table):  # type: ignore[misc]
    name = tables.Column(verbose_name='The "name"')
    count = tables.Column(attrs={"td": {"class": "num"}})
    code = tables.Column(localize=False)
    link = tables.Column(empty_values=())

    class Meta:
        empty_text = "Nothing at all."
        row_attrs = {"data-of": lambda record: record["name"]}

    def render_link(self, record: Any) -> str:
        return format_html('<a href="/{}">x</a>', record["code"])


def drawn(rows: list[dict[str, Any]]) -> str:
    table = Things(rows)
    request = RequestFactory().get("/")
    return Template("{% load render_table from django_tables2 %}{% render_table table %}").render(
        Context({"table": table, "request": request})
    )


def test_what_people_typed_is_text_and_what_a_column_made_is_html() -> None:
    page = drawn([{"name": '<b>"x"</b>', "count": 1.5, "code": 1234567}])
    assert '<td data-label="The &quot;name&quot;">&lt;b&gt;&quot;x&quot;&lt;/b&gt;</td>' in page.replace(
        "<td  ", "<td "
    )
    assert '<td class="num" data-label="Count">1.5</td>' in page
    assert ">1234567</td>" in page
    assert '<a href="/1234567">x</a>' in page
    assert 'data-of="&lt;b&gt;&quot;x&quot;&lt;/b&gt;"' in page


def test_numbers_are_the_readers() -> None:
    with translation.override("es"):
        assert ">1,5</td>" in drawn([{"name": "x", "count": 1.5, "code": 1}])


@pytest.mark.parametrize(("rows", "said"), [([], True), ([{"name": "x", "count": None, "code": 1}], False)])
def test_an_empty_list_says_so(rows: list[dict[str, Any]], said: bool) -> None:
    page = drawn(rows)
    assert ("Nothing at all." in page) is said
    assert said or '<td class="num" data-label="Count">—</td>' in page
