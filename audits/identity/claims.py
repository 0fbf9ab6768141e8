"""What a provider tells of a person, once its signature was checked, and the rules about it. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Claims:
    """From a checked ID token (OpenID Connect Core 1.0, section 2).

    ``auth_time`` is in seconds since 1970, None where it was not told; ``token_digest`` is the SHA-256 of the
    token as it came.
    """

    issuer: str
    subject: str
    username: str = ""
    full_name: str = ""
    email: str = ""
    groups: frozenset[str] = frozenset()
    auth_time: int | None = None
    acr: str = ""
    amr: tuple[str, ...] = ()
    token_digest: str = ""


def roles_of(groups: Iterable[str], mapping: Mapping[str, Iterable[str]]) -> set[str]:
    """The roles that these groups of the provider give."""
    return {role for group in groups for role in mapping.get(group, ())}


def why_not_fresh(claims: Claims, *, began: float, now: float, fresh: int, skew: int) -> str:
    """Why this proof is not one made just now, for what was begun at ``began``; empty where it is.

    Seconds since 1970. A proof from before the beginning is one for something else: the provider was told
    ``max_age=0`` and did not ask.
    """
    if claims.auth_time is None:
        return "The provider did not tell when it asked you who you are."
    if claims.auth_time > now + skew:
        return "The provider's clock is ahead of this portal's."
    if claims.auth_time < began - skew:
        return "The provider did not ask you again who you are."
    if now - claims.auth_time > fresh:
        return "Too much time has passed since you proved who you are."
    return ""
