"""Work out the matrix of runs that have just finished, before anybody opens it."""

from datetime import datetime, timedelta

from audits.identity.actors import Actor
from prompts.evaluations.models import Run
from prompts.evaluations.selectors import baseline_of
from prompts.evaluations.services.compare_runs import compare_runs

LATELY = timedelta(hours=1)
MOST = 20


def prepare_matrices(*, actor: Actor, now: datetime) -> int:
    """Compares lately finished runs with what their page would; returns how many. What is there stays."""
    rows = Run.objects.filter(state=Run.State.FINISHED, finished_at__gte=now - LATELY, compared_to=None)
    made = 0
    for run in rows.light().order_by("pk")[:MOST]:
        other = baseline_of(run)
        if other is not None:
            compare_runs(actor=actor, left=other, right=run)
            made += 1
    return made
