from django.urls import path

from jwp.instruments import views

app_name = "instruments"
urlpatterns = [
    path("", views.instruments, name="list"),
    path("crosswalk/", views.crosswalk_page, name="crosswalk"),
    path("answers/", views.sheets, name="sheets"),
    path("<slug:name>/<ref:version>/", views.instrument, name="detail"),
    path("<slug:name>/<ref:version>/fill/", views.fill, name="fill"),
    path("<slug:name>/<ref:version>/form.xlsx", views.xlsform, name="xlsform"),
    path("<slug:name>/<ref:version>/wording/", views.wording, name="wording"),
    path("<slug:name>/<ref:version>/<ref:subject>/", views.subject, name="subject"),
]
