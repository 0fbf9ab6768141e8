"""Set up where webhooks go. Secrets are shown when they are made, and never again."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.utils import timezone

from audits.identity.actors import Actor
from audits.identity.errors import Conflict, NotThere, Unacceptable
from audits.identity.models import User
from audits.identity.services.keys import SLUG
from audits.identity.verbs import verb
from audits.ledger.events import EventKind
from audits.ledger.services import record
from audits.notices.events import ENDPOINT_DISABLED, ENDPOINT_ENABLED, ENDPOINT_ROTATED, ENDPOINT_SET
from audits.notices.models import Endpoint
from audits.notices.policies import EndpointPolicy
from audits.notices.webhooks import SEAL, new_secret

SENDER = Actor.system("notices")
LONGEST_OVERLAP = timedelta(days=30)
DECIDED = ["older_until", "encrypted_secret", "encrypted_older", "disabled_at", "disabled_reason"]


@dataclass(frozen=True, slots=True)
class Made:
    """An endpoint with its secret, which is shown this once."""

    endpoint: Endpoint
    secret: str


@verb
def create_endpoint(
    *,
    actor: Actor,
    name: str,
    url: str,
    kinds: Sequence[str],
    owner: User,
    all_collections: bool = False,
    collections: Sequence[str] = (),
) -> Made:
    """Creates one, enabled. ``kinds`` and ``collections`` are names that the caller has looked up.

    Raises ``Unacceptable`` for a fault in the input, ``Conflict`` where the name is taken.
    """
    EndpointPolicy(actor).require("configure")
    if not SLUG.fullmatch(name):
        raise Unacceptable("A name has small letters, digits and hyphens, at most 80.", field="name")
    if Endpoint.objects.filter(name=name).exists():
        raise Conflict(f"There is a webhook named {name!r} already.", field="name")
    secret = new_secret()
    endpoint = Endpoint(name=name, encrypted_secret=SEAL.encrypt(secret), created_by=actor.name)
    _fill(endpoint, url, kinds, owner, all_collections, collections)
    endpoint.save()
    _note(actor, ENDPOINT_SET, endpoint, payload=_told(endpoint))
    return Made(endpoint, secret)


@verb
def edit_endpoint(
    *,
    actor: Actor,
    endpoint_id: int,
    url: str,
    kinds: Sequence[str],
    owner: User,
    all_collections: bool,
    collections: Sequence[str],
) -> Endpoint:
    """Sets all but name and secret; raises as ``create_endpoint``. What waits goes to the new URL."""
    endpoint = _locked(actor, endpoint_id)
    before = _told(endpoint)
    _fill(endpoint, url, kinds, owner, all_collections, collections)
    if _told(endpoint) == before:
        return endpoint
    endpoint.save(update_fields=["url", "kinds", "owner", "all_collections", "collections"])
    _note(actor, ENDPOINT_SET, endpoint, payload={**_told(endpoint), "before": before})
    return endpoint


@verb
def rotate_secret(*, actor: Actor, endpoint_id: int, overlap_hours: int = 24) -> Made:
    """A new secret; the one before signs beside it for so many hours (0: not at all)."""
    endpoint = _locked(actor, endpoint_id)
    overlap = timedelta(hours=overlap_hours)
    if not timedelta(0) <= overlap <= LONGEST_OVERLAP:
        raise Unacceptable("The old secret goes on for 0 to 720 hours.", field="overlap_hours")
    secret = new_secret()
    endpoint.encrypted_older = endpoint.encrypted_secret if overlap else ""
    endpoint.older_until = timezone.now() + overlap if overlap else None
    endpoint.encrypted_secret = SEAL.encrypt(secret)
    endpoint.save(update_fields=DECIDED)
    _note(actor, ENDPOINT_ROTATED, endpoint, payload={"overlap_hours": overlap_hours})
    return Made(endpoint, secret)


@verb
def disable_endpoint(*, actor: Actor, endpoint_id: int, reason: str) -> Endpoint:
    """Nothing more goes there, nor is anything more queued; raises ``Conflict`` if it is off already."""
    endpoint = _locked(actor, endpoint_id)
    reason = reason.strip()
    if not reason or "\0" in reason or len(reason) > 300:
        raise Unacceptable("Say why, in at most 300 characters.", field="reason")
    if not endpoint.is_enabled:
        raise Conflict(f"The webhook {endpoint} is off already.")
    endpoint.disabled_at, endpoint.disabled_reason = timezone.now(), reason
    endpoint.save(update_fields=DECIDED)
    _note(actor, ENDPOINT_DISABLED, endpoint, reason, {"owner": endpoint.owner.username})
    return endpoint


@verb
def enable_endpoint(*, actor: Actor, endpoint_id: int) -> Endpoint:
    """It is called again, first with what waited; raises ``Conflict`` if it is on already."""
    endpoint = _locked(actor, endpoint_id)
    if endpoint.is_enabled:
        raise Conflict(f"The webhook {endpoint} is on already.")
    if not endpoint.owner.is_let_in:
        raise Conflict(f"{endpoint.owner} has left: give the webhook another owner first.")
    endpoint.disabled_at, endpoint.disabled_reason = None, ""
    endpoint.failures, endpoint.paused_until = 0, None
    endpoint.save(update_fields=[*DECIDED, "failures", "paused_until"])
    _note(actor, ENDPOINT_ENABLED, endpoint)
    return endpoint


def retire_orphans() -> int:
    """Turns off the endpoints whose owner has left; returns how many."""
    rows = Endpoint.objects.filter(disabled_at__isnull=True).select_related("owner")
    orphans = [row for row in rows if not row.owner.is_let_in]
    for row in orphans:
        disable_endpoint(actor=SENDER, endpoint_id=row.pk, reason=f"{row.owner}, its owner, has left.")
    return len(orphans)


def _locked(actor: Actor, endpoint_id: int) -> Endpoint:
    EndpointPolicy(actor).require("configure")
    rows = Endpoint.objects.select_for_update(of=("self",)).select_related("owner")
    endpoint = rows.filter(pk=endpoint_id).first()
    if endpoint is None:
        raise NotThere("There is no such webhook.")
    return endpoint


def _fill(
    endpoint: Endpoint,
    url: str,
    kinds: Sequence[str],
    owner: User,
    all_collections: bool,
    collections: Sequence[str],
) -> None:
    if not kinds:
        raise Unacceptable("Choose at least one kind of event.", field="kinds")
    if bool(collections) == all_collections:
        raise Unacceptable("Name collections, or say all; not both, not neither.", field="collections")
    if not owner.is_let_in:
        raise Unacceptable(f"{owner} is not active.", field="owner")
    endpoint.url, endpoint.owner = _address(url), owner
    endpoint.kinds, endpoint.collections = sorted(set(kinds)), sorted(set(collections))
    endpoint.all_collections = all_collections


def _address(raw: str) -> str:
    """The shape of an address; where it leads is judged at each call, since names move."""
    text = raw.strip()
    try:
        parts = urlsplit(text)
        fine = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
        fine = fine and not (parts.username or parts.password or parts.fragment)
    except ValueError:
        fine = False
    if not fine or not text.isascii() or not text.isprintable() or " " in text or len(text) > 500:
        raise Unacceptable("Write an address that begins with https:// and holds no password.", field="url")
    if parts.scheme == "http" and not settings.OUTGOING_ALLOWED_NETWORKS:
        raise Unacceptable(
            "http:// is for addresses inside the network, which OUTGOING_ALLOWED_NETWORKS has to name; "
            "write https://.",
            field="url",
        )
    return text


def _told(endpoint: Endpoint) -> dict[str, Any]:
    return {
        "url": endpoint.url,
        "kinds": endpoint.kinds,
        "collections": ["*"] if endpoint.all_collections else endpoint.collections,
        "owner": endpoint.owner.username if endpoint.owner_id else "",
    }


def _note(
    actor: Actor,
    event: EventKind,
    endpoint: Endpoint,
    reason: str = "",
    payload: dict[str, Any] | None = None,
) -> None:
    record(
        event=event,
        actor=actor,
        subject_type="webhook",
        subject=endpoint.name,
        reason=reason,
        payload=payload,
    )
