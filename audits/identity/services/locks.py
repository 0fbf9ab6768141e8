"""Names that were shut after too many wrong passwords, and the way to open one again."""

from collections.abc import Callable
from datetime import timedelta

from axes.models import AccessAttempt
from django.conf import settings
from django.utils import timezone

from audits.identity.actors import Actor
from audits.identity.errors import Conflict
from audits.identity.events import LOCK_LIFTED
from audits.identity.models import User
from audits.identity.policies import ConfigurationPolicy
from audits.identity.verbs import verb
from audits.ledger.services import record


def locks_of(user: User) -> list[AccessAttempt]:
    """Addresses from which signing in with this name is shut just now."""
    since = timezone.now() - timedelta(hours=settings.AXES_COOLOFF_TIME)
    rows = AccessAttempt.objects.filter(
        username__iexact=user.username,
        failures_since_start__gte=settings.AXES_FAILURE_LIMIT,
        attempt_time__gte=since,
    )
    return list(rows.order_by("-attempt_time")[:20])


@verb
def lift_lock(*, actor: Actor, user: User, reset: Callable[[str], None]) -> None:
    """Opens it again at once; ``reset`` forgets the attempts. Raises ``Conflict`` where nothing is shut."""
    ConfigurationPolicy(actor).require("configure")
    rows = locks_of(user)
    if not rows:
        raise Conflict(f"Nothing is shut for {user}.")
    for name in {row.username for row in rows}:
        reset(name)
    record(
        event=LOCK_LIFTED,
        actor=actor,
        subject_type="user",
        subject=user.username,
        payload={"addresses": sorted({str(row.ip_address) for row in rows})},
    )
