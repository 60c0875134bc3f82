from django.urls import URLPattern, path

from jwp.grants.views import member_programmes, programmes

urlpatterns: list[URLPattern] = [
    path("programmes/", programmes.programmes, name="programmes"),
    path("new-programme/", programmes.edit, name="new_programme"),
    path("programmes/<ref:ref>/", programmes.programme, name="programme"),
    path("programmes/<ref:ref>/change/", programmes.edit, name="change_programme"),
    path("programmes/<ref:ref>/agree/", programmes.agree, name="agree_to_programme"),
    path("programmes/<ref:ref>/step/", programmes.step, name="step_programme"),
    path("members-programmes/", member_programmes.member_programmes, name="member_programmes"),
    path("new-members-programme/", member_programmes.edit, name="new_member_programme"),
    path("members-programmes/<ref:ref>/", member_programmes.member_programme, name="member_programme"),
    path("members-programmes/<ref:ref>/change/", member_programmes.edit, name="change_member_programme"),
]
