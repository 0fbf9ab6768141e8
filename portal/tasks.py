"""What the scheduler has the portal do."""

import logging

from celery import shared_task
from django.conf import settings
from django.db import OperationalError
from django.utils import timezone

from audits.notices.dispatch import send_to
from audits.notices.selectors import due_endpoints
from audits.notices.services.letters import make_digests
from portal.services.send_letters import send_letters
from portal.services.tell_alarms import tell_alarms
from portal.services.tell_checkpoints import tell_checkpoints
from portal.services.tell_people import tell_people
from portal.services.tend_approvals import tend_approvals

log = logging.getLogger("imprimatur.portal")


@shared_task(name="portal.tell", ignore_result=True, soft_time_limit=60, time_limit=90)
def tell() -> None:
    """Tells what happened; may run twice and at once, and the next call repeats a failed one."""
    try:
        if tell_people():
            for endpoint_id in due_endpoints(timezone.now()):
                send_to(endpoint_id)
    except OperationalError as error:
        log.warning("the database was busy, the next call tells: %s", error)


@shared_task(name="portal.alarms", ignore_result=True, soft_time_limit=60, time_limit=90)
def alarms() -> None:
    """Tells of alarms about the log itself, and webhooks of checkpoints; may run twice and at once."""
    try:
        if tell_alarms() + tell_checkpoints():
            for endpoint_id in due_endpoints(timezone.now()):
                send_to(endpoint_id)
    except OperationalError as error:
        log.warning("the database was busy, the next call tells the alarms: %s", error)


@shared_task(name="portal.mail", ignore_result=True, soft_time_limit=60, time_limit=90)
def mail() -> None:
    """Makes the day's digests and sends the e-mails that are due; may run twice and at once."""
    try:
        if settings.MAIL_CONFIGURED:
            make_digests(now=timezone.now(), hour=settings.DIGEST_HOUR)
            send_letters()
    except OperationalError as error:
        log.warning("the database was busy, the next call sends: %s", error)


@shared_task(name="portal.approvals", ignore_result=True, soft_time_limit=240, time_limit=300)
def approvals() -> None:
    """Reminds, tells of ends, opens recertifications; may run twice and at once, each is done once."""
    try:
        tend_approvals()
    except OperationalError as error:
        log.warning("the database was busy, the next call tends the approvals: %s", error)
