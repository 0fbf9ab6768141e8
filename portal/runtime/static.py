"""Collecting static files only when one of them has changed."""

import hashlib
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command

from portal.runtime.paths import run_dir


def collect_if_changed() -> bool:
    """Copy, fingerprint and compress the static files if any differs from the last time; True if it did."""
    stamp = run_dir() / "static.fingerprint"
    now = _fingerprint()
    manifest = Path(settings.STATIC_ROOT) / "staticfiles.json"
    if manifest.exists() and stamp.exists() and stamp.read_text(encoding="ascii") == now:
        return False
    call_command("collectstatic", interactive=False, verbosity=0)
    stamp.write_text(now, encoding="ascii")
    return True


def _fingerprint() -> str:
    """A digest over name, size and time of change of every static file, and over where they go."""
    digest = hashlib.sha256(str(settings.STATIC_ROOT).encode())
    for finder in get_finders():
        for name, storage in finder.list(ignore_patterns=[]):
            found = Path(storage.path(name)).stat()
            digest.update(f"{name}\0{found.st_size}\0{found.st_mtime_ns}\n".encode())
    return digest.hexdigest()
