from django.urls import URLPattern, path

from jwp.grants.views import applications, donor, panel

urlpatterns: list[URLPattern] = [
    path("applications/", applications.applications, name="applications"),
    path("applications/<ref:ref>/", applications.application, name="application"),
    path("applications/<ref:ref>/files/<slug:sha256>/", applications.file, name="application_file"),
    path("applications/<ref:ref>/check/", applications.check, name="check_application"),
    path("applications/<ref:ref>/step/", applications.step, name="step_application"),
    path("applications/<ref:ref>/appraise/", applications.appraise, name="appraise"),
    path("applications/<ref:ref>/proposal/", applications.record_proposal, name="record_proposal"),
    path("applications/<ref:ref>/award/", applications.award, name="award"),
    path("applications/<ref:ref>/extend/", applications.extend, name="extend"),
    path("applications/<ref:ref>/send-back/", applications.send_back, name="send_back"),
    path("applications/<ref:ref>/register/", applications.register, name="register_applicant"),
    path("sponsors/<ref:ref>/confirm/", applications.confirm_sponsor, name="confirm_sponsor"),
    path("panel/", panel.panel, name="panel"),
    path("panel/<ref:ref>/", panel.score, name="score"),
    path("panel/<ref:ref>/conflict/", panel.declare_conflict, name="declare_conflict"),
    path("reviews/<ref:ref>/no-conflict/", panel.lift_conflict, name="lift_conflict"),
    path("calls/<ref:ref>/ranking/", panel.results, name="panel_results"),
    path("calls/<ref:ref>/decide/", panel.decide, name="decide"),
    path("donors/", donor.inbox, name="donor_inbox"),
    path("donors/<ref:ref>/", donor.comment, name="donor_comment"),
]
