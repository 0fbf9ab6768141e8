"""Where people are signed in: noted, listed, ended one by one or all at once."""

import hashlib
import secrets
from datetime import timedelta
from typing import Any

from django.utils import timezone

from audits.identity.actors import Actor
from audits.identity.errors import NotThere, Refused
from audits.identity.events import SESSION_ENDED
from audits.identity.models import OpenSession, User
from audits.identity.policies import ConfigurationPolicy
from audits.identity.verbs import verb
from audits.ledger.services import record

CARRIED = "sign_in"
"""What a session carries: a random text whose digest names its row."""
SEEN_EVERY = timedelta(minutes=1)


def digest(token: str) -> str:
    """How a session's text is stored; it has 256 random bits."""
    return hashlib.sha256(token.encode()).hexdigest()


def note_session(
    session: Any, user: User, *, method: str, address: str = "", device: str = ""
) -> OpenSession:
    """Begins a row for a session that was just opened."""
    token, now = secrets.token_urlsafe(32), timezone.now()
    session[CARRIED] = token
    return OpenSession.objects.create(
        user=user,
        token=digest(token),
        method=method,
        address=address[:64],
        device=device.replace("\0", "")[:200],
        began_at=now,
        seen_at=now,
    )


def session_of(session: Any, user: User) -> OpenSession | None:
    """The row of this session, ended or not; None for one that has none yet."""
    token = session.get(CARRIED)
    return OpenSession.objects.filter(token=digest(str(token)), user=user).first() if token else None


def touch(row: OpenSession, *, address: str) -> None:
    """Notes, at most once a minute, that the session is in use."""
    now = timezone.now()
    if now - row.seen_at >= SEEN_EVERY:
        OpenSession.objects.filter(pk=row.pk).update(seen_at=now, address=address[:64])


@verb
def end_session(*, actor: Actor, pk: int) -> OpenSession:
    """Ends one session: one's own, or as an administrator anybody's. Raises ``NotThere``."""
    row = OpenSession.objects.select_for_update().filter(pk=pk, ended_at__isnull=True).first()
    if row is None or not _may(actor, row.user):
        raise NotThere("There is no such session, or it has ended.")
    _end(actor, row.user, [row], "")
    return row


@verb
def end_sessions(*, actor: Actor, user: User, reason: str = "", but: OpenSession | None = None) -> int:
    """Ends all sessions of a person, except ``but``; says how many there were."""
    if not _may(actor, user):
        raise Refused("Only an administrator ends sessions of others.")
    rows = OpenSession.objects.select_for_update().filter(user=user, ended_at__isnull=True)
    open_ones = [row for row in rows if but is None or row.pk != but.pk]
    if open_ones:
        _end(actor, user, open_ones, reason)
    return len(open_ones)


def _may(actor: Actor, user: User) -> bool:
    own = actor.user is not None and actor.user.pk == user.pk and actor.is_active
    return own or ConfigurationPolicy(actor).may("configure")


def _end(actor: Actor, user: User, rows: list[OpenSession], reason: str) -> None:
    now = timezone.now()
    OpenSession.objects.filter(pk__in=[row.pk for row in rows]).update(ended_at=now, ended_by=actor.name)
    record(
        event=SESSION_ENDED,
        actor=actor,
        subject_type="user",
        subject=user.username,
        reason=reason,
        payload={"sessions": len(rows)},
    )
