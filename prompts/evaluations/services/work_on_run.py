"""Do the work of a run: ask, grade, store. Safe to call twice, at once, and after a kill at any moment.

Models are asked in threads, outside any transaction; only this function's own thread touches the database.
"""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from queue import Empty, SimpleQueue

from audits.identity.errors import GovernedError
from prompts.evaluations.answering import MOST_TEXT, Item, Outcome, compares, work_on
from prompts.evaluations.graders import Tools
from prompts.evaluations.judging import Judge
from prompts.evaluations.models import Provider, Result, Run
from prompts.evaluations.providers import Answer, Model, NotNow
from prompts.evaluations.rendering import question_for
from prompts.evaluations.safety.canaries import planted, with_hidden_line
from prompts.evaluations.selectors import asked_in_order
from prompts.evaluations.services.budgets import has_budget, why_spent
from prompts.evaluations.services.claims import WORKER, Lost, beat, claim, finish, give_back, hold
from prompts.evaluations.services.kept_answers import KeptAnswers
from prompts.evaluations.services.run_models import asked_of, bench_of, models_of, prices_of
from prompts.evaluations.snapshots import CaseSnapshot
from prompts.registry.fragments import partials_of

BUDGET_SECONDS = 240.0
"""One task works no longer than this and then hands the rest on: well under the task's time limit."""
BEAT_SECONDS = 5.0
GRACE_SECONDS, JUDGES_GRACE_SECONDS = 30.0, 120.0
"""How long beyond that a question may wait for its turn at a provider; a judge longer, lest an answer that
was paid for be asked for again."""
STORE_SECONDS = 0.25
"""How long an answer waits to be stored: so many are asked again after a kill."""
MOST_READY, MOST_CHARACTERS = 500, 5_000_000
IN_LINE = 64
"""So many pieces wait at least for a thread, or twice as many as there are threads: a worker that stores what
came back hands out none meanwhile."""
TURN_SECONDS = 20.0
"""After so long a run makes way where others wait for a worker, and goes to the end of the queue."""


def work_on_run(*, run_id: int, budget_seconds: float = BUDGET_SECONDS) -> Run | None:
    """Works on a run until it is finished or the budget is used up.

    Returns the run: finished, or queued again when there is more to do (the caller sends it again). None if
    there was nothing to claim, or the run was lost meanwhile (cancelled, or taken over).
    """
    run = claim(run_id)
    if run is None:
        return None
    try:
        end = time.monotonic() + budget_seconds
        with ExitStack() as stack:
            shelf = stack.enter_context(KeptAnswers(anew=run.anew, providers=asked_of(run)))
            models, providers = models_of(run, stack, end + GRACE_SECONDS, shelf)
            judge, tools = bench_of(run, stack, end + JUDGES_GRACE_SECONDS, shelf)
            work = _worker(run, models, judge, tools)
            if why := why_spent(run):
                return hold(run, why)
            if not _work(run, _open_pieces(run, providers), work, end, shelf):
                return hold(run, why) if (why := why_spent(run)) else give_back(run)
        return finish(run)
    except Lost:
        return None


@dataclass(frozen=True, slots=True)
class Piece:
    """Work for one thread: one case and one repeat, asked of one provider, or of all that are compared."""

    case: CaseSnapshot
    repeat: int
    asked: Sequence[Provider]


def _open_pieces(run: Run, providers: dict[int, Provider]) -> Iterator[Piece]:
    """What has no result yet. A big run is never in memory as a whole.

    Answers that are compared with each other are one piece of work, stored together.
    """
    everyone, begun = list(providers.values()), run.done > 0
    for cases in asked_in_order(run):
        there: set[tuple[str, int, int]] = set()
        if begun:
            rows = run.results.filter(case_name__in=[case.name for case in cases])
            there.update(rows.values_list("case_name", "provider_id", "repeat"))
        for case in cases:
            together = compares(case)
            for repeat in range(1, run.repeats + 1):
                wanted = [one for one in everyone if (case.name, one.pk, repeat) not in there]
                if wanted and together:
                    yield Piece(case, repeat, everyone)
                    continue
                for one in wanted:
                    yield Piece(case, repeat, [one])


def _worker(
    run: Run, models: Mapping[int, Model], judge: Judge | None, tools: Tools
) -> Callable[[Piece], list[Outcome]]:
    """What a thread does with a piece; it touches no database."""
    version, partials = run.version, partials_of(WORKER, run.version)

    def work(piece: Piece) -> list[Outcome]:
        question, fault, case = None, "", planted(piece.case)
        try:
            question = with_hidden_line(question_for(WORKER, version, case.vars, partials), case)
        except GovernedError as error:
            fault = f"The prompt cannot be filled in: {error.message}"
        items = [Item(case, one.pk, piece.repeat, prices_of(one), question, fault) for one in piece.asked]
        return work_on(items, models, tools, judge)

    return work


def _work(
    run: Run,
    pieces: Iterator[Piece],
    work: Callable[[Piece], list[Outcome]],
    deadline: float,
    shelf: KeptAnswers,
) -> bool:
    """Whether everything was done within the budget of time and money; raises ``Lost``.

    As many pieces are asked at once as the run allows; some more wait in line, so that no thread is idle
    while results are stored. Once time or money is used up, or the run is lost, these are not asked any more;
    what was asked is stored, and what had no turn at its provider is left. A run with a budget of money has
    none in line, and stores each round.
    """
    frugal = has_budget(run)
    most_ready = run.concurrency if frugal else MOST_READY
    in_line = 0 if frugal else max(2 * run.concurrency, IN_LINE)
    pool = ThreadPoolExecutor(max_workers=run.concurrency, thread_name_prefix=f"run-{run.pk}")
    returned: SimpleQueue[Future[list[Outcome]]] = SimpleQueue()
    waiting: set[Future[list[Outcome]]] = set()
    ready: list[Result] = []
    last_beat, turn = time.monotonic(), time.monotonic() + TURN_SECONDS
    exhausted, stopped, left, size = False, False, False, 0
    try:
        while True:
            stopped = stopped or time.monotonic() >= deadline
            while not (exhausted or stopped) and len(waiting) < run.concurrency + in_line:
                piece = next(pieces, None)
                if piece is None:
                    exhausted = True
                else:
                    waiting.add(asked := pool.submit(work, piece))
                    asked.add_done_callback(returned.put)
            if stopped and (unasked := {future for future in waiting if future.cancel()}):
                waiting, left = waiting - unasked, True
            patience = STORE_SECONDS if ready else BEAT_SECONDS
            for future in _taken(returned, patience if waiting else 0):
                waiting.discard(future)
                if future.cancelled():
                    continue
                try:
                    rows = [_row(run, outcome) for outcome in future.result()]
                except NotNow:
                    left = True
                    continue
                ready += rows
                size += sum(len(row.output) + len(row.received) for row in rows)
            full = len(ready) >= most_ready or size >= MOST_CHARACTERS
            if not waiting or full or time.monotonic() - last_beat >= patience:
                beat(run, ready)
                shelf.store()
                ready, size, last_beat = [], 0, time.monotonic()
                stopped = stopped or bool(why_spent(run))
            if not stopped and time.monotonic() >= turn:
                stopped, turn = _others_wait(run), time.monotonic() + BEAT_SECONDS
            if not waiting and (exhausted or stopped):
                return exhausted and not left
    finally:
        pool.shutdown(wait=False, cancel_futures=True)


def _others_wait(run: Run) -> bool:
    return Run.objects.filter(state=Run.State.QUEUED).exclude(pk=run.pk).exists()


def _taken(
    returned: "SimpleQueue[Future[list[Outcome]]]", seconds: float
) -> Iterator["Future[list[Outcome]]"]:
    """What has come back; waits so long for the first."""
    with suppress(Empty):
        yield returned.get(timeout=seconds) if seconds else returned.get_nowait()
        while True:
            yield returned.get_nowait()


def _row(run: Run, outcome: Outcome) -> Result:
    item, answer = outcome.item, outcome.answer or Answer("")
    row = Result(
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
        kept_from=answer.kept_from,
    )
    row.received = _storable(outcome.raw)
    return row


def _storable(text: str) -> str:
    """What a database can hold of a model's text: no NUL, no lone surrogate, an end."""
    return text[:MOST_TEXT].replace("\x00", "\ufffd").encode("utf-8", "replace").decode("utf-8")
