"""What the ledger hears of sign-ins."""

from audits.identity.actors import Actor
from audits.identity.events import LOGGED_IN, LOGIN_FAILED
from audits.identity.verbs import verb
from audits.ledger.services import record


@verb
def note_sign_in(*, actor: Actor) -> None:
    """A person signed in."""
    record(event=LOGGED_IN, actor=actor, subject_type="user", subject=actor.name)


@verb
def note_refused_sign_in(*, actor: Actor, username: str) -> None:
    """A sign-in was refused; ``username`` is what was typed, which may be nobody's name."""
    record(event=LOGIN_FAILED, actor=actor, subject_type="user", subject=username[:150] or "(empty)")
