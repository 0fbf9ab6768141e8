"""Do the work of a run: ask, grade, store. Safe to call twice, at once, and after a kill at any moment.

Models are asked in threads, outside any transaction; only this function's own thread touches the database.
"""

import time
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import ExitStack

from audits.identity.errors import GovernedError
from prompts.evaluations.answering import MOST_TEXT, Item, Outcome, compares, work_on
from prompts.evaluations.connections import endpoint_of, recorded_answers
from prompts.evaluations.costs import Prices
from prompts.evaluations.graders import Tools
from prompts.evaluations.grading_tools import bench_for
from prompts.evaluations.judging import Judge
from prompts.evaluations.models import Provider, Result, Run
from prompts.evaluations.providers import Answer, Model, ProviderFault, Question, connect
from prompts.evaluations.rendering import question_for
from prompts.evaluations.services.claims import WORKER, Lost, beat, claim, finish, give_back, hold, is_spent
from prompts.evaluations.snapshots import CaseSnapshot, ProviderSnapshot

BUDGET_SECONDS = 240.0
"""One task works no longer than this and then hands the rest on: well under the task's time limit."""
BEAT_SECONDS = 5.0
STORE_SECONDS = 1.0
BATCH = 25


def work_on_run(*, run_id: int, budget_seconds: float = BUDGET_SECONDS) -> Run | None:
    """Works on a run until it is finished or the budget is used up.

    Returns the run: finished, or queued again when there is more to do (the caller sends it again). None if
    there was nothing to claim, or the run was lost meanwhile (cancelled, or taken over).
    """
    run = claim(run_id)
    if run is None:
        return None
    try:
        with ExitStack() as stack:
            models, providers = _models(run, stack)
            judge, tools = _bench(run, stack)

            def work(items: list[Item]) -> list[Outcome]:
                return work_on(items, models, tools, judge)

            if is_spent(run):
                return hold(run)
            if not _work(run, _open_items(run, providers), work, budget_seconds):
                return hold(run) if is_spent(run) else give_back(run)
        return finish(run)
    except Lost:
        return None


def _models(run: Run, stack: ExitStack) -> tuple[dict[int, Model], dict[int, Provider]]:
    """Something to ask for each provider of the run; one that cannot be used answers with its fault."""
    wanted = [ProviderSnapshot.read(stored).id for stored in run.providers]
    found = Provider.objects.in_bulk(wanted)
    providers = {pk: found[pk] for pk in wanted if pk in found}
    return {pk: _model(provider, stack) for pk, provider in providers.items()}, providers


def _bench(run: Run, stack: ExitStack) -> tuple[Judge | None, Tools]:
    """The run's judge, and what else its assertions may ask."""
    row = Provider.objects.get(pk=ProviderSnapshot.read(run.judge).id) if run.judge else None
    judge = Judge(row.name, _model(row, stack), _prices(row)) if row else None
    return judge, bench_for(stack, judge=row, embedder=run.embedder)


def _prices(provider: Provider) -> Prices:
    return Prices(provider.price_in, provider.price_out, provider.price_cached)


def _model(provider: Provider, stack: ExitStack) -> Model:
    try:
        return stack.enter_context(connect(endpoint_of(provider), recorded_answers(provider)))
    except (ProviderFault, GovernedError) as error:
        message = error.message

        def refuse(question: Question) -> Answer:
            raise ProviderFault(message)

        return refuse


def _open_items(run: Run, providers: dict[int, Provider]) -> Iterator[list[Item]]:
    """What has no result yet, rendered one case at a time: a big run is never in memory as a whole.

    Answers that are compared with each other are one piece of work, stored together.
    """
    there = set(run.results.values_list("case_name", "provider_id", "repeat"))
    for stored in run.cases:
        case = CaseSnapshot.read(stored)
        together = compares(case)
        rendered: tuple[Question | None, str] | None = None
        for repeat in range(1, run.repeats + 1):
            wanted = [one for one in providers.values() if (case.name, one.pk, repeat) not in there]
            if not wanted:
                continue
            rendered = rendered or _question(run, case)
            wanted = list(providers.values()) if together else wanted
            items = [Item(case, one.pk, repeat, _prices(one), *rendered) for one in wanted]
            yield from [items] if together else [[item] for item in items]


def _question(run: Run, case: CaseSnapshot) -> tuple[Question | None, str]:
    try:
        return question_for(WORKER, run.version, case.vars), ""
    except GovernedError as error:
        return None, f"The prompt cannot be filled in: {error.message}"


def _work(
    run: Run, pieces: Iterator[list[Item]], work: Callable[[list[Item]], list[Outcome]], budget: float
) -> bool:
    """Whether everything was done within the budget of time and money; raises ``Lost``.

    Results are stored in batches. Once the money is used up nothing more is asked; what was asked is stored.
    """
    deadline = time.monotonic() + budget
    pool = ThreadPoolExecutor(max_workers=run.concurrency, thread_name_prefix=f"run-{run.pk}")
    waiting: set[Future[list[Outcome]]] = set()
    ready: list[Result] = []
    last_beat, exhausted = time.monotonic(), False
    spent = False
    try:
        while True:
            while not (exhausted or spent) and len(waiting) < run.concurrency and time.monotonic() < deadline:
                piece = next(pieces, None)
                if piece is None:
                    exhausted = True
                else:
                    waiting.add(pool.submit(work, piece))
            done, waiting = wait(waiting, timeout=BEAT_SECONDS, return_when=FIRST_COMPLETED)
            ready += [_row(run, outcome) for future in done for outcome in future.result()]
            ended = not waiting and (exhausted or spent or time.monotonic() >= deadline)
            quiet = time.monotonic() - last_beat
            if ended or len(ready) >= BATCH or quiet >= (STORE_SECONDS if ready else BEAT_SECONDS):
                beat(run, ready)
                ready, last_beat = [], time.monotonic()
                spent = is_spent(run)
            if ended:
                return exhausted
    finally:
        pool.shutdown(wait=False, cancel_futures=True)


def _row(run: Run, outcome: Outcome) -> Result:
    item, answer = outcome.item, outcome.answer or Answer("")
    return Result(
        run=run,
        case_id=item.case.case_id,
        case_name=item.case.name,
        case_digest=item.case.digest,
        provider_id=item.provider_id,
        repeat=item.repeat,
        state=outcome.state,
        score=outcome.score,
        output=_storable(answer.output),
        reasoning=_storable(answer.reasoning),
        tool_calls=answer.tool_calls,
        error=_storable(outcome.error)[:1000],
        assertions=outcome.assertions,
        named_scores=outcome.named_scores,
        latency_ms=answer.latency_ms,
        input_tokens=answer.input_tokens,
        output_tokens=answer.output_tokens,
        cached_tokens=answer.cached_tokens,
        reasoning_tokens=answer.reasoning_tokens,
        cost=outcome.cost,
        finish_reason=_storable(answer.finish_reason)[:40],
        response_model=_storable(answer.response_model)[:200],
        label=answer.label[:200],
        judged_by=_storable(outcome.judged_by)[:300],
        judge_cost=outcome.judge_cost,
    )


def _storable(text: str) -> str:
    """What a database can hold of a model's text: no NUL, no lone surrogate, an end."""
    return text[:MOST_TEXT].replace("\x00", "\ufffd").encode("utf-8", "replace").decode("utf-8")
