"""Files that are there whole or not at all."""

import errno
import os
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

NO_ROOM = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
"""The disk is full, a quota is used up, or no file may become so large."""


@contextmanager
def draft_of(path: Path) -> Iterator[Path]:
    """A file beside ``path`` to write into; renamed to it at the end, or gone after any failure.

    An older file of that name stays until then. Mode 0600: it is audit data. Raises ``OSError`` where the
    folder cannot be written.
    """
    path = path.resolve()  # a link stays one; its target is written
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=".part")
    os.close(descriptor)
    draft = Path(name)
    try:
        yield draft
        flush(draft)
        draft.replace(path)
    except BaseException:
        draft.unlink(missing_ok=True)
        raise


def flush(draft: Path) -> None:
    """Returns once the bytes of a written file are on the disk."""
    with draft.open("rb+") as file:
        os.fsync(file.fileno())


def write_whole(path: Path, pieces: Iterable[str]) -> int:
    """Writes the pieces as UTF-8, whole or not at all; returns how many there were. Raises ``OSError``."""
    count = 0
    with draft_of(path) as draft, draft.open("w", encoding="utf-8", newline="") as file:
        for piece in pieces:
            file.write(piece)
            count += 1
    return count


def is_full(error: BaseException) -> bool:
    """Whether somewhere below this error a disk was full."""
    seen: BaseException | None = error
    while seen is not None:
        if isinstance(seen, OSError) and seen.errno in NO_ROOM:
            return True
        seen = seen.__cause__ or seen.__context__
    return False
