"""End a prompt: at once, or on a day that is told ahead."""

from datetime import datetime, timedelta

from django.db.models import F
from django.utils import timezone

from audits.identity.actors import Actor
from audits.identity.errors import Conflict, NotThere
from audits.identity.verbs import verb
from audits.ledger.services import record
from prompts.registry.models import Kind, Prompt
from prompts.registry.uses import require_unused
from prompts.releases.events import PROMPT_RETIRED, RETIREMENT_CANCELLED, RETIREMENT_PLANNED
from prompts.releases.models import Release, Retirement
from prompts.releases.moments import in_time
from prompts.releases.policies import ReleasePolicy
from prompts.releases.selectors import retirement_of
from prompts.releases.services.common import locked_prompt, told

LONGEST_SUNSET = timedelta(days=3 * 366)


@verb
def retire_prompt(
    *,
    actor: Actor,
    prompt_id: int,
    reason: str,
    successor: Prompt | None = None,
    sunset_at: datetime | None = None,
) -> Retirement:
    """Shuts every gate, and withdraws what is live: at once, or at ``sunset_at`` (aware, ahead).

    Until then what is live is served on, marked as deprecated. ``successor`` is the prompt to use instead.
    Raises ``Conflict`` if the prompt is retired already, if it is a fragment in live versions of others, or
    if the successor is itself, retired, or leads back here; ``Unacceptable`` for a moment that is past.
    """
    prompt = locked_prompt(actor, prompt_id)
    ReleasePolicy(actor).require("retire", prompt)
    reason = told(reason)
    known = retirement_of(prompt.pk)
    if known is not None:
        when = f"on {known.sunset_at:%Y-%m-%d}" if known.ended_at is None else "already"
        raise Conflict(f"{prompt.name} is retired {when}.")
    if prompt.kind == Kind.FRAGMENT:
        require_unused(actor, prompt)
    if successor is not None:
        _check_successor(actor, prompt, successor)
    now = timezone.now()
    retirement = Retirement.objects.create(
        prompt=prompt,
        successor=successor,
        reason=reason,
        by=actor.user,
        by_name=actor.name,
        at=now,
        sunset_at=in_time(sunset_at, now, LONGEST_SUNSET) if sunset_at is not None else now,
    )
    if sunset_at is None:
        end_prompt(actor, retirement, now)
    else:
        payload = {
            "successor": successor.name if successor else None,
            "sunset_at": retirement.sunset_at.isoformat(),
        }
        record(
            event=RETIREMENT_PLANNED,
            actor=actor,
            subject_type="prompt",
            subject=prompt.name,
            reason=reason,
            payload=payload,
        )
    return retirement


@verb
def cancel_retirement(*, actor: Actor, prompt_id: int, reason: str) -> None:
    """Calls off an end that is told and has not come. Raises ``Conflict`` where it has, or none was told."""
    prompt = locked_prompt(actor, prompt_id)
    ReleasePolicy(actor).require("retire", prompt)
    reason = told(reason)
    known = retirement_of(prompt.pk)
    if known is None or known.ended_at is not None or known.sunset_at <= timezone.now():
        raise Conflict(f"{prompt.name} is {'not to be retired' if known is None else 'retired for good'}.")
    payload = {"sunset_at": known.sunset_at.isoformat(), "was": known.reason}
    known.delete()
    record(
        event=RETIREMENT_CANCELLED,
        actor=actor,
        subject_type="prompt",
        subject=prompt.name,
        reason=reason,
        payload=payload,
    )


@verb
def end_retired(*, actor: Actor, retirement_id: int, now: datetime) -> bool:
    """The day has come: withdraws what is live; whether this very call did it."""
    row = Retirement.objects.filter(pk=retirement_id).first()
    if row is None:
        return False
    Prompt.objects.select_for_update(of=("self",)).filter(pk=row.prompt_id).first()
    due = Retirement.objects.select_related("prompt", "successor")
    found = due.filter(pk=retirement_id, ended_at__isnull=True, sunset_at__lte=now).first()
    if found is None:
        return False
    end_prompt(actor, found, now)
    return True


def end_prompt(actor: Actor, retirement: Retirement, now: datetime) -> None:
    """Withdraws every live release of the prompt, whose lock the caller holds. Part of a verb."""
    prompt, successor = retirement.prompt, retirement.successor
    live = Release.objects.filter(prompt=prompt, state=Release.State.LIVE)
    withdrawn = sorted(live.values_list("environment__slug", flat=True))
    live.update(state=Release.State.WITHDRAWN, ended_at=now, ended_by_name=actor.name)
    retirement.ended_at = now
    retirement.save(update_fields=["ended_at"])
    record(
        event=PROMPT_RETIRED,
        actor=actor,
        subject_type="prompt",
        subject=prompt.name,
        reason=retirement.reason,
        payload={"successor": successor.name if successor else None, "withdrawn_from": withdrawn},
    )


def ends_due(now: datetime) -> list[int]:
    """Keys of retirements whose day has come and that were told ahead."""
    rows = Retirement.objects.filter(ended_at__isnull=True, sunset_at__lte=now).exclude(sunset_at=F("at"))
    return list(rows.values_list("pk", flat=True)[:200])


def _check_successor(actor: Actor, prompt: Prompt, successor: Prompt) -> None:
    if not Prompt.objects.visible_to(actor).filter(pk=successor.pk).exists():
        raise NotThere("There is no such prompt.", field="successor")
    if successor.pk == prompt.pk:
        raise Conflict("A prompt does not succeed itself.", field="successor")
    if retirement_of(successor.pk) is not None:
        raise Conflict(f"{successor.name} is retired itself, or about to be.", field="successor")
