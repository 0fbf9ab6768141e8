"""What the scheduler has this room do."""

import logging

from celery import shared_task
from django.db import OperationalError
from django.utils import timezone

from prompts.releases.services.sweep import sweep_releases

log = logging.getLogger("imprimatur.releases")


@shared_task(name="releases.sweep", ignore_result=True, soft_time_limit=120, time_limit=150)
def sweep() -> None:
    """Carries out what is due; may run twice and at once, and the next call goes on where this one
    stopped.
    """
    try:
        sweep_releases(now=timezone.now())
    except OperationalError as error:
        log.warning("the database was busy, the next call goes on: %s", error)
