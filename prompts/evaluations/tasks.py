"""Tasks: they take ids, may run twice, and call services."""

from celery import shared_task
from django.utils import timezone

from audits.identity.actors import Actor
from prompts.evaluations.dispatch import send_run
from prompts.evaluations.models import Run
from prompts.evaluations.services.kept_answers import forget_kept_answers
from prompts.evaluations.services.measure_run import measure_lately
from prompts.evaluations.services.missed_runs import note_missed
from prompts.evaluations.services.prepare_matrices import prepare_matrices
from prompts.evaluations.services.start_due_runs import start_due_runs
from prompts.evaluations.services.sweep import lost_runs
from prompts.evaluations.services.work_on_run import work_on_run


@shared_task(name="evaluations.run", ignore_result=True)
def run(run_id: int) -> None:
    """Works on a run; what is left after its budget is sent on."""
    found = work_on_run(run_id=run_id)
    if found is not None and found.state == Run.State.QUEUED:
        send_run(found)


@shared_task(name="evaluations.sweep", ignore_result=True)
def sweep() -> None:
    """Sends runs again that nobody works on; measures finished ones and sets them beside others."""
    for lost in lost_runs(now=timezone.now()):
        send_run(lost)
    note_missed(actor=Actor.system("scheduler"), now=timezone.now())
    prepare_matrices(actor=Actor.system("evaluations"), now=timezone.now())
    measure_lately(actor=Actor.system("evaluations"), now=timezone.now())


@shared_task(name="evaluations.forget", ignore_result=True)
def forget() -> None:
    """Throws away kept answers that are too old or too many."""
    forget_kept_answers(now=timezone.now())


@shared_task(name="evaluations.tick", ignore_result=True)
def tick() -> None:
    """Starts the runs whose schedule is due."""
    for started in start_due_runs(actor=Actor.system("scheduler"), now=timezone.now()):
        send_run(started)
