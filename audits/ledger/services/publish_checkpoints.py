"""Hand each new checkpoint to the places outside that are set, after its commit, until they have it.

A sink is a row that says up to which checkpoint it has everything. It is claimed for a while, so that no
transaction is open while a disk or Git works; a kill in between hands the same checkpoint over again, which
each sink notices. A sink that fails holds up nobody: it is tried again, ever more rarely, and shown.
"""

import os
import subprocess
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.db.models import Q
from django.utils import timezone

from audits.ledger import outside
from audits.ledger.models import Checkpoint, Sink

LEASE = timedelta(minutes=2)
STEPS = (20, 60, 300, 1800, 3600)
"""Seconds until it is tried again, after the first, second … failure in a row; then the last of them."""
MOST = 200
"""Checkpoints handed over in one call."""


class SinkFailed(Exception):
    """It did not take the checkpoint; the text says why."""


Put = Callable[[Checkpoint], None]


def publish_checkpoints(*, now: datetime | None = None) -> int:
    """Hands over what is new; returns how many checkpoints the sinks took. May run twice and at once."""
    moment = now or timezone.now()
    return sum(_one_sink(name, put, moment) for name, put in _configured().items())


def _configured() -> dict[str, Put]:
    sinks: dict[str, Put] = {}
    if settings.LEDGER_CHECKPOINT_FILE:
        sinks["file"] = _to_file
    if settings.LEDGER_CHECKPOINT_GIT:
        sinks["git"] = _to_git
    return sinks


def claim(name: str, now: datetime) -> Sink | None:
    """The sink's row for this caller alone; None where another has it or it is not due."""
    newest = Checkpoint.objects.order_by("-id").values_list("id", flat=True).first() or 0
    # A new sink begins with the newest checkpoint: that one describes all that is before it.
    Sink.objects.get_or_create(name=name, defaults={"checkpoint": max(0, newest - 1)})
    free = Q(due_at__isnull=True) | Q(due_at__lte=now)
    if not Sink.objects.filter(free, name=name, checkpoint__lt=newest).update(due_at=now + LEASE):
        return None
    return Sink.objects.get(name=name)


def settle(sink: Sink, fault: str, now: datetime) -> None:
    """Frees the row; after a failure it is due again later."""
    failures = sink.failures + 1 if fault else 0
    wait = timedelta(seconds=STEPS[min(failures, len(STEPS)) - 1]) if fault else None
    changed = {"checkpoint": sink.checkpoint, "failures": failures, "fault": fault[:500]}
    changed |= {"due_at": now + wait if wait else None}
    if not fault:
        changed["taken_at"] = now
    Sink.objects.filter(pk=sink.pk).update(**changed)


def _one_sink(name: str, put: Put, now: datetime) -> int:
    sink = claim(name, now)
    if sink is None:
        return 0
    taken, fault = 0, ""
    for checkpoint in Checkpoint.objects.filter(id__gt=sink.checkpoint).order_by("id")[:MOST]:
        try:
            put(checkpoint)
        except (SinkFailed, OSError, subprocess.SubprocessError) as error:
            fault = str(error) or type(error).__name__
            break
        sink.checkpoint, taken = checkpoint.pk, taken + 1
    settle(sink, fault, now)
    return taken


def _to_file(checkpoint: Checkpoint) -> None:
    """Appends the note and two empty lines; what stands there last already is not appended again."""
    path = Path(settings.LEDGER_CHECKPOINT_FILE)
    if outside.last_in_file(path) == checkpoint.note:
        return
    text = f"{checkpoint.note}\n\n".encode()
    descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
    try:
        before = os.fstat(descriptor).st_size
        if os.write(descriptor, text) != len(text):
            os.ftruncate(descriptor, before)
            raise SinkFailed("The checkpoint file took only a part: is the disk full?")
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _to_git(checkpoint: Checkpoint) -> None:
    """Commits the note as ``checkpoint.txt``; the folder becomes a repository if it is none."""
    folder = Path(settings.LEDGER_CHECKPOINT_GIT)
    folder.mkdir(parents=True, exist_ok=True)
    if not (folder / ".git").exists():
        _git(folder, "init", "--quiet")
    (folder / outside.IN_GIT).write_text(checkpoint.note, encoding="utf-8")
    _git(folder, "add", outside.IN_GIT)
    if outside.git(folder, "diff", "--cached", "--quiet").returncode == 0:
        return
    who = ["-c", "user.name=Imprimatur", "-c", "user.email=ledger@imprimatur.invalid"]
    about = f"{checkpoint.size} entries, {checkpoint.signed_at.isoformat()}"
    _git(folder, *who, "commit", "--quiet", "-m", about, "--only", outside.IN_GIT)


def _git(folder: Path, *words: str) -> None:
    done = outside.git(folder, *words)
    if done.returncode:
        told = (done.stderr or done.stdout).strip().splitlines()
        raise SinkFailed(f"Git: {told[-1] if told else f'ended with {done.returncode}'}")
