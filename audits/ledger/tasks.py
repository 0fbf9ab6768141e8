"""What the scheduler has the ledger do."""

import logging

from celery import shared_task
from django.db import OperationalError

from audits.ledger.services import integrate

log = logging.getLogger("imprimatur.ledger")


@shared_task(name="ledger.integrate", soft_time_limit=60, time_limit=90)
def integrate_events() -> None:
    """Takes new events into the tree; may run twice and at once, and the next call repeats a failed one."""
    try:
        integrate()
    except OperationalError as error:
        log.warning("the database was busy, the next call integrates: %s", error)
