"""Whether an ID token is genuine, for this portal, and the answer to what was asked.

OpenID Connect Core 1.0, section 3.1.3.7. Algorithms are named here and never taken from the token: no
``none``, and nothing with a shared secret, which would turn a public key into a password.
"""

import hmac
import math
from collections.abc import Mapping
from typing import Any

from django.conf import settings
from joserfc import jwk, jwt
from joserfc.errors import BadSignatureError, InvalidKeyIdError, JoseError

from audits.identity.claims import Claims
from audits.ledger.canonical import sha256_hex
from portal.single_sign_on import provider
from portal.single_sign_on.errors import NotGenuine

ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512")
LONGEST = 64 * 1024
OLDEST = 600
"""Seconds after its making when a token is too old for a code that was fetched just now."""


def checked(token: Any, *, nonce: str, now: float) -> dict[str, Any]:
    """The claims of a genuine token; ``now`` in seconds since 1970. Raises ``NotGenuine``."""
    if not isinstance(token, str) or len(token) > LONGEST:
        raise NotGenuine("The provider sent no token that tells who you are.")
    claims = _signed(token)
    if reason := why_not(claims, nonce=nonce, now=now):
        raise NotGenuine(f"The provider's answer cannot be taken: {reason}")
    return claims


def _signed(token: str) -> dict[str, Any]:
    try:
        return _decoded(token, provider.keys())
    except (InvalidKeyIdError, BadSignatureError):
        pass  # perhaps the provider has a new key
    except (JoseError, ValueError, TypeError, KeyError):
        raise NotGenuine("The provider's answer is not signed as it should be.") from None
    try:
        return _decoded(token, provider.keys(renewed=True))
    except (JoseError, ValueError, TypeError, KeyError):
        raise NotGenuine("The provider's answer is not signed by the provider.") from None


def _decoded(token: str, published: dict[str, Any]) -> dict[str, Any]:
    public = [key for key in published["keys"] if key.get("kty") in {"RSA", "EC"}]
    return jwt.decode(token, jwk.KeySet.import_key_set({"keys": public}), algorithms=ALGORITHMS).claims


def why_not(claims: Mapping[str, Any], *, nonce: str, now: float) -> str:
    """Why these claims are not for this portal and this question; empty where they are."""
    audience, skew, us = claims.get("aud"), settings.OIDC_CLOCK_SKEW, settings.OIDC_CLIENT_ID
    audiences = audience if isinstance(audience, list) else [audience]
    moments = [claims.get("exp"), claims.get("iat")]
    if claims.get("iss") != settings.OIDC_ISSUER:
        return "it is another provider's."
    if us not in audiences or (len(audiences) > 1 and claims.get("azp") != us):
        return "it is for another application."
    if claims.get("azp", us) != us:
        return "it was made for another application."
    if not all(_is_number(moment) for moment in moments):
        return "it does not say until when it holds."
    expires, made = moments
    if now >= expires + skew or made < now - OLDEST - skew:  # type: ignore[operator]
        return "it is too old."
    if made > now + skew:  # type: ignore[operator]
        return "it was made in the future."
    if not hmac.compare_digest(str(claims.get("nonce", "")).encode(), nonce.encode()):
        return "it answers another question."
    subject = claims.get("sub")
    if not isinstance(subject, str) or not 0 < len(subject) <= 255 or "\0" in subject:
        return "it does not say who you are."
    return ""


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def claims_of(tokens: Mapping[str, Any], *, nonce: str, now: float) -> Claims:
    """Who came back, from the tokens; what the ID token leaves out, the provider is asked for.

    Raises ``NotGenuine``, also where the two tell of different people.
    """
    token = tokens.get("id_token")
    signed = told = checked(token, nonce=nonce, now=now)
    wanted = [settings.OIDC_USERNAME_CLAIM, *([settings.OIDC_GROUPS_CLAIM] if settings.OIDC_GROUPS else [])]
    if any(name not in told for name in wanted) and isinstance(tokens.get("access_token"), str):
        more = provider.userinfo(tokens["access_token"])
        if more and more.get("sub") != told["sub"]:
            raise NotGenuine("The provider told of two different people.")
        told = {**more, **told}
    moment = signed.get("auth_time")  # how one was asked counts from the token alone
    email = told.get("email") if told.get("email_verified") is not False else ""
    return Claims(
        issuer=told["iss"],
        subject=told["sub"],
        username=_text(told.get(settings.OIDC_USERNAME_CLAIM)),
        full_name=_text(told.get("name")),
        email=_text(email)[:254],
        groups=frozenset(_words(told.get(settings.OIDC_GROUPS_CLAIM))),
        auth_time=int(moment) if _is_number(moment) else None,  # type: ignore[arg-type]
        acr=_text(signed.get("acr"))[:200],
        amr=tuple(_words(signed.get("amr"))[:10]),
        token_digest=sha256_hex(str(token).encode()),
    )


def _text(value: Any) -> str:
    return value.replace("\0", "") if isinstance(value, str) else ""


def _words(value: Any) -> list[str]:
    found = [value] if isinstance(value, str) else value
    return [word for word in found if isinstance(word, str)] if isinstance(found, list) else []
