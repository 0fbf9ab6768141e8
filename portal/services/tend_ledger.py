"""What an administrator does with the log itself."""

from audits.identity.actors import Actor
from audits.identity.errors import Conflict, Refused, Unacceptable
from audits.identity.roles import ADMINISTRATOR
from audits.identity.verbs import verb
from audits.ledger.keys import CannotSign
from audits.ledger.models import Event, KeyChange
from audits.ledger.services.accept_restore import NothingLost, accept_restore
from audits.ledger.services.rotate_key import NotRotated, replace_lost_key, rotate_key


@verb
def accept_restored_log(*, actor: Actor, reason: str) -> Event:
    """Goes on with a database that is older than what was signed. Raises ``Conflict`` where it is not."""
    reason = _reason(actor, reason)
    try:
        return accept_restore(actor=actor, reason=reason)
    except NothingLost as error:
        raise Conflict(str(error)) from error


@verb
def change_key(*, actor: Actor, reason: str, lost: str = "") -> KeyChange:
    """A new signing key; ``lost`` is the public line of one that is gone. Raises ``Conflict``."""
    reason = _reason(actor, reason)
    try:
        if lost:
            return replace_lost_key(actor=actor, reason=reason, old_line=lost)
        return rotate_key(actor=actor, reason=reason)
    except (NotRotated, CannotSign, OSError) as error:
        raise Conflict(str(error)) from error


def _reason(actor: Actor, reason: str) -> str:
    if not actor.has_role(ADMINISTRATOR):
        raise Refused("This is done in an administrator's name: say who with --as USERNAME.")
    if not reason.strip() or "\0" in reason:
        raise Unacceptable("Say why.", field="reason")
    return reason.strip()[:1000]
