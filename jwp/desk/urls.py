from django.urls import URLPattern, path

from jwp.desk.views import calendar, home, imports, journal, outbox, search, settings, start

urlpatterns: list[URLPattern] = [
    path("start/", start.start, name="start"),
    path("desk/", home.home, name="desk"),
    path("desk/sample/", home.sample, name="sample"),
    path("bring/", imports.bring, name="bring"),
    path("bring/template.xlsx", imports.book_template, name="book_template"),
    path("bring/export.xlsx", imports.book_export, name="book_export"),
    path("bring/<ref:ref>/", imports.difference, name="import"),
    path("bring/<ref:ref>/apply/", imports.apply, name="import_apply"),
    path("bring/<ref:ref>/undo/", imports.undo, name="import_undo"),
    path("bring/<ref:ref>/drop/", imports.drop, name="import_drop"),
    path("bring/<ref:ref>/refused.xlsx", imports.refused, name="import_refused"),
    path("bring/<ref:ref>/columns/", imports.columns, name="import_columns"),
    path("bring/<ref:ref>/table/", imports.table, name="import_table"),
    path("search/", search.page, name="search"),
    path("settings/", settings.page, name="settings"),
    path("calendar/", calendar.address, name="calendar"),
    path("calendar/<str:token>.ics", calendar.subscribed, name="calendar_feed"),
    path("journal/", journal.entries, name="journal"),
    path("journal/prove/", journal.prove, name="journal_prove"),
    path("journal/<str:form>/", journal.export, name="journal_export"),
    path("outbox/", outbox.letters, name="outbox"),
    path("outbox/send/", outbox.send, name="outbox_send"),
    path("outbox/<int:number>/", outbox.letter, name="outbox_letter"),
]
