"""One page of a list, and the address of the same list as CSV."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django_tables2 import RequestConfig, Table

from jwp.core.models import Partnership
from jwp.partners.tables import as_csv

PER_PAGE = 50
Crumbs = list[tuple[str, str]]


def list_page(request: HttpRequest, table: Table, name: str, template: str, context: dict[str, Any]) -> HttpResponse:
    """The page of a list or, where it was asked for, everything the page's filter lets through."""
    RequestConfig(request, paginate={"per_page": PER_PAGE}).configure(table)
    if request.GET.get("export") == "csv":
        return as_csv(table, name, Partnership.get())
    query = request.GET.copy()
    query["export"] = "csv"
    table.export_url = f"?{query.urlencode()}"
    return render(request, template, {"table": table} | context)


def form_page(request: HttpRequest, form: Any, heading: str, crumbs: Crumbs, **more: Any) -> HttpResponse:
    """A form on its own page; refused, it says so in its status too."""
    context = {"form": form, "heading": heading, "crumbs": crumbs} | more
    return render(request, "plans/form.html", context, status=422 if form.errors else 200)
