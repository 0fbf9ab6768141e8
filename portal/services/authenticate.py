"""Who signs proves once more, just then, that it is this person: a session alone signs nothing."""

from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from audits.identity.actors import Actor
from audits.identity.errors import Refused
from audits.identity.services.step_up import Authentication, WrongPassword, step_up
from audits.ledger.models import Event
from audits.ledger.services import record
from prompts.lifecycle.events import DOCUMENTATION_SIGNED, SIGNATURE_REFUSED, VERSION_SIGNED
from prompts.registry.models import Version
from prompts.registry.selectors import label_of

MOST_GUESSES = 5
LOCKED_FOR = timedelta(minutes=15)
"""After so many wrong passwords in a row, a stolen session cannot go on guessing."""


def authenticate(
    actor: Actor, version: Version, password: str, payload: dict[str, Any], *, code: str = ""
) -> Authentication:
    """The password of the acting person, read afresh, with the second factor, for a signature on ``version``.

    A wrong password is recorded in a transaction of its own, with ``payload``, and raises ``Refused`` (field
    ``password``), as do too many of them; a wrong code raises ``Refused`` (field ``code``).
    """
    if actor.kind != "person" or actor.user is None:
        raise Refused("Only a person signs, by name and in person.")
    if _wrong_guesses(actor.name) >= MOST_GUESSES:
        raise Refused(
            "Too many wrong passwords: signing is locked for a quarter of an hour.", field="password"
        )
    try:
        return step_up(actor=actor, password=password, code=code)
    except WrongPassword:
        with transaction.atomic():
            record(
                event=SIGNATURE_REFUSED,
                actor=actor,
                subject_type="version",
                subject=label_of(version),
                reason="wrong password",
                payload=payload,
            )
        raise


def _wrong_guesses(username: str) -> int:
    """Wrong passwords of this person within the pause, since the last signature; the ledger counts them."""
    about = Event.objects.filter(
        actor_type="person", actor=username, recorded_at__gte=timezone.now() - LOCKED_FOR
    )
    kinds = (VERSION_SIGNED.name, DOCUMENTATION_SIGNED.name)
    signed = about.filter(event__in=kinds).order_by("-id").values_list("id", flat=True).first()
    return about.filter(event=SIGNATURE_REFUSED.name, id__gt=signed or 0).count()
