"""What the scheduler has the portal do."""

import logging

from celery import shared_task
from django.db import OperationalError

from portal.services.tell_people import tell_people

log = logging.getLogger("imprimatur.portal")


@shared_task(name="portal.tell", ignore_result=True, soft_time_limit=60, time_limit=90)
def tell() -> None:
    """Tells people what happened; may run twice and at once, and the next call repeats a failed one."""
    try:
        tell_people()
    except OperationalError as error:
        log.warning("the database was busy, the next call tells: %s", error)
