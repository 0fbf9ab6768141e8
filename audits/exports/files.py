"""Files that are there whole or not at all."""

import os
import tempfile
from collections.abc import Iterable
from pathlib import Path


def write_whole(path: Path, pieces: Iterable[str]) -> int:
    """Writes the pieces as UTF-8 beside ``path`` and then renames; returns how many pieces there were.

    On any failure nothing is left behind and an older file of that name stays. Mode 0600: it is audit data.
    Raises ``OSError`` where the folder cannot be written.
    """
    path = path.resolve()  # a link stays one; its target is written
    descriptor, draft = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=".part")
    count = 0
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8", newline="") as file:
            for piece in pieces:
                file.write(piece)
                count += 1
            file.flush()
            os.fsync(file.fileno())
        os.replace(draft, path)
    except BaseException:
        os.unlink(draft)
        raise
    return count
