"""Who signs proves once more, just then, that it is this person: a session alone signs nothing."""

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.utils import timezone

from audits.identity.actors import Actor
from audits.identity.errors import Refused
from audits.identity.models import User
from audits.identity.services.second_factor import check_code, factor_of

PASSWORD, SECOND_FACTOR, SINGLE_SIGN_ON = "password", "password+totp", "sso"
METHODS = (PASSWORD, SECOND_FACTOR, SINGLE_SIGN_ON)


class WrongPassword(Refused):
    """The password was not the person's."""


@dataclass(frozen=True, slots=True)
class Authentication:
    """How a person was authenticated just now: one of ``METHODS``, when, and what else is worth telling."""

    method: str
    at: datetime
    detail: str = ""


def demanded_of(actor: Actor) -> bool:
    """Whether one of the actor's roles has to have a second factor (``SECOND_FACTOR_ROLES``)."""
    return actor.kind == "person" and actor.has_role(*settings.SECOND_FACTOR_ROLES)


def is_connected(user: User) -> bool:
    """Whether the provider that is configured knows this person."""
    return bool(settings.OIDC_ISSUER) and user.identities.filter(issuer=settings.OIDC_ISSUER).exists()


def has_own_password(user: User) -> bool:
    """Whether a password lets this person in; ``OIDC_REPLACES_PASSWORDS`` ends that of who is connected."""
    replaced = settings.OIDC_REPLACES_PASSWORDS and is_connected(user)
    return user.is_let_in and user.has_usable_password() and not replaced


def methods_of(user: User) -> tuple[str, ...]:
    """The ways by which this person can prove just before signing who he is, the strongest last."""
    ways = []
    if has_own_password(user):
        ways.append(SECOND_FACTOR if factor_of(user) else PASSWORD)
    if is_connected(user):
        ways.append(SINGLE_SIGN_ON)
    return tuple(ways)


def check_password(actor: Actor, password: str) -> User:
    """The acting person, whose password this is; raises ``WrongPassword`` (field ``password``)."""
    assert actor.user is not None  # noqa: S101  asked by callers
    user = User.objects.get(pk=actor.user.pk)
    if not has_own_password(user) or not user.check_password(password):
        raise WrongPassword("This is not your password. Nothing was signed.", field="password")
    return user


def step_up(*, actor: Actor, password: str, code: str = "") -> Authentication:
    """The password of the acting person, read afresh, and the code where there is a second factor.

    Raises ``WrongPassword`` (field ``password``), and ``Refused`` (field ``code``) for a missing or wrong
    code or where the person's role demands a second factor and there is none.
    """
    if actor.kind != "person" or actor.user is None:
        raise Refused("Only a person signs, by name and in person.")
    user = check_password(actor, password)
    if factor_of(user) is None:
        if demanded_of(actor):
            raise Refused("Your role signs with a second factor; add one on your account page.", field="code")
        return Authentication(PASSWORD, timezone.now())
    if not code.strip():
        raise Refused("Type the code of your app as well.", field="code")
    return Authentication(SECOND_FACTOR, timezone.now(), check_code(actor=actor, user=user, code=code))
