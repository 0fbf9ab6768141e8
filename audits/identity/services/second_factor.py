"""A second factor: added with a code of the app, asked for at sign-in and signing, taken away on record."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import timedelta

import pyotp
from django.db import transaction
from django.utils import timezone

from audits.identity import events
from audits.identity.actors import Actor
from audits.identity.errors import Conflict, Refused, Unacceptable
from audits.identity.models import RecoveryCode, SecondFactor, User
from audits.identity.policies import ConfigurationPolicy
from audits.identity.sealing import Seal, Unreadable
from audits.identity.services.open_sessions import end_sessions
from audits.identity.verbs import verb
from audits.ledger.services import record

SEAL = Seal("second-factor.key")
ISSUER = "Imprimatur"
STEP = 30
MOST_WRONG = 5
LOCKED_FOR = timedelta(minutes=15)
CODES = 10
TOTP, RECOVERY = "app", "recovery code"


@dataclass(frozen=True, slots=True)
class Enrolment:
    """What the app is given: the secret as text, and as the address inside the QR code."""

    secret: str
    uri: str


def factor_of(user: User) -> SecondFactor | None:
    """The person's second factor, if it was confirmed."""
    return SecondFactor.objects.filter(user=user, confirmed_at__isnull=False).first()


def has_factor(actor: Actor) -> bool:
    """Whether the acting person has a confirmed one."""
    return actor.user is not None and factor_of(actor.user) is not None


@verb
def begin_factor(*, actor: Actor, fresh: bool = True) -> Enrolment:
    """The secret that waits for its first code: a new one, or with ``fresh`` off the one shown before.

    Raises ``Conflict`` for somebody who has a second factor.
    """
    user = _person(actor)
    row = SecondFactor.objects.select_for_update().filter(user=user).first()
    if row is not None and row.confirmed_at:
        raise Conflict("You have a second factor already.")
    if row is None or fresh:
        sealed = SEAL.encrypt(pyotp.random_base32())
        row, _ = SecondFactor.objects.update_or_create(user=user, defaults={"secret": sealed})
    secret = _secret(row)
    return Enrolment(secret, pyotp.TOTP(secret).provisioning_uri(name=user.username, issuer_name=ISSUER))


@verb
def confirm_factor(*, actor: Actor, code: str) -> list[str]:
    """Takes the first code of the app and gives the recovery codes, once.

    Raises ``Unacceptable`` (field ``code``) where the code does not fit, ``Conflict`` where nothing waits.
    """
    user = _person(actor)
    row = SecondFactor.objects.select_for_update().filter(user=user, confirmed_at__isnull=True).first()
    if row is None:
        raise Conflict("No second factor waits to be confirmed.")
    step = _fitting_step(row, code)
    if step is None:
        raise Unacceptable("This code does not fit. Is the clock of your phone right?", field="code")
    row.last_step, row.confirmed_at = step, timezone.now()
    row.save()
    record(event=events.FACTOR_ADDED, actor=actor, subject_type="user", subject=user.username)
    return _new_codes(row)


def check_code(*, actor: Actor, user: User, code: str) -> str:
    """Takes a code of the app, or a recovery code, and says which of both it was; each serves once.

    Raises ``Refused`` (field ``code``) for a wrong one, which is counted and recorded in a transaction of its
    own, and for any while the factor is locked; ``Conflict`` where the person has none.
    """
    with transaction.atomic():
        row = SecondFactor.objects.select_for_update().filter(user=user, confirmed_at__isnull=False).first()
        if row is None:
            raise Conflict("There is no second factor.", field="code")
        locked = bool(row.locked_until and row.locked_until > timezone.now())
        kind = "" if locked else _take(row, code)
        if kind:
            row.wrong, row.locked_until = 0, None
        elif not locked:
            row.wrong += 1
            if row.wrong >= MOST_WRONG:
                row.wrong, row.locked_until = 0, timezone.now() + LOCKED_FOR
        row.save(update_fields=["last_step", "wrong", "locked_until"])
        if kind == RECOVERY or (not kind and not locked):
            event = events.RECOVERY_USED if kind else events.FACTOR_REFUSED
            left = row.codes.filter(used_at__isnull=True).count()
            record(
                event=event,
                actor=actor,
                subject_type="user",
                subject=user.username,
                payload={"recovery_codes_left": left},
            )
    if locked:
        raise Refused("Too many wrong codes: wait a quarter of an hour.", field="code")
    if not kind:
        raise Refused("This code does not fit, or was used before. Wait for the next one.", field="code")
    return kind


def renew_codes(*, actor: Actor, code: str) -> list[str]:
    """New recovery codes in place of the old ones, against a code of the app; raises as ``check_code``."""
    check_code(actor=actor, user=_person(actor), code=code)
    return _renew(actor=actor)


@verb
def _renew(*, actor: Actor) -> list[str]:
    factor = SecondFactor.objects.select_for_update().get(user=_person(actor), confirmed_at__isnull=False)
    record(event=events.CODES_RENEWED, actor=actor, subject_type="user", subject=actor.name)
    return _new_codes(factor)


def remove_factor(*, actor: Actor, code: str) -> None:
    """Takes away one's own, against a code; raises as ``check_code``."""
    check_code(actor=actor, user=_person(actor), code=code)
    _remove_own(actor=actor)


@verb
def _remove_own(*, actor: Actor) -> None:
    _remove(actor, _person(actor), "by the person, with a code")


@verb
def reset_factor(*, actor: Actor, user: User, reason: str) -> None:
    """An administrator takes away somebody else's, which ends all sessions of that person.

    Raises ``Refused`` for one's own: whoever lost his phone uses a recovery code or asks another one.
    """
    ConfigurationPolicy(actor).require("configure")
    if actor.user is not None and actor.user.pk == user.pk:
        raise Refused("Nobody resets his own second factor; use a recovery code, or ask a colleague.")
    if not reason.strip():
        raise Unacceptable("Say why, and how you made sure who asks.", field="reason")
    _remove(actor, user, reason.strip()[:500])
    end_sessions(actor=actor, user=user, reason="second factor reset")


def _remove(actor: Actor, user: User, reason: str) -> None:
    row = SecondFactor.objects.select_for_update().filter(user=user).first()
    if row is None:
        raise Conflict("There is no second factor.")
    row.delete()
    record(
        event=events.FACTOR_REMOVED, actor=actor, subject_type="user", subject=user.username, reason=reason
    )


def _person(actor: Actor) -> User:
    if actor.kind != "person" or actor.user is None or not actor.is_active:
        raise Refused("Only a person has a second factor.")
    return actor.user


def _secret(row: SecondFactor) -> str:
    try:
        return SEAL.decrypt(row.secret)
    except Unreadable:
        raise Conflict("The stored secret cannot be read; an administrator has to reset it.") from None


def _fitting_step(row: SecondFactor, code: str) -> int | None:
    """The newer time step whose code this is, one step of clock drift either way."""
    typed = "".join(code.split())
    if not (typed.isascii() and typed.isdigit() and len(typed) == 6):
        return None
    totp, now = pyotp.TOTP(_secret(row)), int(timezone.now().timestamp()) // STEP
    fits = [
        step
        for step in (now - 1, now, now + 1)
        if step > row.last_step and secrets.compare_digest(totp.generate_otp(step), typed)
    ]
    return fits[0] if fits else None


def _take(row: SecondFactor, code: str) -> str:
    step = _fitting_step(row, code)
    if step is not None:
        row.last_step = step
        return TOTP
    used = row.codes.filter(digest=_digest(code), used_at__isnull=True).update(used_at=timezone.now())
    return RECOVERY if used else ""


def _digest(code: str) -> str:
    """SHA-256: a code has 80 random bits, so a slow hash would add nothing."""
    return hashlib.sha256("".join(code.split()).replace("-", "").upper().encode()).hexdigest()


def _new_codes(factor: SecondFactor) -> list[str]:
    factor.codes.all().delete()
    plain = [pyotp.random_base32(32)[:16] for _ in range(CODES)]
    RecoveryCode.objects.bulk_create(RecoveryCode(factor=factor, digest=_digest(code)) for code in plain)
    return ["-".join(code[at : at + 4] for at in range(0, 16, 4)) for code in plain]
