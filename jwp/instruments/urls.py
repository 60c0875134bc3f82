from django.urls import path

from jwp.instruments import views

app_name = "instruments"
urlpatterns = [
    path("", views.instruments, name="list"),
    path("<slug:name>/<slug:version>/", views.instrument, name="detail"),
    path("<slug:name>/<slug:version>/fill/", views.fill, name="fill"),
    path("<slug:name>/<slug:version>/<ref:subject>/", views.subject, name="subject"),
]
