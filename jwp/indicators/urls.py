from django.urls import path

from jwp.indicators import from_run, views

app_name = "indicators"
urlpatterns = [
    path("", views.indicators, name="list"),
    path("new/", views.define, name="define"),
    path("from-run/<ref:ref>/", from_run.from_run, name="from_run"),
    path("<ref:ref>/", views.indicator, name="detail"),
    path("<ref:ref>/change/", views.amend, name="amend"),
    path("<ref:ref>/new-version/", views.new_version, name="new_version"),
    path("<ref:ref>/record/", views.record, name="record"),
    path("<ref:ref>/periods.csv", views.periods_csv, name="periods_csv"),
    path("readings/<ref:ref>/", views.correct, name="correct"),
]
