from django.urls import URLPattern, path

from jwp.desk.views import calendar, home, journal, outbox, search

urlpatterns: list[URLPattern] = [
    path("desk/", home.home, name="desk"),
    path("desk/sample/", home.sample, name="sample"),
    path("search/", search.page, name="search"),
    path("calendar/", calendar.address, name="calendar"),
    path("calendar/<str:token>.ics", calendar.subscribed, name="calendar_feed"),
    path("journal/", journal.entries, name="journal"),
    path("journal/prove/", journal.prove, name="journal_prove"),
    path("journal/<str:form>/", journal.export, name="journal_export"),
    path("outbox/", outbox.letters, name="outbox"),
    path("outbox/send/", outbox.send, name="outbox_send"),
    path("outbox/<int:number>/", outbox.letter, name="outbox_letter"),
]
