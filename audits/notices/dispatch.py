"""Wake workers, by registered task name, once the transaction is through."""

import logging
from functools import partial

from celery import current_app
from django.db import transaction

log = logging.getLogger(__name__)


def send_to(endpoint_id: int) -> None:
    """Has a worker look at the endpoint after the commit. Without a broker the sweep repeats it."""
    transaction.on_commit(partial(_send, endpoint_id))


def _send(endpoint_id: int) -> None:
    try:
        current_app.send_task("notices.deliver", args=[endpoint_id])
    except Exception as error:  # noqa: BLE001  every transport has errors of its own; the rows are the truth
        log.warning("the webhook %s was not sent, the sweep will: %s", endpoint_id, error)
