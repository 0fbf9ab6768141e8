"""Create, check and revoke the keys of applications."""

import hashlib
import hmac
import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from django.utils import timezone

from audits.identity.actors import Actor
from audits.identity.errors import Conflict, Unacceptable
from audits.identity.events import KEY_CREATED, KEY_MOVED, KEY_REVOKED, KEY_SUSPENDED
from audits.identity.models import ServiceAccount, User
from audits.identity.models.service_account import VERBS
from audits.identity.policies import ConfigurationPolicy
from audits.identity.verbs import verb
from audits.ledger.services import record

SLUG = re.compile(r"[a-z0-9][a-z0-9-]{0,79}")


@dataclass(frozen=True, slots=True)
class KeyPair:
    """What is shown once, at creation, and never again."""

    account: ServiceAccount
    public_key: str
    secret_key: str


def digest_secret(secret: str) -> str:
    """SHA-256 of the secret: it has 256 random bits, so a slow hash would add nothing but latency."""
    return hashlib.sha256(secret.encode()).hexdigest()


@verb
def create_key(
    *,
    actor: Actor,
    name: str,
    all_collections: bool = False,
    collections: Sequence[str] = (),
    environments: Sequence[str] = (),
    protected_environments: Sequence[str] = (),
    verbs: Sequence[str] = ("read",),
    days: int = 365,
) -> KeyPair:
    """Creates a service account and its key pair.

    ``collections`` and ``environments`` are slugs that the caller has looked up; ``protected_environments``
    names those of ``environments`` that are protected: such a key may not also read drafts.
    Raises ``Unacceptable`` for a fault in the input, ``Conflict`` where the name is taken.
    """
    ConfigurationPolicy(actor).require("configure")
    if not SLUG.fullmatch(name):
        raise Unacceptable("A key's name has small letters, digits and hyphens, at most 80.", field="name")
    if bool(collections) == all_collections:
        raise Unacceptable("Name collections, or say all; not both, not neither.", field="collections")
    if unknown := [word for word in verbs if word not in VERBS]:
        raise Unacceptable(f"There is no verb {unknown[0]!r}; there are {', '.join(VERBS)}.", field="verbs")
    if "read_drafts" in verbs and protected_environments:
        raise Unacceptable(
            f"A key that reads drafts may not read the protected environment {protected_environments[0]!r}.",
            field="verbs",
        )
    if not 1 <= days <= 3650:
        raise Unacceptable("A key lives between 1 and 3650 days.", field="days")
    if ServiceAccount.objects.filter(name=name).exists():
        raise Conflict(f"There is a key named {name!r} already.", field="name")
    public, secret = f"pk-imp-{secrets.token_hex(12)}", f"sk-imp-{secrets.token_urlsafe(32)}"
    account = ServiceAccount.objects.create(
        name=name,
        public_key=public,
        secret_digest=digest_secret(secret),
        all_collections=all_collections,
        collections=sorted(set(collections)),
        environments=sorted(set(environments)),
        verbs=[word for word in VERBS if word in verbs],
        created_by=actor.name,
        owner=actor.user,
        expires_at=timezone.now() + timedelta(days=days),
    )
    scope = {
        "public_key": public,
        "collections": ["*"] if all_collections else account.collections,
        "environments": account.environments,
        "verbs": account.verbs,
        "days": days,
    }
    record(event=KEY_CREATED, actor=actor, subject_type="key", subject=name, payload=scope)
    return KeyPair(account, public, secret)


def check_key(public: str, secret: str) -> ServiceAccount | None:
    """The live account of this key pair, or None; a wrong secret takes as long as a right one."""
    account = ServiceAccount.objects.filter(public_key=public).first()
    stored = account.secret_digest if account else "0" * 64
    matches = hmac.compare_digest(stored, digest_secret(secret))
    return account if account and matches and account.is_live else None


@verb
def revoke_key(*, actor: Actor, account: ServiceAccount, reason: str) -> ServiceAccount:
    """Ends a key at once; raises ``Conflict`` if it has ended before."""
    ConfigurationPolicy(actor).require("configure")
    if account.revoked_at:
        raise Conflict(f"The key {account.name!r} was revoked before.")
    account.revoked_at = timezone.now()
    account.save()
    record(event=KEY_REVOKED, actor=actor, subject_type="key", subject=account.name, reason=reason)
    return account


def live_keys(user: User) -> list[str]:
    """Names of the keys in use that the person owns."""
    return [key.name for key in user.service_accounts.order_by("name") if key.is_live]


def suspend_keys(actor: Actor, user: User) -> None:
    """Stops the keys of somebody who left, until they are handed over or he is back. Part of a verb."""
    for key in user.service_accounts.filter(revoked_at__isnull=True, suspended_at__isnull=True):
        key.suspended_at = timezone.now()
        key.save()
        record(event=KEY_SUSPENDED, actor=actor, subject_type="key", subject=key.name)


def resume_keys(user: User) -> None:
    """Keys of somebody who is back live again. Part of a verb, whose event tells it."""
    for key in user.service_accounts.filter(suspended_at__isnull=False):
        key.suspended_at = None
        key.save()


@verb
def move_key(*, actor: Actor, account: ServiceAccount, owner: User) -> ServiceAccount:
    """Gives a key another owner, who is active; a suspended one lives again. Raises ``Unacceptable``."""
    ConfigurationPolicy(actor).require("configure")
    if not owner.is_let_in or owner.pk == account.owner_id:
        raise Unacceptable("Name another person, who is active.", field="to")
    before = account.owner.username if account.owner else ""
    account.owner, account.suspended_at = owner, None
    account.save()
    payload = {"owner": [before, owner.username]}
    record(event=KEY_MOVED, actor=actor, subject_type="key", subject=account.name, payload=payload)
    return account
