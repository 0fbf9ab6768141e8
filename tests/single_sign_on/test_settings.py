"""Settings about single sign-on argue back."""

import pytest
from django.core.exceptions import ImproperlyConfigured

from portal.checks import single_sign_on
from portal.settings.single_sign_on import group_roles

GOOD = {
    "OIDC_ISSUER": "https://id.example.org/realms/main",
    "OIDC_CLIENT_ID": "imprimatur",
    "PUBLIC_URL": "https://prompts.example.org",
}


@pytest.mark.parametrize(
    ("change", "ids"),
    [
        ({}, []),
        ({"OIDC_ISSUER": ""}, ["sso.W001"]),
        ({"OIDC_ISSUER": "http://id.example.org"}, ["sso.E001"]),
        ({"OIDC_ISSUER": "https://id.example.org/?a=1"}, ["sso.E001"]),
        ({"OIDC_ISSUER": "id.example.org"}, ["sso.E001"]),
        ({"OIDC_CLIENT_ID": ""}, ["sso.E002"]),
        ({"OIDC_GROUPS": {"a": ["boss"]}}, ["sso.E003"]),
        ({"OIDC_NEW_PEOPLE": "all"}, ["sso.E004"]),
        ({"OIDC_SCOPES": ["profile"]}, ["sso.E005"]),
        ({"OIDC_FRESH_SECONDS": 901}, ["sso.E006"]),
        ({"OIDC_CLOCK_SKEW": 61}, ["sso.E007"]),
        ({"PUBLIC_URL": "http://prompts.example.org"}, ["sso.W002"]),
        ({"OIDC_NEW_PEOPLE": "everybody"}, ["sso.W003"]),
    ],
)
def test_what_makes_no_sense_is_said(settings, change: dict, ids: list[str]) -> None:
    for name, value in {**GOOD, **change}.items():
        setattr(settings, name, value)
    assert [found.id for found in single_sign_on()] == ids


def test_a_mapping_is_read_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("X", '{"cn=board,dc=example": ["auditor", "steward"], "w": "engineer"}')
    assert group_roles("X") == {"cn=board,dc=example": ["auditor", "steward"], "w": ["engineer"]}


@pytest.mark.parametrize("raw", ["board=auditor", "[]", '{"a": 1}', "{"])
def test_a_mapping_that_is_none_stops_the_start(monkeypatch: pytest.MonkeyPatch, raw: str) -> None:
    monkeypatch.setenv("X", raw)
    with pytest.raises(ImproperlyConfigured, match="no JSON object"):
        group_roles("X")
