"""Ways around the sign-in that somebody could try."""

from datetime import timedelta

import pytest
from django.core.management import CommandError
from django.test import Client
from django.utils import timezone

from audits.identity.commands import actor_from
from audits.identity.errors import Conflict, Unacceptable
from audits.identity.models import OpenSession, RoleGrant, User
from audits.identity.services.people import create_user, set_user
from audits.ledger.models import Event
from portal.pages import access
from portal.services.authenticate import MOST_GUESSES
from tests.people import PASSWORD, SHELL, People
from tests.portal.stage import build

LOGIN = "/admin/login/"


@pytest.mark.parametrize("header", ["HTTP_X_FORWARDED_FOR", "HTTP_X_REAL_IP", "HTTP_FORWARDED"])
def test_a_made_up_address_in_a_header_does_not_open_the_lock(people: People, header: str) -> None:
    for last in range(6):
        answer = Client().post(
            LOGIN, {"username": "ada", "password": "wrong"}, **{header: f"198.51.100.{last}"}
        )
    assert answer.status_code == 429


def test_another_way_to_write_the_name_does_not_open_the_lock(people: People) -> None:
    for name in ("ada", " ada", "ada ", "ａｄａ", "ada"):  # noqa: RUF001
        answer = Client().post(LOGIN, {"username": name, "password": "wrong"})
    assert answer.status_code == 429


def test_a_stolen_session_cannot_guess_the_password_at_its_change(people: People) -> None:
    client = Client()
    client.post(LOGIN, {"username": "ada", "password": PASSWORD})
    new = {"new_password1": "a-new-good-password", "new_password2": "a-new-good-password"}
    for _ in range(MOST_GUESSES):
        client.post("/admin/password_change/", {"old_password": "guess", **new})
    answer = client.post("/admin/password_change/", {"old_password": PASSWORD, **new})
    assert answer.status_code == 403
    assert User.objects.get(username="ada").check_password(PASSWORD)
    assert Event.objects.filter(event="identity.password.refused", actor="ada").count() == MOST_GUESSES


def test_a_new_password_is_still_taken(people: People) -> None:
    client = Client()
    client.post(LOGIN, {"username": "ada", "password": PASSWORD})
    new = {"new_password1": "a-new-good-password", "new_password2": "a-new-good-password"}
    client.post("/admin/password_change/", {"old_password": PASSWORD, **new})
    assert User.objects.get(username="ada").check_password("a-new-good-password")


def test_signing_out_ends_the_session_on_record(people: People) -> None:
    client = Client()
    client.post(LOGIN, {"username": "ada", "password": PASSWORD})
    client.post("/admin/logout/")
    assert not OpenSession.objects.filter(ended_at=None).exists()


@pytest.mark.requirement("soc-2/cc6-1")
def test_every_view_of_an_auditor_ends_at_the_minute(people: People, bank, factory) -> None:
    stage, client = build(people, bank, factory), Client()
    client.post(LOGIN, {"username": "audra", "password": PASSWORD})
    assert client.get("/admin/trail/").status_code == 200
    User.objects.filter(username="audra").update(access_ends_at=timezone.now())
    wrong = []
    for name, kind in sorted(access.table().items()):
        if kind in {access.OPEN, access.SETUP} or name == "admin:logout":
            continue
        answer = client.get(stage.url(name))
        if answer.status_code != 302 or LOGIN not in answer["Location"]:
            wrong.append((name, answer.status_code))
    assert wrong == []


def test_nor_does_the_auditor_come_in_again_or_act_at_the_shell(people: People) -> None:
    User.objects.filter(username="audra").update(access_ends_at=timezone.now())
    client = Client()
    client.post(LOGIN, {"username": "audra", "password": PASSWORD})
    assert client.get("/admin/").status_code == 302
    with pytest.raises(CommandError, match="access has ended"):
        actor_from({"acting_as": "audra"})


def test_an_administrator_does_not_make_himself_the_only_one_who_decides(people: People) -> None:
    """Alone he could give a signing role to an account of his own making."""
    admin = people.actor("administrator")
    for user in (people.steward, people.ethics_officer):
        held = list(user.role_grants.values_list("role", flat=True))
        set_user(actor=admin, user=user, roles=held, is_active=False)
    last = people.stranger
    held = list(last.role_grants.values_list("role", flat=True))
    for change in ({"is_active": False}, {"access_ends_at": timezone.now() + timedelta(days=1)}):
        with pytest.raises(Conflict, match="nobody would be left"):
            set_user(actor=admin, user=last, roles=held, **change)
    with pytest.raises(Conflict, match="nobody would be left"):
        set_user(actor=admin, user=last, roles=["engineer"])
    assert RoleGrant.objects.filter(user=last, ended_at=None).count() == len(held)


@pytest.mark.parametrize("name", ["nobody", "Scheduler", "system"])
def test_nobody_is_called_as_the_portal_itself(people: People, name: str) -> None:
    with pytest.raises(Unacceptable, match="portal itself"):
        create_user(actor=SHELL, username=name, full_name="X")


def test_whoever_is_past_the_end_is_not_sent_in_a_circle(people: People) -> None:
    client = Client()
    client.post(LOGIN, {"username": "audra", "password": PASSWORD})
    User.objects.filter(username="audra").update(access_ends_at=timezone.now())
    assert client.get("/admin/", follow=True).redirect_chain == [("/admin/login/?next=/admin/", 302)]
