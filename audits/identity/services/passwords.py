"""Passwords are set by the person alone: others only issue an address at which that can be done, once."""

from django.contrib.auth.tokens import default_token_generator
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode

from audits.identity.actors import Actor
from audits.identity.errors import Refused
from audits.identity.events import PASSWORD_LINK, PASSWORD_SET
from audits.identity.models import OpenSession, User
from audits.identity.services.open_sessions import end_sessions
from audits.identity.verbs import verb
from audits.ledger.services import record


def issue(actor: Actor, user: User, reason: str = "") -> str:
    """Shuts the old password and all sessions, and makes the pair for the address. Part of a verb.

    The pair is valid until a password is set with it, for a day at the most (``PASSWORD_RESET_TIMEOUT``).
    """
    if actor.user is not None and actor.user.pk == user.pk:
        raise Refused("Change your own password on your account page.")
    user = User.objects.select_for_update().get(pk=user.pk)  # the pair binds the last sign-in
    user.set_unusable_password()
    user.save(update_fields=["password"])
    if OpenSession.objects.filter(user=user, ended_at__isnull=True).exists():
        end_sessions(actor=Actor.system("password link"), user=user, reason="a new password was asked for")
    record(
        event=PASSWORD_LINK, actor=actor, subject_type="user", subject=user.username, reason=reason.strip()
    )
    return f"{urlsafe_base64_encode(force_bytes(user.pk))}/{default_token_generator.make_token(user)}"


@verb
def note_password_set(*, actor: Actor, but: OpenSession | None = None, how: str = "changed") -> None:
    """The person has set a new password; all sessions but the one at hand end."""
    assert actor.user is not None  # noqa: S101  only people have passwords
    record(event=PASSWORD_SET, actor=actor, subject_type="user", subject=actor.name, payload={"how": how})
    end_sessions(actor=actor, user=actor.user, reason="the password was changed", but=but)
