"""Who signs proves once more, just then, that it is this person: a session alone signs nothing."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from audits.identity.actors import Actor
from audits.identity.errors import Refused
from audits.identity.events import FORM_SIGNED, PASSWORD_REFUSED
from audits.identity.services.single_sign_on import spend
from audits.identity.services.step_up import Authentication, WrongPassword, check_password, step_up
from audits.identity.verbs import verb
from audits.ledger.models import Event
from audits.ledger.services import record
from prompts.lifecycle.events import (
    DELEGATION_SIGNED,
    DOCUMENTATION_SIGNED,
    SIGNATURE_REFUSED,
    VERSION_SIGNED,
)
from prompts.registry.models import Version
from prompts.registry.selectors import label_of

VERSION, DOCUMENTATION = "version", "documentation"
"""What people sign in person."""
MOST_GUESSES = 5
LOCKED_FOR = timedelta(minutes=15)
"""After so many wrong passwords in a row, a stolen session cannot go on guessing."""


@dataclass(frozen=True, slots=True)
class Proof:
    """What a signer brings: a password and, where there is a second factor, its code; or ``trip``, the key of
    a trip to the provider that proved it for the very thing that is signed."""

    password: str = ""
    code: str = ""
    trip: int | None = None


def thing(kind: str, **fields: Any) -> dict[str, Any]:
    """All that a signature is about, as a trip to the provider binds it: kind and arguments."""
    return {"kind": kind, "fields": fields}


def authenticate(
    actor: Actor, version: Version, proof: Proof, payload: dict[str, Any], *, what: dict[str, Any]
) -> Authentication:
    """The acting person, proved afresh, for a signature on ``version``; ``what`` is all that is signed.

    A wrong password is recorded in a transaction of its own, with ``payload``, and raises ``Refused`` (field
    ``password``), as do too many of them; a wrong code raises ``Refused`` (field ``code``), a trip to the
    provider that was for something else ``Refused`` (field ``sso``).
    """
    return authenticate_for(actor, ("version", label_of(version)), proof, payload, what=what)


def authenticate_for(
    actor: Actor, about: tuple[str, str], proof: Proof, payload: dict[str, Any], *, what: dict[str, Any]
) -> Authentication:
    """The same for a signature on anything that the ledger knows by a type and a name (``about``)."""
    if actor.kind != "person" or actor.user is None:
        raise Refused("Only a person signs, by name and in person.")
    if proof.trip is not None:
        return spend(actor=actor, pk=proof.trip, what=what)
    refuse_guessing(actor)
    try:
        return step_up(actor=actor, password=proof.password, code=proof.code)
    except WrongPassword:
        with transaction.atomic():
            record(
                event=SIGNATURE_REFUSED,
                actor=actor,
                subject_type=about[0],
                subject=about[1],
                reason="wrong password",
                payload=payload,
            )
        raise


def authenticate_for_account(*, actor: Actor, password: str, code: str | None, about: str) -> None:
    """The same for a change to one's own account, ``about`` which a wrong password tells.

    ``code`` is None where there is no second factor yet, since it is what is added.
    Raises ``Refused`` (field ``password`` or ``code``).
    """
    refuse_guessing(actor)
    try:
        if code is None:
            check_password(actor, password)
        else:
            step_up(actor=actor, password=password, code=code)
    except WrongPassword:
        note_wrong_password(actor=actor, about=about)
        raise Refused("This is not your password. Nothing was changed.", field="password") from None


@verb
def note_wrong_password(*, actor: Actor, about: str) -> None:
    """Somebody who is signed in typed a wrong password: perhaps not the person whose session it is."""
    record(
        event=PASSWORD_REFUSED,
        actor=actor,
        subject_type="user",
        subject=actor.name,
        payload={"about": about},
    )


def refuse_guessing(actor: Actor) -> None:
    """Raises ``Refused`` (field ``password``) after too many wrong ones."""
    if _wrong_guesses(actor.name) >= MOST_GUESSES:
        raise Refused(
            "Too many wrong passwords: signing is locked for a quarter of an hour.", field="password"
        )


def _wrong_guesses(username: str) -> int:
    """Wrong passwords of this person within the pause, since the last signature; the ledger counts them."""
    about = Event.objects.filter(
        actor_type="person", actor=username, recorded_at__gte=timezone.now() - LOCKED_FOR
    )
    kinds = (VERSION_SIGNED.name, DOCUMENTATION_SIGNED.name, FORM_SIGNED.name, DELEGATION_SIGNED.name)
    signed = about.filter(event__in=kinds).order_by("-id").values_list("id", flat=True).first()
    wrong = (SIGNATURE_REFUSED.name, PASSWORD_REFUSED.name)
    return about.filter(event__in=wrong, id__gt=signed or 0).count()
