"""Every address. The public site first, then the rooms; each room's own are in its urls.py."""

from django.urls import include, path, register_converter

from jwp.core.addresses import RefConverter
from jwp.gender.views.report import personal_link
from jwp.partners.views import joining, people
from jwp.reviews.views.shared import shared_link

register_converter(RefConverter, "ref")

urlpatterns = [
    path("", include("jwp.site.urls")),
    path("", include("jwp.desk.urls")),
    path("join/<str:token>/", joining.join, name="join"),
    # An e-mail address is changed on the person's page, through the door, not in the sign-in library.
    path("accounts/email/", people.me),
    path("accounts/", include("allauth.urls")),
    path("people/", include("jwp.partners.urls")),
    path("l/<str:token>/", personal_link, name="personal_link"),
    path("plan/", include("jwp.gender.urls")),
    path("money/", include("jwp.plans.urls")),
    path("grants/", include("jwp.grants.urls")),
    path("", include("jwp.grants.urls.apply")),
    path("engagements/", include("jwp.reviews.urls")),
    path("e/<str:token>/", shared_link, name="shared_link"),  # short: it is typed from a workshop wall
    path("meetings/", include("jwp.governance.urls")),
    path("indicators/", include("jwp.indicators.urls")),
    path("instruments/", include("jwp.instruments.urls")),
    path("documents/", include("jwp.evidence.urls")),
    path("diagnostics/", include("jwp.evidence.run_urls")),
]
