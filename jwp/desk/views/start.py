"""The first-run guide: one page, opened with the one-time code that the server's terminal shows."""

from __future__ import annotations

import zoneinfo
from typing import Any

from allauth.account.utils import perform_login
from django import forms
from django.conf import settings
from django.contrib.auth.password_validation import password_validators_help_texts
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from jwp.core.access import ANYONE, open_to
from jwp.core.forms import attempt
from jwp.core.models import Partnership
from jwp.desk.partnership import MAIL
from jwp.desk.setup_code import is_right
from jwp.desk.start import ADMINISTRATOR, DIRECTOR, POSTS, TEAM, Newcomer, Setup, set_up

OTHERS = 5
REGIONS = ("Africa", "America", "Asia", "Atlantic", "Australia", "Europe", "Indian", "Pacific")
PARTNERSHIP = ("name", "languages", "time_zone")


def time_zones() -> list[tuple[str, str]]:
    known = (name for name in zoneinfo.available_timezones() if name.split("/")[0] in REGIONS)
    return [("UTC", "UTC"), *((name, name.replace("_", " ")) for name in sorted(known))]


class PartnershipForm(forms.Form):
    """The partnership and its mail: what can be changed later."""

    name = forms.CharField(label=gettext_lazy("Its name"), max_length=200)
    languages = forms.MultipleChoiceField(
        label=gettext_lazy("Languages it works in"), choices=settings.LANGUAGES,
        widget=forms.CheckboxSelectMultiple,
    )  # fmt: skip
    time_zone = forms.ChoiceField(
        label=gettext_lazy("Time zone"), choices=time_zones, initial="Europe/Brussels",
        help_text=gettext_lazy("Due dates end at midnight there."),
    )  # fmt: skip
    mail_host = forms.CharField(label=gettext_lazy("Mail server"), max_length=200, required=False)
    mail_port = forms.IntegerField(label=gettext_lazy("Port"), initial=587, min_value=1, max_value=65535)
    mail_user = forms.CharField(label=gettext_lazy("User"), max_length=200, required=False)
    mail_password = forms.CharField(
        label=gettext_lazy("Password"), max_length=200, required=False, strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
    )  # fmt: skip
    mail_from = forms.EmailField(label=gettext_lazy("Sender address"), required=False)
    reply_domain = forms.CharField(
        label=gettext_lazy("Domain for replies"), max_length=200, required=False,
        help_text=gettext_lazy("Only where your mail server hands answers to “jwp reply”."),
    )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        if given.get("mail_host") and not given.get("mail_from"):
            self.add_error("mail_from", _("Give the address letters are sent from."))
        return given


class StartForm(PartnershipForm):
    my_name = forms.CharField(
        label=gettext_lazy("Your name"), max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )  # fmt: skip
    my_email = forms.EmailField(
        label=gettext_lazy("Your e-mail address"), help_text=gettext_lazy("You sign in with it."),
        widget=forms.EmailInput(attrs={"autocomplete": "username"}),
    )  # fmt: skip
    my_password = forms.CharField(
        label=gettext_lazy("A password"), strip=False, max_length=200,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password", "minlength": 8}),
    )  # fmt: skip
    my_post = forms.ChoiceField(
        label=gettext_lazy("You are"),
        choices=[(key, POSTS[key].label) for key in (TEAM, DIRECTOR, ADMINISTRATOR)],
        help_text=gettext_lazy("You also look after the installation, unless you name an administrator."),
    )  # fmt: skip


class ColleagueForm(forms.Form):
    name = forms.CharField(label=gettext_lazy("Name"), max_length=200, required=False)
    email = forms.EmailField(label=gettext_lazy("E-mail"), required=False)
    post = forms.ChoiceField(
        label=gettext_lazy("Is"), choices=[(key, post.label) for key, post in POSTS.items()], initial=TEAM
    )

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        if bool(given.get("name")) != bool(given.get("email")) and not self.errors:
            raise forms.ValidationError(_("Give both the name and the e-mail address, or neither."))
        return given

    @property
    def newcomer(self) -> Newcomer | None:
        given = self.cleaned_data
        return Newcomer(given["name"], given["email"], given["post"]) if given.get("name") else None


@open_to(ANYONE)
@never_cache
@sensitive_post_parameters("my_password", "mail_password", "code")
def start(request: HttpRequest) -> HttpResponse:
    """Ask what only people know, make the rest, and lead on to the table they want to bring in."""
    if Partnership.get() is not None:
        raise Http404
    code = request.POST.get("code") or request.GET.get("code", "")
    if not is_right(code):
        return render(request, "desk/start_closed.html", status=404)
    language = translation.get_language() or "en"
    form = StartForm(request.POST or None, initial={"languages": [language]}, label_suffix="")
    rows = range(1, OTHERS + 1)
    colleagues = [ColleagueForm(request.POST or None, prefix=f"colleague{n}", label_suffix="") for n in rows]
    named = [one.is_valid() for one in colleagues]
    if request.method == "POST" and all(named):
        today = request.today  # type: ignore[attr-defined]
        user = attempt(form, lambda: set_up(code, _setup(form, colleagues), today))
        if user is not None:
            came_in: HttpResponse = perform_login(
                request, user, email_verification="none", redirect_url=reverse("bring")
            )
            return came_in
    context = {
        "form": form, "colleagues": colleagues, "code": code, "rules": password_validators_help_texts(),
        "mail": [form[name] for name in MAIL],
        "more_open": any(one["name"].value() or one["email"].value() for one in colleagues[2:]),
    }  # fmt: skip
    return render(request, "desk/start.html", context, status=422 if request.method == "POST" else 200)


def _setup(form: StartForm, colleagues: list[ColleagueForm]) -> Setup:
    given = form.cleaned_data
    return Setup(
        partnership={name: given[name] for name in (*PARTNERSHIP, *MAIL)},
        me=Newcomer(given["my_name"], given["my_email"], given["my_post"]),
        password=given["my_password"],
        language=translation.get_language() or "en",
        others=[one.newcomer for one in colleagues if one.newcomer],
    )
