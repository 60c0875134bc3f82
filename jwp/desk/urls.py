from django.urls import URLPattern, path

from jwp.desk.views import journal, outbox

urlpatterns: list[URLPattern] = [
    path("journal/", journal.entries, name="journal"),
    path("journal/prove/", journal.prove, name="journal_prove"),
    path("journal/<str:form>/", journal.export, name="journal_export"),
    path("outbox/", outbox.letters, name="outbox"),
    path("outbox/send/", outbox.send, name="outbox_send"),
    path("outbox/<int:number>/", outbox.letter, name="outbox_letter"),
]
