"""Tasks: they take ids, may run twice, and call services."""

import logging

from celery import shared_task
from celery.exceptions import SoftTimeLimitExceeded
from django.db import OperationalError
from django.utils import timezone

from audits.exports.dispatch import send_export
from audits.exports.services.keep_exports import expire_exports, lost_exports
from audits.exports.services.retain import retain
from audits.exports.services.verify_trail import verify_when_due
from audits.exports.services.work_on_export import work_on_export

log = logging.getLogger("imprimatur.exports")
LONGEST = 6 * 3600
"""Seconds. A broker that hands the message out again meanwhile does no harm: the row is claimed."""


@shared_task(name="exports.make", ignore_result=True, soft_time_limit=LONGEST, time_limit=LONGEST + 60)
def make(export_id: int) -> None:
    """Makes the file of an export; what was cut off is gone on with after its lease."""
    try:
        work_on_export(export_id=export_id)
    except (OperationalError, SoftTimeLimitExceeded) as error:
        log.warning("export %s was cut off, the sweep goes on: %r", export_id, error)


@shared_task(name="exports.sweep", ignore_result=True, soft_time_limit=60, time_limit=90)
def sweep() -> None:
    """Sends exports again that nobody works on, and removes files whose time is over."""
    now = timezone.now()
    for lost in lost_exports(now=now):
        send_export(lost)
    expire_exports(now=now)


@shared_task(name="exports.verify", ignore_result=True, soft_time_limit=540, time_limit=600)
def verify() -> None:
    """Verifies the log when that is due; what was cut off is gone on with by a later call."""
    try:
        verify_when_due(now=timezone.now())
    except (OperationalError, SoftTimeLimitExceeded) as error:
        log.warning("the verification of the log was cut off, a later call goes on: %r", error)


@shared_task(name="exports.retain", ignore_result=True, soft_time_limit=240, time_limit=300)
def retention() -> None:
    """Erases content whose period is over, a part of it; may run twice and at once, a later call goes on."""
    try:
        retain(now=timezone.now())
    except (OperationalError, SoftTimeLimitExceeded) as error:
        log.warning("erasing what is due was cut off, a later call goes on: %r", error)
