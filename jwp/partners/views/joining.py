"""Coming in for the first time: by an invitation, or as somebody of the fictional example."""

from __future__ import annotations

from typing import Any

from allauth.account.utils import perform_login
from django import forms
from django.contrib.auth.password_validation import password_validators_help_texts
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from jwp.core.access import ANYONE, LINK, open_to
from jwp.core.forms import attempt
from jwp.core.models import Partnership, User
from jwp.partners import actions
from jwp.partners.models import PersonalLink


class JoinForm(forms.Form):
    password = forms.CharField(
        label=_("Password"), strip=False, max_length=200,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password", "minlength": 8}),
    )  # fmt: skip


@open_to(LINK)
@never_cache
def join(request: HttpRequest, token: str) -> HttpResponse:
    """Choose a password, and be signed in."""
    today = request.today  # type: ignore[attr-defined]
    link = PersonalLink.holding(token, PersonalLink.Purpose.JOIN, today)
    if link is None or link.used_on:
        return render(request, "partners/join_over.html", status=410)
    form = JoinForm(request.POST or None)
    if request.method == "POST":
        user = attempt(form, lambda: actions.accept_invitation(token, form.cleaned_data["password"], today))
        if user is not None:
            came_in: HttpResponse = perform_login(request, user, email_verification="none")
            return came_in
    context: dict[str, Any] = {"form": form, "person": link.person, "rules": password_validators_help_texts()}
    return render(request, "partners/join.html", context)


@open_to(ANYONE)
@require_POST
def sign_in_as(request: HttpRequest) -> HttpResponse:
    """Sign in as somebody of the example. Outside a fictional partnership this page does not exist."""
    partnership = Partnership.get()
    if partnership is None or not partnership.fictional:
        raise Http404
    user = User.objects.filter(demonstration=True, is_active=True, person__ref=request.POST.get("ref", "")).first()
    if user is None:
        raise Http404
    came_in: HttpResponse = perform_login(request, user, email_verification="none")
    return came_in
