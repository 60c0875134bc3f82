"""Sign-in is by invitation: no sign-up page, and an outside identity must match somebody already here."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core import context as sign_in
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _

from jwp.core.models import Partnership, User
from jwp.partners.actions import post_letter


def refuses_demonstration(user: User, partnership: Partnership | None) -> bool:
    """A demonstration sign-in works only in a partnership that says it is fictional."""
    return user.demonstration and not (partnership and partnership.fictional)


class InvitedOnly(DefaultAccountAdapter):  # type: ignore[misc]
    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def pre_login(self, request: HttpRequest, user: User, **login: Any) -> HttpResponse | None:
        if refuses_demonstration(user, Partnership.get()):
            messages.error(request, _("This is a demonstration sign-in. It works only in the fictional example."))
            return HttpResponseRedirect(reverse("account_login"))
        refused: HttpResponse | None = super().pre_login(request, user, **login)
        return refused

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """allauth's letters (a forgotten password) go through our outbox like every other."""
        message = self.render_mail(template_prefix, email, context)
        post_letter(
            to=email, subject=str(message.subject), body=str(message.body), today=sign_in.request.today,
        )  # fmt: skip


class InvitedOnlyOpenID(DefaultSocialAccountAdapter):  # type: ignore[misc]
    def is_open_for_signup(self, request: HttpRequest, sociallogin: Any) -> bool:
        return False
