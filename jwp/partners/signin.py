"""Sign-in is by invitation: no sign-up page, and an outside identity must match somebody already here."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from django.http import HttpRequest


class InvitedOnly(DefaultAccountAdapter):  # type: ignore[misc]
    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """allauth's letters (a forgotten password) go through our outbox like every other."""
        from jwp.partners.actions import post_letter

        message = self.render_mail(template_prefix, email, context)
        post_letter(to=email, subject=str(message.subject), body=str(message.body))


class InvitedOnlyOpenID(DefaultSocialAccountAdapter):  # type: ignore[misc]
    def is_open_for_signup(self, request: HttpRequest, sociallogin: Any) -> bool:
        return False
