"""Calls to the provider, all of them through the guard: what it offers, its keys, tokens for a code.

OpenID Connect Discovery 1.0; RFC 6749 section 4.1.3 with PKCE (RFC 7636).
"""

import logging
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

import httpx2
from django.conf import settings
from django.core.cache import cache

from audits.identity.services.trips import Outbound
from audits.notices.outgoing import OutgoingRefused, guarded_client
from portal.single_sign_on.errors import ProviderTrouble

log = logging.getLogger(__name__)
KNOWN_FOR = 600
"""Seconds for which what the provider offers, and its keys, are not asked for again."""
RENEWED_EVERY = 30
"""Seconds between two looks for new keys: answers with unknown keys must not become a flood."""
PATIENCE = 10.0
ENDPOINTS = ("authorization_endpoint", "token_endpoint", "jwks_uri")
MORE = ("userinfo_endpoint", "end_session_endpoint")


@dataclass(frozen=True, slots=True)
class Provider:
    """What the provider says of itself; the last two may be empty."""

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    userinfo_endpoint: str
    end_session_endpoint: str
    secret_in_body: bool
    tells_issuer: bool


def provider() -> Provider:
    """What the configured provider offers; raises ``ProviderTrouble``."""
    key = f"sign-on:provider:{settings.OIDC_ISSUER}"
    found: Provider | None = cache.get(key)
    if found is None:
        found = _discover()
        cache.set(key, found, KNOWN_FOR)
    return found


def _discover() -> Provider:
    told = _ask("GET", f"{settings.OIDC_ISSUER.rstrip('/')}/.well-known/openid-configuration")
    if told.get("issuer") != settings.OIDC_ISSUER:
        raise _trouble("calls itself %r, which is not OIDC_ISSUER", told.get("issuer"))
    for name in (*ENDPOINTS, *MORE):
        value = told.get(name, "" if name in MORE else None)
        if not isinstance(value, str) or (value and not _is_address(value)):
            raise _trouble("has no usable %s", name)
    methods = told.get("token_endpoint_auth_methods_supported") or ["client_secret_basic"]
    return Provider(
        issuer=settings.OIDC_ISSUER,
        **{name: told.get(name, "") for name in (*ENDPOINTS, *MORE)},
        secret_in_body="client_secret_basic" not in methods,
        tells_issuer=told.get("authorization_response_iss_parameter_supported") is True,
    )


def _is_address(value: str) -> bool:
    """Whether it is an address as safe as the issuer's own."""
    parts = urlsplit(value)
    safe = {"https"} if settings.OIDC_ISSUER.startswith("https:") else {"http", "https"}
    plain = value.isascii() and value.isprintable() and " " not in value
    return plain and parts.scheme in safe and bool(parts.hostname) and not parts.fragment


def keys(*, renewed: bool = False) -> dict[str, Any]:
    """The provider's public keys (RFC 7517); ``renewed`` looks for new ones, at most now and then."""
    key = f"sign-on:keys:{settings.OIDC_ISSUER}"
    found: dict[str, Any] | None = cache.get(key)
    if found is None or (renewed and cache.add(f"{key}:renewed", value=True, timeout=RENEWED_EVERY)):
        found = _ask("GET", provider().jwks_uri)
        cache.set(key, found, KNOWN_FOR)
    return found


def redirect_uri() -> str:
    """Where the provider sends people back to; to be entered there, letter by letter."""
    return f"{settings.PUBLIC_URL}/admin/login/sso/back/"


def way_there(outbound: Outbound, *, afresh: bool) -> str:
    """The address at the provider to which the browser goes; ``afresh`` has it ask again who one is."""
    asked = {
        "response_type": "code",
        "client_id": settings.OIDC_CLIENT_ID,
        "redirect_uri": redirect_uri(),
        "scope": " ".join(settings.OIDC_SCOPES),
        "state": outbound.state,
        "nonce": outbound.nonce,
        "code_challenge": outbound.challenge,
        "code_challenge_method": "S256",
    }
    if afresh:
        asked |= {"max_age": "0", "prompt": "login"}
        if settings.OIDC_ACR_VALUES:
            asked["acr_values"] = " ".join(settings.OIDC_ACR_VALUES)
    return _with(provider().authorization_endpoint, asked)


def way_out() -> str:
    """Where people sign out of the provider (OpenID Connect RP-Initiated Logout 1.0); empty where nowhere."""
    try:
        to = provider().end_session_endpoint if settings.OIDC_ISSUER else ""
    except ProviderTrouble:
        return ""
    return _with(to, {"client_id": settings.OIDC_CLIENT_ID}) if to else ""


def _with(address: str, asked: dict[str, str]) -> str:
    return f"{address}{'&' if urlsplit(address).query else '?'}{urlencode(asked)}"


def exchange(code: str, verifier: str) -> dict[str, Any]:
    """The tokens for the code, which serves once; raises ``ProviderTrouble``."""
    there, secret = provider(), settings.OIDC_CLIENT_SECRET
    data = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": redirect_uri(),
        "code_verifier": verifier,
    }
    auth = None
    if secret and not there.secret_in_body:
        # RFC 6749, section 2.3.1: both parts are form-encoded first.
        auth = (quote(settings.OIDC_CLIENT_ID, safe=""), quote(secret, safe=""))
    else:
        data |= {"client_id": settings.OIDC_CLIENT_ID, **({"client_secret": secret} if secret else {})}
    return _ask("POST", there.token_endpoint, data=data, auth=auth)


def userinfo(access_token: str) -> dict[str, Any]:
    """What the provider tells besides the token; empty where it has no such address."""
    there = provider().userinfo_endpoint
    return _ask("GET", there, headers={"Authorization": f"Bearer {access_token}"}) if there else {}


def _ask(method: str, url: str, **given: Any) -> dict[str, Any]:
    try:
        with guarded_client(timeout_seconds=PATIENCE) as client:
            answer = client.request(method, url, **given)
            told = answer.json()
    except OutgoingRefused as error:
        raise _trouble("may not be called: %s", error.message) from None
    except (httpx2.HTTPError, httpx2.InvalidURL, ValueError) as error:
        raise _trouble("did not answer: %s", type(error).__name__) from None
    if answer.status_code != 200 or not isinstance(told, dict):
        code = told.get("error") if isinstance(told, dict) else ""
        raise _trouble("answered %s %s", answer.status_code, str(code)[:100])
    return told


def _trouble(words: str, *values: object) -> ProviderTrouble:
    """Tells the log what people need not know."""
    log.warning(f"The provider %s {words}", settings.OIDC_ISSUER, *values)
    return ProviderTrouble(
        f"{settings.OIDC_NAME[:1].upper()}{settings.OIDC_NAME[1:]} does not answer as it should. Try again; "
        "an administrator finds the reason in the portal's log."
    )
