"""Trips to the provider and back: begun in one browser for one thing, taken once, and only for a while."""

import hashlib
import secrets
from base64 import urlsafe_b64encode
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.utils import timezone

from audits.identity.errors import GovernedError, Unacceptable
from audits.identity.models import SignOnTrip, User
from audits.ledger.canonical import canonical_json, sha256_hex

CARRIED = "sign_on"
"""What a session carries: a random text whose digest its trips hold."""
LASTS = timedelta(minutes=10)
KEPT = timedelta(days=1)
MOST_A_MINUTE = 120
"""From one address, behind which a whole house may sit."""


class TooMany(GovernedError):
    """More trips were begun than people begin."""

    code = "too_many"
    status = 429


@dataclass(frozen=True, slots=True)
class Outbound:
    """What goes to the provider with the browser; ``challenge`` is that of PKCE (RFC 7636, S256)."""

    state: str
    nonce: str
    challenge: str


def digest(secret: str) -> str:
    """How a random text is stored."""
    return sha256_hex(secret.encode())


def digest_of_what(what: dict[str, Any], user: User | None) -> str:
    """The digest of the thing and of the person who is to prove it."""
    return sha256_hex(canonical_json({"what": what, "user": user.username if user else ""}))


def nonce_of(trip: SignOnTrip) -> str:
    """The nonce of a trip: SHA-256 of its salt and of the digest of what it is for."""
    return sha256_hex(f"{trip.salt}.{trip.binds}".encode())


def begin_trip(
    session: Any,
    purpose: SignOnTrip.Purpose,
    *,
    user: User | None = None,
    what: dict[str, Any] | None = None,
    way_on: str = "",
    address: str = "",
) -> Outbound:
    """Notes the trip for this browser's session; raises ``TooMany``."""
    now = timezone.now()
    lately = SignOnTrip.objects.filter(address=address[:64], began_at__gt=now - timedelta(minutes=1))
    if lately.count() >= MOST_A_MINUTE:
        raise TooMany("Too many attempts from your address. Try again in a minute.")
    browser = session.get(CARRIED) or secrets.token_urlsafe(32)
    session[CARRIED] = browser
    state, verifier, what = secrets.token_urlsafe(32), secrets.token_urlsafe(32), what or {}
    trip = SignOnTrip.objects.create(
        state=digest(state),
        browser=digest(str(browser)),
        purpose=purpose,
        user=user,
        what=what,
        binds=digest_of_what(what, user),
        salt=secrets.token_hex(32),
        verifier=verifier,
        way_on=way_on[:2000],
        address=address[:64],
        began_at=now,
    )
    hashed = hashlib.sha256(verifier.encode()).digest()
    return Outbound(state, nonce_of(trip), urlsafe_b64encode(hashed).rstrip(b"=").decode())


def take_trip(session: Any, state: str) -> SignOnTrip:
    """The trip that comes back to the browser that began it; a second time it is refused.

    Raises ``Unacceptable`` for a state that is unknown, of another browser, used or too old.
    """
    browser = str(session.get(CARRIED, ""))
    rows = SignOnTrip.objects.filter(state=digest(state), browser=digest(browser), returned_at__isnull=True)
    trip = rows.select_related("user").first() if browser and state else None
    now = timezone.now()
    if trip is None or now - trip.began_at > LASTS or not rows.update(returned_at=now):
        raise Unacceptable(
            "This answer of the provider was used before, is too old, or was asked for in another browser. "
            "Nothing was done; begin again.",
            code="stale_state",
        )
    return trip


def forget_trips() -> int:
    """Drops trips of yesterday, but for those by which something was signed; says how many."""
    old = SignOnTrip.objects.filter(began_at__lt=timezone.now() - KEPT, spent_at__isnull=True)
    return old.delete()[0]
