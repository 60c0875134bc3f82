"""The partnership's settings, for the administrator."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters

from jwp.core.access import ADMINISTRATOR, acting, open_to
from jwp.core.forms import attempt
from jwp.core.models import Partnership
from jwp.desk.partnership import MAIL, SETTINGS, change_settings, write_test_letter
from jwp.desk.views.start import PartnershipForm


class SettingsForm(PartnershipForm):
    revision = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["mail_password"].help_text = _("Leave it empty to keep the one that is set.")


@open_to(ADMINISTRATOR)
@sensitive_post_parameters("mail_password")
def page(request: HttpRequest) -> HttpResponse:
    actor = acting(request)
    here: Partnership = request.partnership  # type: ignore[attr-defined]
    stands = {name: getattr(here, name) for name in SETTINGS} | {"revision": here.revision}
    form = SettingsForm(request.POST or None, initial=stands)

    def change() -> Partnership:
        given = dict(form.cleaned_data)
        return change_settings(actor, given.pop("revision"), **given)

    saved = attempt(form, change) if request.method == "POST" else None
    if saved is not None:
        messages.success(request, _("Saved."))
        if "test" in request.POST:
            write_test_letter(actor)
            messages.info(request, _("A test letter to you is in the outbox; it leaves within a minute."))
        return redirect("settings")
    context = {"form": form, "mail": [form[name] for name in MAIL]}
    return render(request, "desk/settings.html", context, status=422 if request.method == "POST" else 200)
