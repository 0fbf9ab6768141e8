"""Wake workers, by registered task name, once the transaction is through."""

import logging
from functools import partial

from celery import current_app
from django.db import transaction
from django.utils import timezone

from prompts.evaluations.models import Run

log = logging.getLogger(__name__)


def send_run(run: Run) -> None:
    """Has a worker look at the run after the commit. A lost broker does no harm: the sweep sends again."""
    transaction.on_commit(partial(_send, run.pk))


def _send(run_id: int) -> None:
    try:
        current_app.send_task("evaluations.run", args=[run_id])
    except Exception as error:  # noqa: BLE001  every transport has errors of its own; the row is the truth
        log.warning("run %s was not sent, the sweep will: %s", run_id, error)
        return
    Run.objects.filter(pk=run_id).update(sent_at=timezone.now())
