"""Addresses that are open to people without an account: the calls, and the personal link of who applies."""

from django.urls import path

from jwp.grants.views import apply, public_call, reports

urlpatterns = [
    path("calls/", public_call.calls, name="public_calls"),
    path("calls/<ref:ref>/", public_call.call, name="public_call"),
    path("a/<str:token>/", apply.link, name="grants_link"),
    path("a/<str:token>/draft/", apply.keep_draft, name="grants_link_draft"),
    path("a/<str:token>/withdraw/", apply.withdraw, name="grants_link_withdraw"),
    path("a/<str:token>/proposal/", apply.proposal, name="grants_link_proposal"),
    path("a/<str:token>/reports/<ref:ref>/", reports.link_report, name="grants_link_report"),
    path("a/<str:token>/file/<slug:sha256>/", apply.file, name="grants_link_file"),
]
