"""People who come from the organisation's provider: let in, connected, and proved afresh before they sign."""

from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone

from audits.identity import events
from audits.identity.actors import Actor
from audits.identity.claims import Claims, roles_of, why_not_fresh
from audits.identity.errors import Conflict, Refused
from audits.identity.models import ExternalIdentity, SignOnTrip, User
from audits.identity.roles import ADMINISTRATOR
from audits.identity.services.people import create_user
from audits.identity.services.roles import follow_groups
from audits.identity.services.step_up import SINGLE_SIGN_ON, Authentication, has_own_password
from audits.identity.services.trips import digest_of_what, nonce_of
from audits.identity.usernames import why_not
from audits.identity.verbs import verb
from audits.ledger.services import record

WAIT, WITH_ROLE, EVERYBODY = "wait", "with-role", "everybody"
NEW_PEOPLE = (WAIT, WITH_ROLE, EVERYBODY)
PROVIDER = Actor.system("single sign-on")


@verb
def let_in(*, actor: Actor, claims: Claims) -> User:
    """The person of this issuer and subject, with the roles of the moment; a new one is made on the way.

    A new person who has to wait is made as one who may not sign in yet. Raises ``Conflict`` where the user
    name is taken or none; whether the person may come in (``is_let_in``), the caller asks.
    """
    user = _known(claims) or _make(actor, claims)
    if user.is_let_in:
        follow_groups(actor, user, roles_of(claims.groups, settings.OIDC_GROUPS))
    return user


def _known(claims: Claims) -> User | None:
    rows = ExternalIdentity.objects.select_related("user")
    row = rows.filter(issuer=claims.issuer, subject=claims.subject).first()
    return row.user if row else None


def _make(actor: Actor, claims: Claims) -> User:
    if reason := why_not(claims.username):
        raise Conflict(f"The provider told no user name that can be used here. {reason}", code="no_name")
    name = " ".join(claims.full_name.split())[:150] or claims.username
    full_name = name if name.isprintable() else claims.username
    try:
        user = create_user(actor=actor, username=claims.username, full_name=full_name, email=claims.email)
    except Conflict:
        raise Conflict(
            f"There is or was somebody here with the user name {claims.username!r}, or one that looks like "
            "it. If that is you, sign in with your password and connect the two on your account page; "
            "otherwise ask an administrator.",
            code="name_taken",
        ) from None
    has_role = bool(roles_of(claims.groups, settings.OIDC_GROUPS))
    if settings.OIDC_NEW_PEOPLE != EVERYBODY and not (settings.OIDC_NEW_PEOPLE == WITH_ROLE and has_role):
        user.is_active = False
        user.save(update_fields=["is_active"])
    _note(actor, user, claims)
    return user


def _note(actor: Actor, user: User, claims: Claims) -> None:
    try:
        with transaction.atomic():
            ExternalIdentity.objects.create(
                user=user, issuer=claims.issuer, subject=claims.subject, connected_by=actor.name
            )
    except IntegrityError:
        raise Conflict("This account of the provider is connected with a person already.") from None
    payload = {"issuer": claims.issuer, "subject": claims.subject}
    record(
        event=events.SSO_CONNECTED, actor=actor, subject_type="user", subject=user.username, payload=payload
    )


@verb
def connect(*, actor: Actor, claims: Claims) -> User:
    """Connects the acting person with an account of the provider, for good; his roles follow its groups.

    The caller has made sure that both are this person. Raises ``Conflict`` where one of them is connected
    already, or where nobody would be left who could configure the portal without the provider.
    """
    if actor.user is None or not actor.is_active:
        raise Refused("Only a person has an account of the provider.")
    if actor.user.identities.filter(issuer=claims.issuer).exists() or _known(claims) is not None:
        raise Conflict("You, or this account of the provider, are connected already.")
    if settings.OIDC_REPLACES_PASSWORDS and not _somebody_else_could(actor.user):
        raise Conflict(
            "You are the last administrator with a password. Keep it: somebody has to get in when the "
            "provider is away."
        )
    _note(actor, actor.user, claims)
    follow_groups(PROVIDER, actor.user, roles_of(claims.groups, settings.OIDC_GROUPS))
    return actor.user


def _somebody_else_could(user: User) -> bool:
    rows = User.objects.filter(is_active=True, groups__name=ADMINISTRATOR)
    others: Iterable[User] = rows.exclude(pk=user.pk)
    return not user.groups.filter(name=ADMINISTRATOR).exists() or any(map(has_own_password, others))


def prove(*, actor: Actor, trip: SignOnTrip, claims: Claims) -> None:
    """Takes the provider's answer as the acting person's proof for what the trip is for, and for that alone.

    Raises ``Refused`` (field ``sso``) where it is somebody else's, or was not made just now, or not at the
    level that is asked for.
    """
    person = _known(claims)
    if actor.user is None or person is None or not person.pk == actor.user.pk == trip.user_id:
        raise Refused("The provider knows somebody else. Nothing was signed.", field="sso")
    reason = why_not_fresh(
        claims,
        began=trip.began_at.timestamp(),
        now=timezone.now().timestamp(),
        fresh=settings.OIDC_FRESH_SECONDS,
        skew=settings.OIDC_CLOCK_SKEW,
    )
    levels = settings.OIDC_ACR_VALUES
    if not reason and levels and claims.acr not in levels:
        reason = "The provider did not ask you in the way that a signature needs."
    if reason:
        raise Refused(f"{reason} Nothing was signed.", field="sso")
    _prove(actor=actor, trip=trip, claims=claims)


@verb
def _prove(*, actor: Actor, trip: SignOnTrip, claims: Claims) -> None:
    assert actor.user is not None  # noqa: S101  asked by the caller
    follow_groups(PROVIDER, actor.user, roles_of(claims.groups, settings.OIDC_GROUPS))
    trip.proved_at = timezone.now()
    trip.save(update_fields=["proved_at"])
    payload: dict[str, Any] = {
        "issuer": claims.issuer,
        "subject": claims.subject,
        "auth_time": claims.auth_time or 0,
        "acr": claims.acr,
        "amr": list(claims.amr),
        "token": claims.token_digest,
        "nonce": nonce_of(trip),
        "salt": trip.salt,
        "binds": trip.binds,
    }
    record(event=events.SSO_PROVED, actor=actor, subject_type="user", subject=actor.name, payload=payload)


def spend(*, actor: Actor, pk: int, what: dict[str, Any]) -> Authentication:
    """The proof that this trip brought, once, and only for the very thing it was made for.

    Raises ``Refused`` (field ``sso``) for another thing, another person, a second time, or one too old.
    """
    now, user = timezone.now(), actor.user
    rows = SignOnTrip.objects.filter(
        pk=pk,
        user=user,
        purpose=SignOnTrip.Purpose.SIGN,
        proved_at__isnull=False,
        spent_at__isnull=True,
        binds=digest_of_what(what, user),
    )
    trip = rows.first() if user is not None else None
    late = trip is not None and (now - trip.proved_at).total_seconds() > settings.OIDC_FRESH_SECONDS  # type: ignore[operator]
    if trip is None or late or not rows.update(spent_at=now):
        raise Refused("This is not what you proved at the provider that it is you. Begin again.", field="sso")
    return Authentication(SINGLE_SIGN_ON, now, f"trip {trip.pk}")
