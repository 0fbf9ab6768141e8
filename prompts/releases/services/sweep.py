"""What comes due by itself: scheduled releases, ends, emergencies, recertification.

Each step claims its row by compare-and-set in its own transaction: it may run twice, at once, and be killed.
"""

import logging
from collections.abc import Callable, Iterable
from datetime import datetime

from django.db import OperationalError

from audits.identity.actors import Actor
from audits.identity.errors import GovernedError
from audits.identity.verbs import verb
from audits.ledger.services import record
from prompts.registry.models import Prompt
from prompts.releases.events import INHERITED_OVERDUE
from prompts.releases.models import Emergency, GatePolicy, Release
from prompts.releases.selectors import gate_policy_for, open_freeze
from prompts.releases.services.common import subject
from prompts.releases.services.emergency import end_emergency
from prompts.releases.services.freeze import freeze_prompt
from prompts.releases.services.retire import end_retired, ends_due
from prompts.releases.services.schedule import carry_out, due_schedules

log = logging.getLogger("imprimatur.releases")
MOST = 200


def sweep_releases(*, now: datetime) -> int:
    """Does all that is due; returns how much was done. One row that fails does not hold up the others."""
    actor = Actor.system("scheduler")
    ending = Emergency.objects.filter(state=Emergency.State.ACTIVE, ends_at__lte=now)
    late = Emergency.objects.filter(
        confirmed_at__isnull=False, reviewed_at__isnull=True, frozen_at__isnull=True, review_due_at__lte=now
    )
    overdue = Release.objects.filter(
        state=Release.State.LIVE, inherited=True, overdue_at__isnull=True, recertify_by__lte=now
    )
    steps: list[tuple[Iterable[int], Callable[[int], object]]] = [
        (ends_due(now), lambda pk: end_retired(actor=actor, retirement_id=pk, now=now)),
        (_keys(ending), lambda pk: end_emergency(actor=actor, emergency_id=pk, now=now)),
        (_keys(late), lambda pk: freeze_unreviewed(actor=actor, emergency_id=pk, now=now)),
        (_keys(overdue), lambda pk: tell_overdue(actor=actor, release_id=pk, now=now)),
        (due_schedules(now), lambda pk: carry_out(pk, now)),
    ]
    return sum(bool(_done(step, pk)) for keys, step in steps for pk in keys)


def _keys(rows: object) -> list[int]:
    return list(rows.order_by("pk").values_list("pk", flat=True)[:MOST])  # type: ignore[attr-defined]


def _done(step: Callable[[int], object], pk: int) -> object:
    try:
        return step(pk)
    except GovernedError as error:
        log.warning("row %s was left as it is: %s", pk, error)
    except OperationalError:
        raise
    except Exception:
        log.exception("row %s could not be dealt with", pk)
    return False


@verb
def freeze_unreviewed(*, actor: Actor, emergency_id: int, now: datetime) -> bool:
    """Freezes a prompt whose emergency release nobody looked at in time; whether this very call did it."""
    row = Emergency.objects.select_related("prompt", "version__prompt", "environment").get(pk=emergency_id)
    Prompt.objects.select_for_update(of=("self",)).filter(pk=row.prompt_id).first()
    late = Emergency.objects.filter(
        pk=emergency_id, reviewed_at__isnull=True, frozen_at__isnull=True, review_due_at__lte=now
    )
    if late.update(frozen_at=now) != 1:
        return False
    if open_freeze(row.prompt_id) is None:
        name = subject(row.version, row.environment)
        reason = f"Nobody looked at the emergency release of {name} within {row.review_hours} hours."
        freeze_prompt(actor=actor, prompt_id=row.prompt_id, reason=reason)
    return True


@verb
def tell_overdue(*, actor: Actor, release_id: int, now: datetime) -> bool:
    """Says once that an inherited text was not recertified in time; freezes the prompt where the gate
    says so.
    """
    row = Release.objects.select_related("prompt", "version__prompt", "environment").get(pk=release_id)
    Prompt.objects.select_for_update(of=("self",)).filter(pk=row.prompt_id).first()
    due = Release.objects.filter(
        pk=release_id, state=Release.State.LIVE, overdue_at__isnull=True, recertify_by__lte=now
    )
    if due.update(overdue_at=now) != 1:
        return False
    gate = gate_policy_for(row.prompt, row.environment)
    freezes = gate is not None and gate.overdue_inherited == GatePolicy.Overdue.FREEZE
    name = subject(row.version, row.environment)
    payload = {"release": row.pk, "digest": row.version.digest, "freezes": freezes}
    record(event=INHERITED_OVERDUE, actor=actor, subject_type="release", subject=name, payload=payload)
    if freezes and open_freeze(row.prompt_id) is None:
        reason = f"The inherited text {name} was not recertified in time."
        freeze_prompt(actor=actor, prompt_id=row.prompt_id, reason=reason)
    return True
