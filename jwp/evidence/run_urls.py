from django.urls import path

from jwp.evidence.views import runs

app_name = "runs"
urlpatterns = [
    path("", runs.runs, name="list"),
    path("new/", runs.kinds, name="kinds"),
    path("new/audit/form.xlsx", runs.audit_form, name="audit_form"),
    path("new/<slug:kind>/", runs.upload, name="upload"),
    path("<ref:ref>/", runs.run, name="run"),
    path("<ref:ref>/choices/", runs.choices, name="choices"),
    path("<ref:ref>/files/", runs.send_again, name="send_again"),
    path("<ref:ref>/progress.json", runs.progress, name="progress"),
    path("<ref:ref>/figures.csv", runs.figures_csv, name="figures_csv"),
    path("<ref:ref>/publish/", runs.publish, name="publish"),
    path("<ref:ref>/withdraw/", runs.withdraw, name="withdraw"),
]
