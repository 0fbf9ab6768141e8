"""Work out the measures of a finished run: metrics, between groups, of refusals, of consistency."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from audits.identity.actors import Actor
from audits.identity.errors import Conflict, NotThere
from prompts.evaluations.calibrated import graders_of
from prompts.evaluations.measures.metrics import metrics
from prompts.evaluations.measures.report import report
from prompts.evaluations.measures.rows import Row
from prompts.evaluations.models import Measured, Run
from prompts.evaluations.selectors import tags_asked

LATELY = timedelta(hours=1)
MOST = 20
PIECE = 500


def measure_run(*, actor: Actor, run: Run) -> Measured:
    """The stored report, made now if need be; it has no part that the cases do not ask for.

    Raises ``NotThere`` for a run that the actor may not see, ``Conflict`` while it is not finished.
    """
    if not Run.objects.visible_to(actor).filter(pk=run.pk).exists():
        raise NotThere("There is no such run.")
    if run.state != Run.State.FINISHED:
        raise Conflict("The run is not finished: nothing is measured over a part of it.")
    return measured(run)


def measured(run: Run) -> Measured:
    """The report of a finished run, for rules that ask whoever looks."""
    there = Measured.objects.filter(run=run).first()
    if there is not None:
        return there
    limit = run.suite.most_difference
    told = report(_rows(run), None if limit is None else float(limit))
    if named := metrics(_named(run)):
        told["metrics"] = named
    if graders := graders_of(run):
        told["graders"] = graders
    made, _ = Measured.objects.get_or_create(
        run=run, defaults={"report": told, "results_digest": run.results_digest}
    )
    return made


def _rows(run: Run) -> Iterator[Row]:
    """Results that hold an answer, of cases that have tags."""
    tags = tags_asked(run)
    found = run.results.exclude(state="error").order_by("pk") if tags else run.results.none()
    told = found.values_list("case_name", "state", "score", "output", "assertions")
    for name, state, score, output, assertions in told.iterator(PIECE):
        if name in tags:
            yield Row.of(name, tags[name], state == "pass", float(score), output, assertions)


def _named(run: Run) -> Iterator[tuple[str, dict[str, float]]]:
    """Each answered result's model with the scores of its metrics."""
    found = run.results.exclude(state="error").order_by("pk")
    return found.values_list("provider__name", "named_scores").iterator(PIECE)


def measure_lately(*, actor: Actor, now: datetime) -> int:
    """Measures runs that have just finished, before anybody opens them; returns how many."""
    rows = Run.objects.filter(state=Run.State.FINISHED, finished_at__gte=now - LATELY, measured=None)
    runs = list(rows.light().order_by("pk")[:MOST])
    for run in runs:
        measure_run(actor=actor, run=run)
    return len(runs)
