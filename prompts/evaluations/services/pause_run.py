"""Pause a run and have it go on. What is answered stays; the caller has ``dispatch`` send what goes on."""

from decimal import Decimal

from audits.identity.actors import Actor
from audits.identity.errors import Conflict, NotThere, Unacceptable
from audits.identity.verbs import verb
from audits.ledger.events import EventKind
from audits.ledger.services import record
from prompts.evaluations.events import RUN_PAUSED, RUN_RESUMED
from prompts.evaluations.models import Run
from prompts.evaluations.policies import RunPolicy


def _run(actor: Actor, run_id: int) -> Run:
    run = Run.objects.visible_to(actor).light().select_for_update(of=("self",)).filter(pk=run_id).first()
    if run is None:
        raise NotThere("There is no such run.")
    return run  # type: ignore[no-any-return]


@verb
def pause_run(*, actor: Actor, run_id: int, reason: str = "") -> Run:
    """Has a run wait; its worker notices within seconds. Raises ``Conflict`` if it is not at work."""
    run = _run(actor, run_id)
    RunPolicy(actor).require("pause", run)
    paused = Run.objects.filter(pk=run_id, state__in=[Run.State.QUEUED, Run.State.RUNNING]).update(
        state=Run.State.PAUSED, claim="", lease_until=None, note=reason[:500]
    )
    if not paused:
        raise Conflict(f"{run} is not at work: it is {run.state}.")
    return _told(actor, run_id, RUN_PAUSED, reason)


@verb
def resume_run(*, actor: Actor, run_id: int, budget: Decimal | None = None) -> Run:
    """Queues a paused run for the rest of its work.

    ``budget`` replaces the most that the run may spend in all, in USD; None leaves it. Raises ``Conflict``
    where the run is not paused, ``Unacceptable`` where nothing is left of its budget.
    """
    run = _run(actor, run_id)
    RunPolicy(actor).require("resume", run)
    if run.state != Run.State.PAUSED:
        raise Conflict(f"{run} is not paused: it is {run.state}.")
    most = run.budget if budget is None else budget
    if most is not None and most <= (run.cost or 0):
        raise Unacceptable(f"{run} has spent {run.cost or 0:f} USD: give it a higher budget.", field="budget")
    Run.objects.filter(pk=run_id, state=Run.State.PAUSED).update(
        state=Run.State.QUEUED, sent_at=None, attempts=0, note="", budget=most
    )
    return _told(actor, run_id, RUN_RESUMED, "")


def _told(actor: Actor, run_id: int, event: EventKind, reason: str) -> Run:
    run = Run.objects.light().get(pk=run_id)
    payload = {"prompt": run.prompt.name, "results": run.done}
    record(event=event, actor=actor, subject_type="run", subject=str(run), reason=reason, payload=payload)
    return run  # type: ignore[no-any-return]
