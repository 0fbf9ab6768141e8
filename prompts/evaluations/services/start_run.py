"""Start and cancel runs. Starting leaves a queued row; the caller has ``dispatch`` send it."""

import uuid
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from audits.identity.actors import Actor
from audits.identity.errors import Conflict, NotThere, Unacceptable
from audits.identity.verbs import verb
from audits.ledger.services import record
from prompts.evaluations.checks import check_decimal
from prompts.evaluations.errors import NotFrozen, NothingToRun
from prompts.evaluations.events import RUN_CANCELLED, RUN_STARTED
from prompts.evaluations.grading_tools import MINILM
from prompts.evaluations.models import CaseSet, Provider, Run
from prompts.evaluations.policies import RunPolicy
from prompts.evaluations.results_digest import rows_digest
from prompts.evaluations.services.budgets import check_prices
from prompts.evaluations.services.case_sets import case_set_of
from prompts.evaluations.services.suites import suite_for
from prompts.evaluations.snapshots import ProviderSnapshot
from prompts.registry.models import Version
from prompts.registry.policies import PromptPolicy

MOST_REPEATS = 50
MOST_VERSIONS = 10
"""Runs that are started together."""
MOST_RESULTS = 100_000
MOST_CONCURRENT = 32
LEAST_BUDGET = Decimal("0.000001")
STOPPABLE = (Run.State.QUEUED, Run.State.RUNNING, Run.State.PAUSED)


def _providers(wanted: Sequence[Provider | int], field: str = "providers") -> list[Provider]:
    ids = list(dict.fromkeys(one.pk if isinstance(one, Provider) else one for one in wanted))
    found = {one.pk: one for one in Provider.objects.filter(pk__in=ids, is_active=True)}
    if not ids or len(found) < len(ids):
        raise NothingToRun("Name at least one provider, all of them in use.", field=field)
    return [found[one] for one in ids]


def _snapshot(provider: Provider) -> dict[str, Any]:
    return ProviderSnapshot(provider.pk, provider.name, provider.kind, provider.model).as_dict()


def _check_embedder(name: str) -> None:
    known = Provider.objects.filter(name=name, kind=Provider.Kind.OPENAI, is_active=True)
    if name and name.lower() not in MINILM and not known.exists():
        raise NothingToRun(f"No provider in use is named {name[:80]!r} and makes vectors.", field="embedder")


def _case_set(actor: Actor, suite_id: int, calls_each: int) -> tuple[int, CaseSet]:
    """The suite's key and its cases as they are now; ``calls_each`` is how often a case is asked."""
    suite = suite_for(actor, suite_id)
    total = suite.cases.filter(is_active=True).count() * calls_each
    if total > MOST_RESULTS:
        raise Unacceptable(
            f"The run would make {total:,} calls; {MOST_RESULTS:,} are the most.", field="repeats"
        )
    found = case_set_of(suite) if suite.is_active else None
    if found is None:
        raise NothingToRun(f"The suite {suite.name} has no case in use.", field="suite")
    return suite.pk, found


@verb
def start_run(
    *,
    actor: Actor,
    version_id: int,
    suite_id: int,
    providers: Sequence[Provider | int],
    trigger: str = Run.Trigger.MANUAL,
    repeats: int = 1,
    concurrency: int = 4,
    key: str | None = None,
    note: str = "",
    judge: Provider | int | None = None,
    embedder: str = "",
    budget: Decimal | str | None = None,
    anew: bool = False,
) -> Run:
    """Queues a run of a frozen version.

    ``judge`` answers assertions that a model decides, ``embedder`` is the name of a provider that turns texts
    into vectors; without one the embedded embedder does. With a ``budget`` in USD the run is paused once so
    much is spent: answers under way are still paid for. A budget, and that of a provider for the month, needs
    prices: where one is unknown, the run is refused.

    ``anew`` asks also what was asked before and whose answer is kept. A ``key`` that was used before gives
    back the run it started, so that starting twice starts once. Raises ``NotThere``, ``Refused``,
    ``NotFrozen``, ``NothingToRun``, ``Unacceptable`` for numbers out of range.
    """
    version = Version.objects.visible_to(actor).select_related("prompt").filter(pk=version_id).first()
    if version is None:
        raise NotThere("There is no such version.")
    PromptPolicy(actor).require("evaluate", version.prompt)
    if not version.is_frozen:
        raise NotFrozen("Submit the draft first: only a frozen version is evaluated.")
    if trigger not in Run.Trigger.values:
        raise Unacceptable(f"There is no trigger {trigger!r}.", field="trigger")
    if not 1 <= repeats <= MOST_REPEATS:
        raise Unacceptable(f"A run repeats between 1 and {MOST_REPEATS} times.", field="repeats")
    if not 1 <= concurrency <= MOST_CONCURRENT:
        raise Unacceptable(f"Between 1 and {MOST_CONCURRENT} calls run at once.", field="concurrency")
    asked = _providers(providers)
    calls_each = len(asked) * repeats
    suite_pk, cases = _case_set(actor, suite_id, calls_each)
    most = None if budget is None else check_decimal(budget, "budget", least=LEAST_BUDGET, most=1_000_000)
    judges = _providers([judge], "judge") if judge is not None else []
    kept = {"budget": most, "collection_id": version.prompt.collection_id}
    check_prices(asked, **kept, field="providers")
    check_prices(judges, **kept, field="judge")
    _check_embedder(embedder)
    run = Run(
        prompt=version.prompt,
        version=version,
        suite_id=suite_pk,
        version_digest=version.digest,
        case_digest=cases.case_digest,
        case_set=cases,
        providers=[_snapshot(one) for one in asked],
        judge=_snapshot(judges[0]) if judges else {},
        embedder=embedder,
        budget=most,
        anew=anew,
        trigger=trigger,
        requested_by=actor.user,
        requested_by_name=actor.name,
        repeats=repeats,
        concurrency=concurrency,
        total=cases.size * calls_each,
        key=key or uuid.uuid4().hex,
        note=note[:500],
    )
    try:
        with transaction.atomic():
            run.save()
    except IntegrityError:
        return _started_before(run)
    _record_start(actor, run)
    return run


@verb
@transaction.atomic
def start_runs(*, actor: Actor, version_ids: Sequence[int], **asked: Any) -> list[Run]:
    """Queues a run for each of these versions, all of the very same cases, or none.

    A version named twice gets two runs, such as one to be held against itself. ``asked`` and errors are as in
    ``start_run``, and hold for each run; there is no ``key``.
    """
    if not 0 < len(version_ids) <= MOST_VERSIONS:
        raise Unacceptable(f"Choose one to {MOST_VERSIONS} versions.", field="version")
    # The first one locks the suite until all are queued, so that nobody changes a case between two of them.
    return [start_run(actor=actor, version_id=one, **asked) for one in version_ids]


def _started_before(run: Run) -> Run:
    found = Run.objects.filter(key=run.key).first()
    if found is None or (found.version_id, found.suite_id) != (run.version_id, run.suite_id):
        raise Conflict(f"The key {run.key[:60]!r} belongs to another run.", field="key")
    return found


def _record_start(actor: Actor, run: Run) -> None:
    payload = {
        "prompt": run.prompt.name,
        "version": run.version.number,
        "digest": run.version_digest,
        "suite": run.suite.name,
        "cases": run.case_digest,
        "providers": [provider["name"] for provider in run.providers],
        "trigger": str(run.trigger),
        "repeats": run.repeats,
        **({"budget": format(run.budget, "f")} if run.budget is not None else {}),
        **({"anew": True} if run.anew else {}),
        **({"judge": run.judge["name"]} if run.judge else {}),
        **({"embedder": run.embedder} if run.embedder else {}),
    }
    record(event=RUN_STARTED, actor=actor, subject_type="run", subject=str(run), payload=payload)


@verb
def cancel_run(*, actor: Actor, run_id: int, reason: str = "") -> Run:
    """Stops a run; results so far stay, the worker notices within seconds. ``Conflict`` if it is over."""
    run = Run.objects.visible_to(actor).select_related("prompt").filter(pk=run_id).first()
    if run is None:
        raise NotThere("There is no such run.")
    RunPolicy(actor).require("cancel", run)
    stopped = Run.objects.filter(pk=run_id, state__in=STOPPABLE).update(
        state=Run.State.CANCELLED, claim="", lease_until=None, finished_at=timezone.now(), note=reason[:500]
    )
    if not stopped:
        raise Conflict(f"{run} is over already.")
    # After the state: no worker stores a result from here on.
    Run.objects.filter(pk=run_id).update(rows_digest=rows_digest(run))
    run.refresh_from_db()
    record(
        event=RUN_CANCELLED,
        actor=actor,
        subject_type="run",
        subject=str(run),
        reason=reason,
        payload={"prompt": run.prompt.name, "results": run.done},
    )
    return run
