"""What the scheduler has the ledger do."""

import logging

from celery import shared_task
from django.db import OperationalError

from audits.ledger.keys import CannotSign, KeyUnusable
from audits.ledger.models import Alarm
from audits.ledger.outside import RolledBack
from audits.ledger.services import integrate
from audits.ledger.services.alarms import end_alarms, raise_alarm
from audits.ledger.services.publish_checkpoints import publish_checkpoints
from audits.ledger.services.sequence_events import SEQUENCER

log = logging.getLogger("imprimatur.ledger")


@shared_task(name="ledger.integrate", soft_time_limit=60, time_limit=90)
def integrate_events() -> None:
    """Takes new events into the tree; may run twice and at once, and the next call repeats a failed one.

    Where it may not sign, recording goes on, what is recorded waits, and an alarm is raised.
    """
    try:
        integrate()
        end_alarms(actor=SEQUENCER, kinds=(Alarm.Kind.STANDING, Alarm.Kind.ROLLED_BACK))
    except KeyUnusable as error:
        _alarm(Alarm.Kind.STANDING, error)
    except RolledBack as error:
        _alarm(Alarm.Kind.ROLLED_BACK, error)
    except OperationalError as error:
        log.warning("the database was busy, the next call integrates: %s", error)


def _alarm(kind: Alarm.Kind, error: CannotSign) -> None:
    log.error("nothing is signed: %s", error)
    raise_alarm(actor=SEQUENCER, kind=kind, reason=str(error))


@shared_task(name="ledger.publish", ignore_result=True, soft_time_limit=60, time_limit=90)
def publish() -> None:
    """Hands new checkpoints to the places outside; may run twice and at once."""
    try:
        publish_checkpoints()
    except OperationalError as error:
        log.warning("the database was busy, the next call publishes: %s", error)
