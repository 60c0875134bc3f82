"""Addresses of what we fund: one file a noun's pages."""

from jwp.grants.urls import applications, calls, items, portfolio, programmes

app_name = "grants"

urlpatterns = [
    *portfolio.urlpatterns,
    *programmes.urlpatterns,
    *calls.urlpatterns,
    *applications.urlpatterns,
    *items.urlpatterns,
]
