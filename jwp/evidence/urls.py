from django.urls import path

from jwp.evidence import views

app_name = "evidence"
urlpatterns = [
    path("", views.documents, name="documents"),
    path("new/", views.new_document, name="new_document"),
    path("files/<slug:sha256>/", views.file, name="file"),
    path("sources/", views.sources, name="sources"),
    path("sources/new/", views.source, name="new_source"),
    path("sources/<ref:ref>/", views.source, name="source"),
    path("events/", views.events, name="events"),
    path("events/new/", views.event, name="new_event"),
    path("events/<ref:ref>/", views.event, name="event"),
    path("<ref:ref>/", views.document, name="document"),
    path("<ref:ref>/change/", views.change_document, name="change_document"),
    path("<ref:ref>/new-version/", views.new_version, name="new_version"),
    path("<ref:ref>/approval/", views.approve, name="approve"),
]
