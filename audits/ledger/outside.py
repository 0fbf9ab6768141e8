"""Checkpoints that are kept outside of the database: beside the key, in a file, in a Git folder.

A database that was restored from an old backup, or cut back, does not know what was signed after; these do.
"""

import os
import re
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from django.conf import settings

from audits.ledger import merkle, notes
from audits.ledger.keys import CannotSign, key_file
from audits.ledger.models import Checkpoint
from audits.ledger.selectors import consistency_proof

TAIL = 65_536
"""Bytes at the end of a file in which its last checkpoint is looked for."""
GIT_SECONDS = 20
IN_GIT = "checkpoint.txt"


class RolledBack(CannotSign):
    """A checkpoint outside says that the log had more, or other, entries than the database has now."""


@dataclass(frozen=True, slots=True)
class Outside:
    """A checkpoint and where it is kept."""

    where: str
    note: notes.Note


def known(origin: str, *, everywhere: bool) -> list[Outside]:
    """The newest checkpoint of that log in each place; what is no checkpoint of it is passed by.

    Without ``everywhere`` only the one beside the key, which costs next to nothing.
    """
    found = []
    for where, text in _texts(origin) if everywhere else islice(_texts(origin), 1):
        try:
            note = notes.parse(text)
        except notes.BadNote:
            continue
        if note.tree.origin == origin:
            found.append(Outside(where, note))
    return found


def fault_against(head: Checkpoint, places: list[Outside]) -> str:
    """Why the tree of ``head`` is not one that continues what is known outside, or empty."""
    for place in places:
        old = place.note.tree
        if old.size > head.size:
            return (
                f"{place.where} keeps a checkpoint of {old.size:,} entries, the database has signed only "
                f"{head.size:,}: it is older than that, restored from a backup or cut back"
            )
        if not _begins(old, head):
            return (
                f"{place.where} keeps a checkpoint of {old.size:,} entries which the log does not begin with"
            )
    return ""


def _begins(old: notes.Tree, head: Checkpoint) -> bool:
    if old.size == head.size:
        return old.root == head.root
    if old.size == 0:
        return old.root == merkle.EMPTY_ROOT
    try:
        path = consistency_proof(old.size, head.size)
    except KeyError:
        return False
    return merkle.is_consistent(old.size, old.root, head.size, head.root, path)


def beside_key(origin: str) -> Path:
    """Where the newest checkpoint of that log lies, beside the key."""
    return key_file().parent / f"newest-{re.sub(r'[^A-Za-z0-9-]', '-', origin)}.checkpoint"


def keep_beside_key(origin: str, note: str) -> None:
    """Replaces it in one step. Raises ``OSError``."""
    path = beside_key(origin)
    descriptor, draft = tempfile.mkstemp(dir=path.parent, prefix=".newest-")
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(note)
        os.replace(draft, path)
    except BaseException:
        Path(draft).unlink(missing_ok=True)
        raise


def has_signed_before() -> bool:
    """Whether this key has signed some log already."""
    return any(key_file().parent.glob("newest-*.checkpoint"))


def last_in_file(path: Path) -> str:
    """The last whole checkpoint of a file to which they are appended; empty where there is none."""
    try:
        with path.open("rb") as file:
            file.seek(0, os.SEEK_END)
            file.seek(max(0, file.tell() - TAIL))
            tail = file.read().decode("utf-8", "replace")
    except OSError:
        return ""
    for piece in reversed(tail.split("\n\n\n")):
        try:
            if notes.parse(piece.strip("\n")).signatures:
                return piece.strip("\n") + "\n"
        except notes.BadNote:
            continue
    return ""


def git(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Runs Git in that folder, with nothing of the surroundings but the path to programs."""
    env = {"PATH": os.environ.get("PATH", ""), "GIT_CONFIG_NOSYSTEM": "1", "GIT_CONFIG_GLOBAL": os.devnull}
    env |= {
        "GIT_TERMINAL_PROMPT": "0",
        "LC_ALL": "C",
        "HOME": str(folder),
        "GIT_CEILING_DIRECTORIES": str(folder.parent),
    }
    safe = ["-c", "core.hooksPath=/dev/null", "-c", "commit.gpgSign=false", "-c", f"safe.directory={folder}"]
    return subprocess.run(
        ["git", *safe, "-C", str(folder), *words],
        env=env,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=GIT_SECONDS,
        check=False,
    )


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return ""


def _texts(origin: str) -> Iterator[tuple[str, str]]:
    yield "The key's folder", _text(beside_key(origin))
    if settings.LEDGER_CHECKPOINT_FILE:
        yield "The checkpoint file", last_in_file(Path(settings.LEDGER_CHECKPOINT_FILE))
    if settings.LEDGER_CHECKPOINT_GIT:
        with suppress(OSError, subprocess.SubprocessError):
            yield "The Git folder", git(Path(settings.LEDGER_CHECKPOINT_GIT), "show", f"HEAD:{IN_GIT}").stdout
