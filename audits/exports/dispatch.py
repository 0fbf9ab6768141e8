"""Wake workers, by registered task name, once the transaction is through."""

import logging
from functools import partial

from celery import current_app
from django.db import transaction
from django.utils import timezone

from audits.exports.models import Export

log = logging.getLogger(__name__)


def send_export(export: Export) -> None:
    """Has a worker make the file after the commit. A lost broker does no harm: the sweep sends again."""
    transaction.on_commit(partial(_send, export.pk))


def _send(export_id: int) -> None:
    try:
        current_app.send_task("exports.make", args=[export_id])
    except Exception as error:  # noqa: BLE001  every transport has errors of its own; the row is the truth
        log.warning("export %s was not sent, the sweep will: %s", export_id, error)
        return
    Export.objects.filter(pk=export_id).update(sent_at=timezone.now())
