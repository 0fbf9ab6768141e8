"""Tasks: they take ids, may run twice, and call services."""

import logging

from celery import shared_task
from celery.exceptions import SoftTimeLimitExceeded
from django.db import OperationalError
from django.utils import timezone

from audits.notices.dispatch import send_to
from audits.notices.selectors import due_endpoints
from audits.notices.services.deliveries import forget_old
from audits.notices.services.endpoints import retire_orphans
from audits.notices.services.send_deliveries import send_deliveries

log = logging.getLogger("imprimatur.notices")

EVERY_SECONDS = 5


@shared_task(name="notices.deliver", ignore_result=True, soft_time_limit=60, time_limit=90)
def deliver(endpoint_id: int) -> None:
    """Sends what is due for one endpoint; what is left after the budget is sent on."""
    try:
        if send_deliveries(endpoint_id=endpoint_id):
            send_to(endpoint_id)
    except (OperationalError, SoftTimeLimitExceeded) as error:
        log.warning("the webhook %s was cut off, the sweep goes on: %r", endpoint_id, error)


@shared_task(name="notices.sweep", ignore_result=True, soft_time_limit=60, time_limit=90)
def sweep() -> None:
    """Turns off what nobody answers for any more, and has due endpoints looked at."""
    retire_orphans()
    for endpoint_id in due_endpoints(timezone.now()):
        send_to(endpoint_id)


@shared_task(name="notices.forget", ignore_result=True, soft_time_limit=60, time_limit=90)
def forget() -> None:
    """Removes rows that have been over for long."""
    forget_old(now=timezone.now())
