"""Make the file of an export. Safe to call twice, at once, and after a kill at any moment.

A worker claims the row by compare-and-set and keeps it by a lease; every write asks whether the row is still
its own. A format of lines goes on from what a killed worker had written; others begin anew. The finished file
appears in one step, after its bytes are on the disk.
"""

import hashlib
import shutil
import time
import uuid
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from audits.exports.collectors import PackAsk, visible_to
from audits.exports.events import EXPORT_FAILED, EXPORT_FINISHED
from audits.exports.files import flush, is_full
from audits.exports.marks import Mark
from audits.exports.models import Export
from audits.exports.models.export import exports_folder
from audits.exports.packs import signs_now
from audits.exports.services.export_pack import PackExport, pack_as_of
from audits.exports.services.export_trail import TrailExport, require_trail, signed_now, trail_as_of
from audits.identity.actors import Actor
from audits.identity.errors import GovernedError
from audits.ledger.filters import TrailFilter
from audits.ledger.keys import CannotSign
from audits.ledger.services import record

LEASE = timedelta(seconds=120)
BEAT_SECONDS = 1.0
MOST_ATTEMPTS = 5
WORKER = Actor.system("exports")
FULL = "The portal's disk is full. Nothing was kept of this export; free some space and ask for it again."


class Lost(Exception):
    """The row is no longer this worker's: cancelled, or taken over after a lease that passed."""


def work_on_export(*, export_id: int) -> Export | None:
    """Makes the file; returns the row, or None if it is over or somebody else's."""
    row = _claim(export_id)
    if row is None:
        return None
    folder = exports_folder()
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        made = _made(row)
        Export.objects.filter(_mine(row)).update(total=made.total)
        entries = made.write(row.draft, _Beat(row), Mark(row.entries, row.position, row.offset))
        row.draft.chmod(0o600)
        _finish(row, entries)
    except Lost:
        _clean_after(row)
    except GovernedError as error:
        _fail(row, error.message)
    except CannotSign as error:
        _fail(row, str(error))
    except OSError as error:
        _fail(row, FULL if is_full(error) else f"The file cannot be written: {error.strerror or error}")
    row.refresh_from_db()
    return row


def _claim(export_id: int) -> Export | None:
    now, token = timezone.now(), uuid.uuid4().hex
    free = Q(state=Export.State.QUEUED) | Q(state=Export.State.RUNNING, lease_until__lt=now)
    taken = Export.objects.filter(free, pk=export_id).update(
        state=Export.State.RUNNING, claim=token, lease_until=now + LEASE, attempts=F("attempts") + 1
    )
    if not taken:
        return None
    Export.objects.filter(pk=export_id, started_at__isnull=True).update(started_at=now)
    row = Export.objects.select_related("requested_by", "checkpoint").get(pk=export_id)
    if row.attempts > MOST_ATTEMPTS:
        _fail(row, f"The worker was lost {MOST_ATTEMPTS} times.")
        return None
    return row


def _mine(row: Export) -> Q:
    return Q(pk=row.pk, state=Export.State.RUNNING, claim=row.claim)


def _made(row: Export) -> TrailExport | PackExport:
    """What is to be written, by the rights of this moment; the first try signs the tree it is made of."""
    actor = Actor.for_user(row.requested_by)
    if row.checkpoint is None or not signs_now(row.checkpoint):  # the key may have changed since an older try
        row.checkpoint = signed_now()
        Export.objects.filter(_mine(row)).update(checkpoint=row.checkpoint)
    if row.is_pack:
        return pack_as_of(row.noted_id, row.checkpoint, actor=actor, asked=PackAsk.read(row.asked))
    require_trail(actor, row.format)
    asked = TrailFilter.read(**row.asked)
    return trail_as_of(
        row.noted_id,
        row.checkpoint,
        actor=actor,
        format=row.format,
        asked=asked,
        visible=visible_to(actor),
    )


class _Beat:
    """Lengthens the lease and stores how far the file is, at most once a second."""

    def __init__(self, row: Export) -> None:
        self._row, self._last = row, 0.0

    def __call__(self, mark: Mark) -> None:
        if time.monotonic() - self._last < BEAT_SECONDS:
            return
        self._last = time.monotonic()
        told = {"entries": mark.count, "position": mark.position, "offset": mark.offset} if mark.count else {}
        if not Export.objects.filter(_mine(self._row)).update(lease_until=timezone.now() + LEASE, **told):
            raise Lost


def _finish(row: Export, entries: int) -> None:
    """The file, on the disk by now, takes its place in the transaction that says so."""
    flush(row.draft)
    with row.draft.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    size = row.draft.stat().st_size
    now = timezone.now()
    with transaction.atomic():
        mine = Export.objects.filter(_mine(row)).update(
            state=Export.State.DONE,
            claim="",
            lease_until=None,
            entries=entries,
            total=entries,
            size=size,
            digest=digest,
            finished_at=now,
            expires_at=now + timedelta(days=settings.EXPORT_DAYS),
        )
        if not mine:
            raise Lost
        payload = {"export": str(row.uuid), "entries": entries, "size": size, "sha256": digest}
        record(
            event=EXPORT_FINISHED, actor=WORKER, subject_type="export", subject=row.subject, payload=payload
        )
        row.draft.replace(row.path)


def _fail(row: Export, reason: str) -> None:
    remove_files(row)
    now = timezone.now()
    with transaction.atomic():
        mine = Export.objects.filter(_mine(row)).update(
            state=Export.State.FAILED, claim="", lease_until=None, finished_at=now, reason=reason[:500]
        )
        if mine:
            payload = {"export": str(row.uuid)}
            record(
                event=EXPORT_FAILED,
                actor=WORKER,
                subject_type="export",
                subject=row.subject,
                reason=reason,
                payload=payload,
            )


def _clean_after(row: Export) -> None:
    """Removes what was written, unless another worker goes on with it."""
    if Export.objects.filter(pk=row.pk, state=Export.State.CANCELLED).exists():
        remove_files(row)


def remove_files(row: Export) -> None:
    """Removes the file, its draft, and what a workbook's writer left beside it."""
    for path in (row.draft, row.path):
        path.unlink(missing_ok=True)
    for folder in exports_folder().glob(f".{row.uuid}-*"):
        shutil.rmtree(folder, ignore_errors=True)
