"""What the ledger hears of sign-ins."""

from audits.identity.actors import Actor
from audits.identity.events import LOGGED_IN, LOGIN_FAILED
from audits.identity.models import User
from audits.identity.services.refusals import is_first
from audits.identity.verbs import verb
from audits.ledger.services import record


@verb
def note_sign_in(*, actor: Actor, method: str = "password") -> None:
    """A person signed in, by this method; of Django's superusers, whom no form makes, it is told."""
    record(
        event=LOGGED_IN,
        actor=actor,
        subject_type="user",
        subject=actor.name,
        payload={"method": method, **({"superuser": True} if _is_superuser(actor) else {})},
    )


def _is_superuser(actor: Actor) -> bool:
    return actor.user is not None and actor.user.is_superuser


@verb
def note_refused_sign_in(*, actor: Actor, username: str, method: str = "password", reason: str = "") -> None:
    """A sign-in was refused; ``username`` is what was typed.

    Only a name that is somebody's is recorded: people type their password into the wrong field, and what is
    in the ledger stays there. What follows within the same minute from the same address is counted, not lost.
    """
    typed = username.replace("\0", "")[:150]
    person = User.objects.filter(username__iexact=typed).first()
    subject = person.username if person else "a name that is nobody's"
    if is_first(LOGIN_FAILED, actor.address, subject):
        record(
            event=LOGIN_FAILED,
            actor=actor,
            subject_type="user",
            subject=subject,
            reason=reason,
            payload={"method": method},
        )
