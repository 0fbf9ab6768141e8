"""The web's own look at scheduled runs: it also works while scheduler and workers are dead."""

import logging

from django.db import DatabaseError
from django.utils import timezone

from audits.identity.actors import Actor
from prompts.evaluations.services.missed_runs import note_missed

log = logging.getLogger(__name__)


def watch_schedules() -> None:
    """Notes scheduled runs that did not start; a page that asks for it is shown whatever comes of that."""
    try:
        note_missed(actor=Actor.system("portal"), now=timezone.now())
    except DatabaseError:
        log.exception("scheduled runs could not be watched")
