from django.urls import path

from jwp.grants.views import call, portal, type_in

urlpatterns = [
    path("calls/", call.calls, name="calls"),
    path("calls/new/", call.new_call, name="new_call"),
    path("calls/<ref:ref>/", call.call, name="call"),
    path("calls/<ref:ref>/change/", call.change_call, name="change_call"),
    path("calls/<ref:ref>/step/", call.step_call, name="step_call"),
    path("calls/<ref:ref>/type-in/", type_in.type_in, name="type_in"),
    path("applications/<ref:ref>/link/", type_in.replace_link, name="replace_link"),
    path("calls/<ref:ref>/import/", portal.portal, name="portal"),
    path("calls/<ref:ref>/panel/", call.add_panel_member, name="add_panel_member"),
    path("calls/<ref:ref>/panel/<ref:member>/leave/", call.leave_panel, name="leave_panel"),
]
