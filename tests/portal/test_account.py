"""One's own account: sessions that end at once, and the way in with a second factor."""

import pyotp
from django.test import Client

from audits.identity.models import OpenSession
from audits.identity.services.second_factor import factor_of
from audits.ledger.models import Event
from tests.identity.factors import App
from tests.people import PASSWORD, People

LOGIN, CODE, ACCOUNT, FACTOR = (
    "/admin/login/",
    "/admin/login/code/",
    "/admin/account/",
    "/admin/account/second-factor/",
)


def enter(username: str, **extra: str) -> Client:
    client = Client(**extra)
    client.post(LOGIN, {"username": username, "password": PASSWORD})
    return client


def gets_in(client: Client) -> bool:
    return client.get(ACCOUNT).status_code == 200


def test_sessions_are_listed_with_device_and_address(people: People) -> None:
    enter("ada", headers={"user-agent": "Mozilla/5.0 (X11; Linux) Firefox/140"}, REMOTE_ADDR="192.0.2.4")
    page = enter("ada").get(ACCOUNT).content.decode()
    assert "Firefox on Linux" in page
    assert "192.0.2.4" in page


def test_a_session_that_was_ended_elsewhere_is_shut_at_once(people: People) -> None:
    stolen, own = enter("ada"), enter("ada")
    row = OpenSession.objects.order_by("pk")[0]
    assert gets_in(stolen)
    own.post(ACCOUNT, {"act": "end", "session": row.pk})
    assert (gets_in(stolen), gets_in(own)) == (False, True)
    assert Event.objects.filter(event="identity.session.ended", actor="ada").count() == 1


def test_all_others_end_and_this_one_stays(people: People) -> None:
    others, own = [enter("ada"), enter("ada")], enter("ada")
    own.post(ACCOUNT, {"act": "end-others"})
    assert [gets_in(client) for client in (*others, own)] == [False, False, True]


def test_nobody_ends_the_session_of_another(people: People) -> None:
    ada, emil = enter("ada"), enter("emil")
    row = OpenSession.objects.get(user=people.author)
    assert emil.post(ACCOUNT, {"act": "end", "session": row.pk}).status_code == 404
    assert emil.post(ACCOUNT, {"act": "end", "session": "x"}).status_code == 302
    assert gets_in(ada)


def test_the_key_of_a_session_changes_at_sign_in(people: People) -> None:
    client = Client()
    client.get(LOGIN)
    session = client.session
    session["planted"] = "by somebody else"
    session.save()
    client.cookies["sessionid"] = session.session_key
    before = session.session_key
    client.post(LOGIN, {"username": "ada", "password": PASSWORD})
    assert client.session.session_key != before


def test_a_forged_host_gets_no_page(people: People) -> None:
    assert Client().get(LOGIN, HTTP_HOST="evil.example").status_code == 400


def test_with_a_second_factor_the_password_alone_opens_nothing(people: People) -> None:
    app = App(people.actor("expert"))
    client = enter("dora")
    assert not gets_in(client)
    assert client.post(CODE, {"code": "000000"}).status_code == 200
    assert not gets_in(client)
    assert client.post(CODE, {"code": app.code()})["Location"] == "/admin/"
    assert gets_in(client)
    event = Event.objects.get(event="identity.session.opened", actor="dora")
    assert "password+totp" in event.payload


def test_the_second_step_is_nothing_by_itself(people: People) -> None:
    app = App(people.actor("expert"))
    assert Client().post(CODE, {"code": app.code()})["Location"] == LOGIN
    client = enter("dora")
    people.expert.set_password("another-long-password")
    people.expert.save()
    assert client.post(CODE, {"code": app.used()})["Location"] == LOGIN


def test_the_way_after_the_code_leads_nowhere_else(people: People) -> None:
    app, client = App(people.actor("expert")), Client()
    client.post(
        f"{LOGIN}?next=//evil.example/", {"username": "dora", "password": PASSWORD, "next": "//evil.example/"}
    )
    assert client.post(CODE, {"code": app.code()})["Location"] == "/admin/"


def test_adding_one_shows_the_picture_and_then_the_codes_once(people: People) -> None:
    client = enter("dora")
    page = client.get(FACTOR)
    assert b"<svg" in page.content
    assert "no-store" in page["Cache-Control"]
    assert client.post(FACTOR, {"act": "confirm", "code": "1", "password": PASSWORD}).status_code == 400
    secret = client.get(FACTOR).context["secret"].replace(" ", "")
    shown = client.post(FACTOR, {"act": "confirm", "code": pyotp.TOTP(secret).now(), "password": PASSWORD})
    codes = shown.context["codes"]
    assert len(codes) == 10
    assert factor_of(people.expert) is not None
    again = client.get(FACTOR).content.decode()
    assert not any(code in again for code in codes)


def test_a_role_that_demands_it_opens_nothing_else_before(people: People, settings) -> None:
    settings.SECOND_FACTOR_ROLES = ["domain-expert"]
    client = enter("dora")
    assert client.get("/admin/")["Location"] == FACTOR
    assert client.get(FACTOR).status_code == 200
    assert enter("ada").get("/admin/").status_code == 200


def test_a_stolen_session_adds_no_second_factor(people: People) -> None:
    client = enter("ada")
    client.get(FACTOR)
    answer = client.post(FACTOR, {"act": "confirm", "code": "123456", "password": "guess"})
    assert answer.status_code == 403
    assert b"This is not your password" in answer.content
    assert factor_of(people.author) is None


def test_sessions_without_the_new_factor_end(people: People) -> None:
    other, client = enter("ada"), enter("ada")
    secret = client.get(FACTOR).context["secret"].replace(" ", "")
    client.post(FACTOR, {"act": "confirm", "code": pyotp.TOTP(secret).now(), "password": PASSWORD})
    assert (gets_in(other), gets_in(client)) == (False, True)
