"""Every address. The public site first, then the rooms; each room's own are in its urls.py."""

from django.urls import include, path, register_converter

from jwp.core.addresses import RefConverter

register_converter(RefConverter, "ref")

urlpatterns = [
    path("", include("jwp.site.urls")),
    path("", include("jwp.desk.urls")),
    path("accounts/", include("allauth.urls")),
    path("people/", include("jwp.partners.urls")),
    path("plan/", include("jwp.gender.urls")),
    path("engagements/", include("jwp.reviews.urls")),
    path("meetings/", include("jwp.governance.urls")),
    path("indicators/", include("jwp.indicators.urls")),
    path("instruments/", include("jwp.instruments.urls")),
    path("documents/", include("jwp.evidence.urls")),
]
