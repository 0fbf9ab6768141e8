"""A new password for somebody who cannot get in."""

from audits.identity.actors import Actor
from audits.identity.events import USER_CHANGED
from audits.identity.models import User
from audits.identity.policies import ConfigurationPolicy
from audits.identity.verbs import verb
from audits.ledger.services import record


@verb
def set_password(*, actor: Actor, user: User, password: str) -> User:
    """Sets a password, which ends the person's open sessions; the caller has checked its strength."""
    ConfigurationPolicy(actor).require("configure")
    user.set_password(password)
    user.save(update_fields=["password"])
    record(
        event=USER_CHANGED,
        actor=actor,
        subject_type="user",
        subject=user.username,
        payload={"password": "set by an administrator"},
    )
    return user
