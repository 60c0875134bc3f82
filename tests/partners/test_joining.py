"""Coming in: by invitation, with a forgotten password, or as somebody of the fictional example."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from jwp.core.access import Actor, system
from jwp.core.door import Refused, open_door
from jwp.core.models import Entry, Letter, Partnership, User
from jwp.partners import actions
from jwp.partners.models import Person, PersonalLink
from tests.cast import PASSWORD, Cast, cast, person

pytestmark = pytest.mark.django_db
NOW = timezone.localdate()
GOOD = "seven green bicycles"


@pytest.fixture
def people() -> Cast:
    # Wrong passwords are counted, per address, in the cache.
    cache.clear()
    return cast()


def administrator(people: Cast) -> Actor:
    return people.actor("ida", NOW)


def newcomer(**fields: str) -> Person:
    return person("Maria", user=False, **fields)


def invited(people: Cast) -> str:
    newcomer()
    return actions.invite(administrator(people), "maria")


def test_an_invitation_is_a_letter_in_the_persons_language(people: Cast) -> None:
    newcomer(language="fr")
    token = actions.invite(administrator(people), "maria")
    letter = Letter.objects.get()
    assert (letter.to, letter.person) == ("maria@example.org", "maria")
    assert f"/join/{token}/" in letter.body
    assert "Partnership of the Tests" in letter.subject
    assert token not in str(list(PersonalLink.objects.values()))
    assert token not in str([entry.facts for entry in Entry.objects.all()])


def test_somebody_invited_chooses_a_password_and_is_in(people: Cast, client: Client) -> None:
    address = f"/join/{invited(people)}/"
    assert "maria@example.org" in client.get(address).content.decode()
    assert client.post(address, {"password": GOOD}).status_code == 302
    user = User.objects.get(email="maria@example.org")
    assert client.session["_auth_user_id"] == str(user.pk)
    assert Person.objects.get(ref="maria").user == user
    # A second visitor with the same link is told, and changes nothing.
    other = Client()
    assert other.get(address).status_code == 410
    assert other.post(address, {"password": "another good one"}).status_code == 410
    assert User.objects.get(pk=user.pk).check_password(GOOD)


def test_a_weak_password_is_refused_with_the_reason(people: Cast, client: Client) -> None:
    page = client.post(f"/join/{invited(people)}/", {"password": "password"})
    assert "too common" in page.content.decode()
    assert not User.objects.filter(email="maria@example.org").exists()


def test_an_invitation_expires_and_can_be_withdrawn_or_replaced(people: Cast, client: Client) -> None:
    first = invited(people)
    link = PersonalLink.objects.get()
    assert PersonalLink.holding(first, "join", link.expires) is not None
    assert PersonalLink.holding(first, "join", link.expires + timedelta(days=1)) is None
    second = actions.invite(administrator(people), "maria")
    assert client.get(f"/join/{first}/").status_code == 410
    assert client.get(f"/join/{second}/").status_code == 200
    assert actions.revoke_links(administrator(people), "maria") == 1
    assert client.get(f"/join/{second}/").status_code == 410
    with pytest.raises(Refused, match="expired or was used"):
        actions.accept_invitation(second, GOOD, NOW)


def test_a_guessed_link_opens_nothing(people: Cast, client: Client) -> None:
    assert client.get("/join/guessed/").status_code == 410


def test_who_cannot_be_invited(people: Cast) -> None:
    ida = administrator(people)
    with pytest.raises(Refused, match="can sign in already"):
        actions.invite(ida, "olga")
    newcomer()
    actions.change_person(ida, "maria", email="")
    with pytest.raises(Refused, match="e-mail address"):
        actions.invite(ida, "maria")
    with pytest.raises(Refused):
        actions.invite(people.actor("berta", NOW), "maria")


def test_the_sign_in_page_says_nothing_of_who_is_here(people: Cast, client: Client) -> None:
    page = client.get("/accounts/login/").content.decode()
    assert "Olga" not in page
    assert "demonstration" not in page.lower()
    unknown = client.post("/accounts/login/", {"login": "nobody@example.org", "password": "x"}).content
    wrong = client.post("/accounts/login/", {"login": "olga@example.org", "password": "x"}).content
    error = re.compile(rb"[^>]*not correct[^<]*")
    assert error.findall(unknown) == error.findall(wrong) != []


def test_nobody_signs_up(people: Cast, client: Client) -> None:
    client.post("/accounts/signup/", {"email": "eve@example.org", "password1": GOOD, "password2": GOOD})
    assert not User.objects.filter(email="eve@example.org").exists()


def test_a_password_signs_in(people: Cast, client: Client) -> None:
    client.post("/accounts/login/", {"login": "olga@example.org", "password": PASSWORD})
    assert "_auth_user_id" in client.session


def test_a_forgotten_password_is_changed_through_the_outbox(people: Cast, client: Client) -> None:
    client.post("/accounts/password/reset/", {"email": "olga@example.org"})
    letter = Letter.objects.get(to="olga@example.org")
    assert letter.person == "olga"
    address = re.search(r"https?://[^/]+(/accounts/password/reset/key/\S+)", letter.body)
    assert address is not None
    form = client.get(address[1], follow=True)
    client.post(form.request["PATH_INFO"], {"password1": GOOD, "password2": GOOD})
    assert User.objects.get(email="olga@example.org").check_password(GOOD)


def test_somebody_who_left_cannot_sign_in(people: Cast, client: Client) -> None:
    actions.leave(administrator(people), "olga", NOW - timedelta(days=1))
    client.post("/accounts/login/", {"login": "olga@example.org", "password": PASSWORD})
    assert "_auth_user_id" not in client.session


def demonstration(people: Cast, *, fictional: bool) -> None:
    with open_door(system(NOW)) as door:
        door.change(Partnership.objects.get(), fictional=fictional)
    User.objects.filter(email="olga@example.org").update(demonstration=True)


def test_the_example_lets_anybody_in_as_one_of_its_people(people: Cast, client: Client) -> None:
    demonstration(people, fictional=True)
    page = client.get("/accounts/login/").content.decode()
    assert "Olga" in page
    assert "Operations Unit" in page
    assert "Amara" not in page
    assert client.post("/people/sign-in-as/", {"ref": "amara"}).status_code == 404
    assert client.post("/people/sign-in-as/", {"ref": "olga"}).status_code == 302
    assert "_auth_user_id" in client.session


def test_a_real_partnership_refuses_demonstration_sign_ins(people: Cast, client: Client) -> None:
    demonstration(people, fictional=False)
    assert "Olga" not in client.get("/accounts/login/").content.decode()
    assert client.post("/people/sign-in-as/", {"ref": "olga"}).status_code == 404
    client.post("/accounts/login/", {"login": "olga@example.org", "password": PASSWORD})
    assert "_auth_user_id" not in client.session
    people.sign_in(client, "olga")
    assert client.get("/people/me/").status_code == 302
    assert "_auth_user_id" not in client.session


PAGES = (
    "/accounts/password/change/", "/accounts/2fa/", "/accounts/2fa/totp/activate/", "/accounts/2fa/webauthn/",
    "/accounts/2fa/webauthn/add/", "/accounts/logout/", "/accounts/reauthenticate/",
)  # fmt: skip


@pytest.mark.parametrize("address", PAGES)
def test_the_pages_of_the_sign_in_have_our_look(people: Cast, client: Client, address: str) -> None:
    client.post("/accounts/login/", {"login": "olga@example.org", "password": PASSWORD})
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    page = client.get(address)
    assert page.status_code == 200
    text = page.content.decode()
    assert "css/app.css" in text
    assert text.count("<h1") == 1
    assert "style=" not in text


def test_the_address_is_not_changed_behind_the_journal(people: Cast, client: Client) -> None:
    people.sign_in(client, "olga")
    assert client.get("/accounts/email/").headers["Location"] == "/people/person/olga/"
    assert client.post("/accounts/email/", {"action_add": "", "email": "x@example.org"}).status_code == 405
