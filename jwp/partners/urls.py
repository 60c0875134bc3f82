from django.urls import path

from jwp.partners.views import bodies, joining, organisations, people

app_name = "partners"
urlpatterns = [
    path("", people.home, name="home"),
    path("me/", people.me, name="me"),
    path("new/", people.add, name="person_add"),
    path("person/<ref:ref>/", people.person, name="person"),
    path("person/<ref:ref>/change/", people.change, name="person_change"),
    path("person/<ref:ref>/away/", people.absence, name="absence"),
    path("absences/<ref:ref>/end/", people.absence_end, name="absence_end"),
    path("person/<ref:ref>/invite/", people.invite, name="invite"),
    path("person/<ref:ref>/revoke/", people.revoke, name="revoke"),
    path("person/<ref:ref>/leaving/", people.leaving, name="leaving"),
    path("person/<ref:ref>/back/", people.come_back, name="come_back"),
    path("person/<ref:ref>/erase/", people.erase, name="erase"),
    path("bodies/", bodies.bodies, name="bodies"),
    path("bodies/new/", bodies.body_add, name="body_add"),
    path("body/<ref:ref>/", bodies.body, name="body"),
    path("body/<ref:ref>/change/", bodies.body_change, name="body_change"),
    path("body/<ref:ref>/offices/new/", bodies.office_add, name="office_add"),
    path("body/<ref:ref>/seats/new/", bodies.seat_add, name="seat_add"),
    path("offices/<ref:ref>/", bodies.office_change, name="office_change"),
    path("seats/<ref:ref>/", bodies.seat_change, name="seat_change"),
    path("seats/<ref:ref>/end/", bodies.seat_end, name="seat_end"),
    path("members/", organisations.members, name="members"),
    path("organisations/new/", organisations.organisation_add, name="organisation_add"),
    path("organisation/<ref:ref>/", organisations.organisation, name="organisation"),
    path("organisation/<ref:ref>/change/", organisations.organisation_change, name="organisation_change"),
    path("organisation/<ref:ref>/memberships/new/", organisations.membership_add, name="membership_add"),
    path("memberships/<ref:ref>/", organisations.membership_change, name="membership_change"),
    path("constituencies/new/", organisations.constituency_add, name="constituency_add"),
    path("constituencies/<ref:ref>/", organisations.constituency_change, name="constituency_change"),
    path("places/new/", organisations.place_add, name="place_add"),
    path("sign-in-as/", joining.sign_in_as, name="sign_in_as"),
]
