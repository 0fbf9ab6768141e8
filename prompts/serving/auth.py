"""Who calls: HTTP Basic with the public and the secret key of a service account."""

import base64
import binascii
import hashlib
import time
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db import DatabaseError, connection, transaction
from django.db.models import Q
from django.http import HttpRequest
from django.utils import timezone

from audits.identity.actors import Actor
from audits.identity.models import ServiceAccount
from audits.identity.services.key_uses import is_privileged, note_use
from audits.identity.services.keys import check_key

FIELDS = (
    "secret_digest",
    "all_collections",
    "collections",
    "environments",
    "verbs",
    "expires_at",
    "revoked_at",
    "suspended_at",
)
KNOWN_AT_MOST = 1000
TOUCHED_EVERY = 60.0


@dataclass(slots=True)
class Known:
    """A pair that was checked, with the row as it stood then: any change of the row makes it unknown."""

    account: ServiceAccount
    row: tuple[Any, ...]
    is_privileged: bool
    touched: float = 0.0


_known: dict[bytes, Known] = {}


def authenticate(request: HttpRequest) -> Actor | None:
    """The actor behind the request's key, or None; a key that was revoked or changed counts at once.

    The stored row is read on every request, so that the memory of checked pairs saves only the parsing and
    the hashing of the secret, never the decision. Each use of a key that may do more than read and report is
    counted before anything else happens.
    """
    header = request.META.get("HTTP_AUTHORIZATION", "")
    if header[:6].lower() != "basic " or len(header) > 1000:
        return None
    fingerprint = hashlib.sha256(header.encode("utf-8", "replace")).digest()
    known = _known.get(fingerprint)
    if known is None or not known.account.is_live or stored_row(known.account.public_key) != known.row:
        _known.pop(fingerprint, None)
        known = check(header)
        if known is None:
            return None
        if len(_known) >= KNOWN_AT_MOST:
            _known.clear()
        _known[fingerprint] = known
    actor = Actor.for_account(
        known.account,
        address=request.META.get("REMOTE_ADDR", ""),
        request_id=getattr(request, "request_id", ""),
    )
    if known.is_privileged:
        note_use(actor=actor, account_id=known.account.pk, address=actor.address)
    touch(known)
    return actor


def check(header: str) -> Known | None:
    """Checks a header that is not known."""
    try:
        pair = base64.b64decode(header[6:].strip(), validate=True).decode()
    except (binascii.Error, ValueError):
        return None
    public, colon, secret = pair.partition(":")
    if not colon or "\x00" in public:
        return None
    row = stored_row(public)
    account = check_key(public, secret)
    if account is None or row is None:
        return None
    return Known(account, row, is_privileged(account))


def _sql() -> str:
    """One read by the unique index on the public key."""
    quote = connection.ops.quote_name
    columns = ", ".join(quote(name) for name in FIELDS)
    table = quote(ServiceAccount._meta.db_table)
    return f"SELECT {columns} FROM {table} WHERE {quote('public_key')} = %s"  # noqa: S608  constant names only


def stored_row(public: str) -> tuple[Any, ...] | None:
    """What the database holds of the key just now."""
    with connection.cursor() as cursor:
        cursor.execute(_sql(), [public])
        return cursor.fetchone()


def touch(known: Known) -> None:
    """Notes the use of a key, at most once a minute; a busy database does not stop the request."""
    now = time.monotonic()
    if known.touched and now - known.touched < TOUCHED_EVERY:
        return
    known.touched = now
    moment = timezone.now()
    old = Q(last_used_at__isnull=True) | Q(last_used_at__lt=moment - timedelta(seconds=TOUCHED_EVERY))
    try:
        # Not an edit of the key: the column stands outside its history, so no row of that is due.
        with transaction.atomic():
            ServiceAccount.objects.filter(old, pk=known.account.pk).update(last_used_at=moment)
    except DatabaseError:
        known.touched = 0.0
