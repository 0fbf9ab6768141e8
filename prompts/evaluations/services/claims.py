"""Whose a run is: claimed by compare-and-set, kept by a heartbeat, given back, finished once.

Every write of a worker asks first whether the run is still its own. A worker that was thought dead and comes
back, or a run that was cancelled meanwhile, writes nothing more.
"""

import uuid
from collections import Counter
from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import Count, F, Q, Sum
from django.db.models.functions import Coalesce
from django.utils import timezone

from audits.adminkit.bulk import insert_rows
from audits.identity.actors import Actor
from audits.ledger.services import record
from prompts.evaluations.events import RUN_FAILED, RUN_FINISHED, RUN_PAUSED
from prompts.evaluations.models import AskedCase, Result, Run
from prompts.evaluations.results_digest import results_digest, rows_digest
from prompts.evaluations.selectors import weights_in_order
from prompts.evaluations.services.answering_models import note_models
from prompts.evaluations.services.budgets import spend, tell_spent
from prompts.evaluations.services.raw_answers import keep_raw

LEASE = timedelta(seconds=30)
MOST_ATTEMPTS = 3
WORKER = Actor.system("evaluations")


class Lost(Exception):
    """The run is no longer this worker's: cancelled, or taken over after a lease that passed."""


def claim(run_id: int) -> Run | None:
    """The run, now this worker's; None if it is over or somebody else's.

    Each claim without a result in between counts as an attempt; after ``MOST_ATTEMPTS`` the run fails: a case
    which brings workers down is not tried for ever.
    """
    now, token = timezone.now(), uuid.uuid4().hex
    with transaction.atomic():
        taken = (
            Run.objects.filter(pk=run_id)
            .claimable(now)
            .update(state=Run.State.RUNNING, claim=token, lease_until=now + LEASE, attempts=F("attempts") + 1)
        )
        if not taken:
            return None
        Run.objects.filter(pk=run_id, started_at__isnull=True).update(started_at=now)
        run = Run.objects.select_related("version__prompt", "prompt", "suite", "case_set").get(pk=run_id)
        if run.attempts > MOST_ATTEMPTS:
            _fail(run, f"The worker was lost {MOST_ATTEMPTS} times without a new result.")
            return None
    return run


def _mine(run: Run) -> "Q":
    return Q(pk=run.pk, state=Run.State.RUNNING, claim=run.claim)


def beat(run: Run, results: Sequence[Result] = ()) -> None:
    """Lengthens the lease, and stores results in the same transaction; raises ``Lost`` where it is another's.

    A result that is there already stays as it is. Progress and cost are added up, not counted anew: the
    update of the run's row comes first and keeps every other writer out.
    """
    with transaction.atomic():
        progress = {"attempts": 1} if results else {}
        if not Run.objects.filter(_mine(run)).update(lease_until=timezone.now() + LEASE, **progress):
            raise Lost
        if new := _new(run, results):
            insert_rows(new)
            keep_raw(run, new)
            spend(run, new)
            Run.objects.filter(pk=run.pk).update(**_added(new))


def _new(run: Run, results: Sequence[Result]) -> list[Result]:
    """Those that are not there yet, each once."""
    names = {result.case_name for result in results}
    rows = run.results.filter(case_name__in=names) if names else Result.objects.none()
    there = set(rows.values_list("case_name", "provider_id", "repeat"))
    new = {(one.case_name, one.provider_id, one.repeat): one for one in reversed(results)}
    return [one for key, one in new.items() if key not in there]


def _added(new: Sequence[Result]) -> dict[str, Any]:
    states = Counter(str(result.state) for result in new)
    told = {"passed": F("passed") + states["pass"], "failed": F("failed") + states["fail"]}
    costs = [cost for one in new for cost in (one.cost, one.judge_cost) if cost is not None]
    if costs:
        told["cost"] = Coalesce(F("cost"), Decimal(0)) + sum(costs, Decimal(0))
    return {**told, "errors": F("errors") + states["error"]}


def hold(run: Run, note: str) -> Run:
    """Pauses a run whose budget is used up, as ``note`` says; raises ``Lost`` where it is another's."""
    with transaction.atomic():
        held = Run.objects.filter(_mine(run)).update(
            state=Run.State.PAUSED, claim="", lease_until=None, note=note, attempts=0
        )
        if not held:
            raise Lost
        run.refresh_from_db()
        payload = {"prompt": run.prompt.name, "results": run.done}
        record(
            event=RUN_PAUSED, actor=WORKER, subject_type="run", subject=str(run), reason=note, payload=payload
        )
        tell_spent(actor=WORKER, run=run, reason=note)
    return run


def _counts(run: Run) -> dict[str, int]:
    found = dict(run.results.values_list("state").annotate(count=Count("pk")).order_by())
    return {"passed": found.get("pass", 0), "failed": found.get("fail", 0), "errors": found.get("error", 0)}


def give_back(run: Run) -> Run:
    """Queues the run again, for the rest of it; not an attempt that failed."""
    Run.objects.filter(_mine(run)).update(
        state=Run.State.QUEUED, claim="", lease_until=None, sent_at=None, attempts=0
    )
    run.refresh_from_db()
    return run


def pass_rate(run: Run) -> Decimal:
    """The weighted pass rate, 0…1, with results and weights read piece by piece.

    An error counts as not passed. Where all weights are 0 every case counts alike.
    """
    members = AskedCase.objects.filter(case_set=run.case_set_id)
    weights = {Decimal(weight) for (weight,) in members.values_list("text__weight").distinct()}
    if len(weights) < 2 or not any(weights):
        counts = _counts(run)
        return _share(Decimal(counts["passed"]), Decimal(sum(counts.values())))
    passed = total = Decimal(0)
    for piece in weights_in_order(run):
        rows = run.results.filter(case_name__in=piece).values_list("case_name")
        for name, good, count in rows.annotate(
            good=Count("pk", filter=Q(state="pass")), all=Count("pk")
        ).order_by():
            passed, total = passed + piece[name] * good, total + piece[name] * count
    return _share(passed, total)


def _share(part: Decimal, whole: Decimal) -> Decimal:
    return (part / whole).quantize(Decimal("0.000001")) if whole else Decimal(0)


def finish(run: Run) -> Run:
    """Closes the run with its figures, once; raises ``Lost`` where it is another's.

    The figures are worked out before the transaction: nobody else writes results while the run is this
    worker's, and nothing is locked meanwhile.
    """
    figures: dict[str, Any] = {
        **_counts(run),
        "score": pass_rate(run),
        "cost": _spent(run),
        "results_digest": results_digest(run),
        "rows_digest": rows_digest(run),
    }
    with transaction.atomic():
        figures["answered_by"] = note_models(actor=WORKER, run=run)
        finished = Run.objects.filter(_mine(run)).update(
            state=Run.State.FINISHED, claim="", lease_until=None, finished_at=timezone.now(), **figures
        )
        if not finished:
            raise Lost
        run.refresh_from_db()
        payload = {
            "prompt": run.prompt.name,
            "version": run.version.number,
            "digest": run.version_digest,
            "suite": run.suite.name,
            "passed": run.passed,
            "failed": run.failed,
            "errors": run.errors,
            "score": format(figures["score"], "f"),
            "results": run.results_digest,
            **({"judge": run.judge["name"]} if run.judge else {}),
        }
        record(event=RUN_FINISHED, actor=WORKER, subject_type="run", subject=str(run), payload=payload)
    return run


def _spent(run: Run) -> Decimal | None:
    """USD of answers and of the judge; None where no price is known."""
    found = run.results.aggregate(answers=Sum("cost"), judge=Sum("judge_cost"))
    told = [value for value in found.values() if value is not None]
    return sum(told, Decimal(0)) if told else None


def _fail(run: Run, note: str) -> None:
    Run.objects.filter(_mine(run)).update(
        state=Run.State.FAILED,
        claim="",
        lease_until=None,
        finished_at=timezone.now(),
        note=note,
        rows_digest=rows_digest(run),
    )
    payload = {"prompt": run.prompt.name, "results": run.done}
    record(event=RUN_FAILED, actor=WORKER, subject_type="run", subject=str(run), reason=note, payload=payload)
