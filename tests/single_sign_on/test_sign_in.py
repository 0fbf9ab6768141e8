"""Coming in by the organisation's own sign-in, against a provider over real HTTP."""

import pytest

from audits.identity.models import ExternalIdentity, OpenSession, User
from audits.ledger.models import Event
from tests.fixtures.provider import Provider
from tests.people import PASSWORD, People
from tests.single_sign_on.visitor import START, Visitor, knows


@pytest.fixture
def visitor(people: People, provider: Provider) -> Visitor:
    return Visitor(provider)


def refusals() -> list[str]:
    return list(
        Event.objects.filter(event="identity.session.refused").order_by("pk").values_list("reason", flat=True)
    )


def test_somebody_who_is_connected_comes_in(visitor: Visitor, people: People) -> None:
    knows(visitor.provider, people.expert)
    answer = visitor.sign_in("dora")
    assert (answer.status_code, answer["Location"], visitor.is_in) == (302, "/admin/", True)
    assert OpenSession.objects.get(ended_at=None).method == "sso"
    assert Event.objects.filter(event="identity.session.opened", payload__contains='"sso"').count() == 1


def test_the_provider_is_asked_with_pkce_state_and_nonce(visitor: Visitor) -> None:
    visitor.provider.knows("noa")
    visitor.sign_in("noa")
    _, asked = next(one for one in visitor.provider.asked if one[0] == "/authorize")
    assert asked["code_challenge_method"] == "S256"
    assert min(len(asked[name]) for name in ("state", "nonce", "code_challenge")) >= 43
    assert asked["redirect_uri"] == "http://testserver/admin/login/sso/back/"


def test_the_way_leads_where_the_person_wanted(visitor: Visitor, people: People) -> None:
    knows(visitor.provider, people.expert)
    assert visitor.sign_in("dora", "/admin/desk/")["Location"] == "/admin/desk/"


@pytest.mark.parametrize("evil", ["//evil.example/", "https://evil.example/", "/\\evil.example"])
def test_the_way_leads_nowhere_else(visitor: Visitor, people: People, evil: str) -> None:
    knows(visitor.provider, people.expert)
    assert visitor.sign_in("dora", evil)["Location"] == "/admin/"


def test_somebody_new_waits_for_an_administrator(visitor: Visitor) -> None:
    visitor.provider.knows("noa", name="Noa New", groups=("writers",))
    answer = visitor.sign_in("noa")
    assert answer.status_code == 409
    assert "your access to this portal is not open" in answer.content.decode()
    assert not visitor.is_in
    noa = User.objects.get(username="noa")
    assert (noa.is_active, noa.full_name, noa.groups.count(), noa.has_usable_password()) == (
        False,
        "Noa New",
        0,
        False,
    )
    assert refusals() == ["not let in"]


def test_an_administrator_lets_the_new_person_in(visitor: Visitor) -> None:
    visitor.provider.knows("noa", groups=("writers",))
    visitor.sign_in("noa")
    User.objects.filter(username="noa").update(is_active=True)
    visitor.sign_in("noa")
    assert visitor.is_in
    assert User.objects.get(username="noa").groups.get().name == "engineer"


def test_who_has_a_role_by_a_group_comes_in_at_once_where_that_is_set(visitor: Visitor, settings) -> None:
    settings.OIDC_NEW_PEOPLE = "with-role"
    visitor.provider.knows("noa", groups=("writers",))
    visitor.provider.knows("guest")
    visitor.sign_in("noa")
    assert visitor.is_in
    assert Visitor(visitor.provider).sign_in("guest").status_code == 409


def test_everybody_comes_in_where_that_is_set(visitor: Visitor, settings) -> None:
    settings.OIDC_NEW_PEOPLE = "everybody"
    visitor.provider.knows("guest")
    assert visitor.sign_in("guest").status_code == 302


def test_the_same_name_or_e_mail_is_not_the_same_person(visitor: Visitor, people: People, settings) -> None:
    settings.OIDC_NEW_PEOPLE = "everybody"
    User.objects.filter(username="dora").update(email="dora@example.org")
    visitor.provider.knows("dora", email="dora@example.org")
    answer = visitor.sign_in("dora")
    assert (answer.status_code, visitor.is_in) == (409, False)
    assert "or one that looks like it" in answer.content.decode()
    assert not people.expert.identities.exists()


def test_a_name_that_only_looks_like_anothers_is_refused(visitor: Visitor, settings) -> None:
    settings.OIDC_NEW_PEOPLE = "everybody"
    visitor.provider.knows("DORA")
    visitor.provider.knows("dоra")  # noqa: RUF001  with a Cyrillic letter
    assert [Visitor(visitor.provider).sign_in(who).status_code for who in ("DORA", "dоra")] == [409, 409]  # noqa: RUF001


def test_another_name_later_is_still_the_same_person(visitor: Visitor, people: People) -> None:
    knows(visitor.provider, people.expert)
    visitor.provider.accounts["dora"].claims["preferred_username"] = "dora.married"
    visitor.sign_in("dora")
    assert visitor.is_in
    assert not User.objects.filter(username="dora.married").exists()


def test_whoever_was_deactivated_stays_out(visitor: Visitor, people: People) -> None:
    knows(visitor.provider, people.leaver)
    before = set(people.leaver.groups.values_list("name", flat=True))
    assert visitor.sign_in("leo").status_code == 409
    assert not visitor.is_in
    assert set(people.leaver.groups.values_list("name", flat=True)) == before


def test_a_session_that_somebody_planted_is_not_signed_in(visitor: Visitor, people: People) -> None:
    knows(visitor.provider, people.expert)
    back = visitor.provider.log_in(visitor.leave(), "dora")
    planted = visitor.client.cookies["sessionid"].value
    visitor.arrive(back)
    assert visitor.client.cookies["sessionid"].value != planted


def test_an_answer_is_taken_once(visitor: Visitor, people: People) -> None:
    knows(visitor.provider, people.expert)
    back = visitor.provider.log_in(visitor.leave(), "dora")
    visitor.arrive(back)
    visitor.client.post("/admin/logout/")
    assert visitor.arrive(back).status_code == 400
    assert not visitor.is_in


def test_an_answer_in_another_browser_is_refused_and_not_used_up(visitor: Visitor, people: People) -> None:
    knows(visitor.provider, people.expert)
    back = visitor.provider.log_in(visitor.leave(), "dora")
    victim = Visitor(visitor.provider)
    victim.leave()
    assert victim.arrive(back).status_code == 400
    assert not victim.is_in
    assert visitor.arrive(back).status_code == 302


def test_two_tabs_do_not_disturb_each_other(visitor: Visitor, people: People) -> None:
    knows(visitor.provider, people.expert)
    first, second = visitor.leave("/admin/desk/"), visitor.leave("/admin/inbox/")
    assert visitor.arrive(visitor.provider.log_in(second, "dora"))["Location"] == "/admin/inbox/"
    assert visitor.arrive(visitor.provider.log_in(first, "dora"))["Location"] == "/admin/desk/"


def test_whoever_says_no_at_the_provider_is_told_in_our_words(visitor: Visitor) -> None:
    answer = visitor.sign_in("nobody", no="1")
    assert answer.status_code == 400
    assert "You did not go through with it at Example ID" in answer.content.decode()
    assert b"<script>1" not in answer.content
    assert refusals() == ["denied"]


def test_without_a_provider_there_is_no_such_address_and_no_button(people: People, settings) -> None:
    settings.OIDC_ISSUER = ""
    visitor = Visitor(None)  # type: ignore[arg-type]
    assert visitor.client.get(START).status_code == 404
    assert b"login/sso" not in visitor.client.get("/admin/login/").content


def test_the_sign_in_page_offers_it(visitor: Visitor) -> None:
    page = visitor.client.get("/admin/login/?next=/admin/desk/%3Fa%3D1%26b%3D2").content.decode()
    assert "Sign in with Example ID" in page
    assert "/admin/login/sso/?next=%2Fadmin%2Fdesk%2F%3Fa%3D1%26b%3D2" in page


def test_a_flood_from_one_address_is_stopped(visitor: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("audits.identity.services.trips.MOST_A_MINUTE", 2)
    answers = [Visitor(visitor.provider).client.get(START).status_code for _ in range(3)]
    assert answers == [302, 302, 429]


def test_the_password_of_who_is_connected_no_longer_serves_where_that_is_set(
    visitor: Visitor, people: People, settings
) -> None:
    settings.OIDC_REPLACES_PASSWORDS = True
    knows(visitor.provider, people.expert)
    assert not visitor.with_password("dora").is_in
    assert Visitor(visitor.provider).with_password("admin").is_in


def test_signing_out_ends_the_session_on_record_and_shows_the_way_out_there(
    visitor: Visitor, people: People
) -> None:
    knows(visitor.provider, people.expert)
    visitor.sign_in("dora")
    page = visitor.client.post("/admin/logout/").content.decode()
    assert f"{visitor.provider.url}/logout?client_id=imprimatur" in page
    assert not OpenSession.objects.filter(ended_at=None).exists()
    assert Event.objects.filter(event="identity.session.ended", actor="dora").exists()


def test_the_second_factor_is_the_providers_matter(visitor: Visitor, people: People, settings) -> None:
    settings.SECOND_FACTOR_ROLES = ["domain-expert"]
    knows(visitor.provider, people.expert)
    visitor.sign_in("dora")
    assert visitor.is_in
    assert not Visitor(visitor.provider).with_password("dora").is_in


def test_somebody_connects_his_account_with_his_password(visitor: Visitor, people: People) -> None:
    visitor.provider.knows("dora@example.org", groups=("board",))
    visitor.with_password("dora")
    wrong = visitor.client.post("/admin/account/", {"act": "connect", "password": "wrong"}, follow=True)
    assert "This is not your password" in wrong.content.decode()
    away = visitor.client.post("/admin/account/", {"act": "connect", "password": PASSWORD})
    there = away.context["to"]
    assert "max_age=0" in there
    visitor.arrive(visitor.provider.log_in(there, "dora@example.org"))
    assert people.expert.identities.get().issuer == visitor.provider.url
    other = Visitor(visitor.provider)
    other.sign_in("dora@example.org")
    assert other.client.get("/admin/account/").context["person"].username == "dora"


def test_an_account_of_the_provider_belongs_to_one_person(visitor: Visitor, people: People) -> None:
    knows(visitor.provider, people.expert)
    visitor.with_password("emil")
    there = visitor.client.post("/admin/account/", {"act": "connect", "password": PASSWORD}).context["to"]
    answer = visitor.client.get(visitor.arrive(visitor.provider.log_in(there, "dora"))["Location"])
    assert "connected already" in answer.content.decode()
    assert ExternalIdentity.objects.count() == 1


def test_the_last_administrator_with_a_password_keeps_it(visitor: Visitor, people: People, settings) -> None:
    settings.OIDC_REPLACES_PASSWORDS = True
    visitor.provider.knows("admin")
    visitor.with_password("admin")
    there = visitor.client.post("/admin/account/", {"act": "connect", "password": PASSWORD}).context["to"]
    visitor.arrive(visitor.provider.log_in(there, "admin"))
    assert not people.administrator.identities.exists()
