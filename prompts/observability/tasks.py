"""What the scheduler has this room do."""

import logging

from celery import shared_task
from django.db import OperationalError
from django.utils import timezone

from prompts.observability.services.digest_hours import digest_hours

log = logging.getLogger("imprimatur.observability")


@shared_task(name="observability.digest", ignore_result=True, soft_time_limit=240, time_limit=280)
def digest() -> None:
    """Digests the hours that are over; may run twice and at once, and the next call goes on."""
    try:
        digest_hours(now=timezone.now())
    except OperationalError as error:
        log.warning("the database was busy, the next call digests: %s", error)
