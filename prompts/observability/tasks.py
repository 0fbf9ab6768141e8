"""What the scheduler has this room do."""

import logging

from celery import shared_task
from celery.exceptions import SoftTimeLimitExceeded
from django.db import OperationalError
from django.utils import timezone

from prompts.observability.services.compare_calls import compare_when_due
from prompts.observability.services.digest_hours import digest_hours

log = logging.getLogger("imprimatur.observability")


@shared_task(name="observability.digest", ignore_result=True, soft_time_limit=240, time_limit=280)
def digest() -> None:
    """Digests the hours that are over; may run twice and at once, and the next call goes on."""
    try:
        digest_hours(now=timezone.now())
    except OperationalError as error:
        log.warning("the database was busy, the next call digests: %s", error)


@shared_task(name="observability.compare", ignore_result=True, soft_time_limit=540, time_limit=600)
def compare() -> None:
    """Compares the calls with the log when that is due; what was cut off is gone on with by a later call."""
    try:
        compare_when_due(now=timezone.now())
    except (OperationalError, SoftTimeLimitExceeded) as error:
        log.warning("the comparison of the model calls was cut off, a later call goes on: %r", error)
