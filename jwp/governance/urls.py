from django.urls import path

from jwp.governance.views import agenda, decisions, meetings, override

app_name = "governance"
urlpatterns = [
    path("", meetings.meetings, name="meetings"),
    path("new/", meetings.new, name="new_meeting"),
    path("actions/", meetings.arising, name="actions"),
    path("actions/<ref:ref>/", meetings.action, name="action"),
    path("actions/<ref:ref>/done/", meetings.done, name="action_done"),
    path("items/<ref:ref>/", agenda.item, name="item"),
    path("items/<ref:ref>/change/", agenda.change, name="change_item"),
    path("items/<ref:ref>/comment/", agenda.comment, name="comment"),
    path("items/<ref:ref>/take-off/", agenda.take_off, name="take_off"),
    path("items/<ref:ref>/put-on/", agenda.put_on, name="put_on"),
    path("override/<ref:ref>/", override.page, name="override"),
    path("decisions/<ref:ref>/", decisions.decision, name="decision"),
    path("<ref:ref>/", meetings.meeting, name="meeting"),
    path("<ref:ref>/minutes/", meetings.minutes, name="minutes"),
    path("<ref:ref>/change/", meetings.change, name="change_meeting"),
    path("<ref:ref>/cancel/", meetings.cancel, name="cancel"),
    path("<ref:ref>/close/", meetings.close, name="close"),
    path("<ref:ref>/attendance/", meetings.attendance, name="attendance"),
    path("<ref:ref>/item/", agenda.new, name="new_item"),
    path("<ref:ref>/decide/", decisions.decide, name="decide"),
    path("<ref:ref>/action/", meetings.new_action, name="new_action"),
]
