"""Answers that are not the provider's, not for this portal, or not to this question: nobody comes in."""

import base64
import hmac
import json
import time

import pytest
from joserfc import jwk, jwt

from audits.ledger.models import Event
from tests.fixtures.provider import Provider
from tests.people import People
from tests.single_sign_on.visitor import START, Visitor, knows, path_of


@pytest.fixture
def visitor(people: People, provider: Provider) -> Visitor:
    knows(provider, people.expert)
    return Visitor(provider)


def refused(visitor: Visitor, status: int = 400) -> bool:
    answer = visitor.sign_in("dora")
    told = Event.objects.filter(event="identity.session.refused").exists()
    return answer.status_code == status and not visitor.is_in and told


NOW = int(time.time())
WRONG_CLAIMS = {
    "nonce of another": {"nonce": "0" * 64},
    "no nonce": {"nonce": None},
    "another audience": {"aud": "other"},
    "audiences without azp": {"aud": ["imprimatur", "other"]},
    "another azp": {"azp": "other"},
    "another issuer": {"iss": "https://evil.example"},
    "expired": {"exp": NOW - 3600},
    "no exp": {"exp": None},
    "exp as text": {"exp": "9999999999"},
    "made long ago": {"iat": NOW - 7200},
    "made in the future": {"iat": NOW + 7200},
    "no subject": {"sub": None},
    "subject as number": {"sub": 7},
    "too long a subject": {"sub": "s" * 256},
}


@pytest.mark.parametrize("name", WRONG_CLAIMS)
def test_claims_that_are_wrong(visitor: Visitor, name: str) -> None:
    visitor.provider.claims = WRONG_CLAIMS[name]
    assert refused(visitor)


def test_audiences_with_our_azp_are_taken(visitor: Visitor) -> None:
    visitor.provider.claims = {"aud": ["imprimatur", "other"], "azp": "imprimatur"}
    assert visitor.sign_in("dora").status_code == 302


def _part(value: dict) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()


def none(token: str, claims: dict) -> str:
    return f"{_part({'alg': 'none'})}.{_part(claims)}."


def unsigned(token: str, claims: dict) -> str:
    return token.rpartition(".")[0] + "."


def changed(token: str, claims: dict) -> str:
    head, _, signature = token.split(".")
    return f"{head}.{_part({**claims, 'sub': 'somebody-else'})}.{signature}"


def foreign(token: str, claims: dict) -> str:
    return jwt.encode({"alg": "RS256"}, claims, jwk.RSAKey.generate_key(2048))


def nothing(token: str, claims: dict) -> str:
    return "no token at all"


@pytest.mark.parametrize("spoil", [none, unsigned, changed, foreign, nothing])
def test_tokens_that_the_provider_did_not_sign(visitor: Visitor, spoil) -> None:
    visitor.provider.spoil = spoil
    assert refused(visitor)


def test_the_public_key_is_no_shared_secret(visitor: Visitor) -> None:
    public = visitor.provider.keys[0]

    def confused(token: str, claims: dict) -> str:
        signed = f"{_part({'alg': 'HS256', 'kid': public.kid})}.{_part(claims)}"
        mac = hmac.digest(public.as_pem(private=False), signed.encode(), "sha256")
        return f"{signed}.{base64.urlsafe_b64encode(mac).rstrip(b'=').decode()}"

    visitor.provider.spoil = confused
    assert refused(visitor)


def test_a_key_of_the_elliptic_kind_is_taken(visitor: Visitor) -> None:
    visitor.provider.keys = [visitor.provider.new_key("EC")]
    assert visitor.sign_in("dora").status_code == 302


def test_a_key_that_the_provider_has_changed_is_looked_up_again(visitor: Visitor) -> None:
    visitor.sign_in("dora")
    visitor.provider.keys.append(visitor.provider.new_key("RSA"))
    assert Visitor(visitor.provider).sign_in("dora").status_code == 302


def test_unknown_keys_do_not_become_a_flood_of_look_ups(visitor: Visitor) -> None:
    visitor.provider.spoil = foreign
    for _ in range(3):
        Visitor(visitor.provider).sign_in("dora")
    assert sum(path == "/keys" for path, _ in visitor.provider.asked) <= 2


def test_a_state_that_nobody_gave(visitor: Visitor) -> None:
    visitor.leave()
    back = visitor.provider.log_in(visitor.leave(), "dora")
    assert visitor.client.get(path_of(back).replace("state=", "state=x")).status_code == 400
    assert not visitor.is_in


def test_a_code_that_was_used_before(visitor: Visitor) -> None:
    first = visitor.provider.log_in(visitor.leave(), "dora")
    code = first.partition("code=")[2].partition("&")[0]
    visitor.provider.codes.pop(code)
    assert visitor.arrive(first).status_code == 502
    assert not visitor.is_in


def test_a_code_that_was_meant_for_another_browser(visitor: Visitor) -> None:
    """PKCE: a code that was caught cannot be put into one's own answer."""
    caught = visitor.provider.log_in(visitor.leave(), "dora").partition("code=")[2].partition("&")[0]
    thief = Visitor(visitor.provider)
    own = path_of(thief.provider.log_in(thief.leave(), "dora"))
    code = own.partition("code=")[2].partition("&")[0]
    assert thief.client.get(own.replace(code, caught)).status_code == 502
    assert not thief.is_in


@pytest.mark.parametrize(("issuer", "status"), [("https://evil.example", 400), ("", 400)])
def test_an_answer_that_names_another_issuer(visitor: Visitor, issuer: str, status: int) -> None:
    visitor.provider.metadata = {"authorization_response_iss_parameter_supported": True}
    visitor.provider.more = {"iss": issuer} if issuer else {}
    assert refused(visitor, status)


def test_user_information_about_somebody_else(visitor: Visitor) -> None:
    visitor.provider.claims = {"groups": None}
    visitor.provider.userinfo = {"sub": "somebody-else", "groups": ["board"]}
    assert refused(visitor)


@pytest.mark.parametrize(
    "metadata",
    [
        {"issuer": "https://evil.example"},
        {"jwks_uri": None},
        {"token_endpoint": "file:///etc/passwd"},
        {"authorization_endpoint": "javascript:alert(1)"},
    ],
)
def test_a_provider_that_describes_itself_wrongly(visitor: Visitor, metadata: dict) -> None:
    visitor.provider.metadata = metadata
    assert visitor.client.get(START).status_code == 502


def test_a_provider_that_is_away(visitor: Visitor) -> None:
    visitor.provider.close()
    answer = visitor.client.get(START)
    assert answer.status_code == 502
    assert "Example ID does not answer as it should" in answer.content.decode()


def test_a_provider_that_leads_inward(visitor: Visitor, settings) -> None:
    """The guard of outgoing calls: a token endpoint inside the network is not called."""
    there = visitor.leave()
    settings.OUTGOING_ALLOWED_NETWORKS = []
    assert visitor.arrive(visitor.provider.log_in(there, "dora")).status_code == 502
    assert not any(path == "/token" for path, _ in visitor.provider.asked)


def test_endpoints_are_as_safe_as_the_issuer(settings) -> None:
    from portal.single_sign_on.provider import _is_address

    settings.OIDC_ISSUER = "https://id.example.org"
    assert [_is_address(f"{scheme}://id.example.org/x") for scheme in ("https", "http")] == [True, False]
