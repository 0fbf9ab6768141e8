"""The files that a suite's file names: beside it or below it, nowhere else. Pure."""

import hashlib
from collections.abc import Mapping
from fnmatch import fnmatch
from pathlib import Path, PurePosixPath

from prompts.evaluations.suite_files.told import Place

MOST_BYTES = 20_000_000
"""Of one file, and of all together that belong to it."""
MOST_FILES = 1_000


class Folder:
    """A folder on disk, or files that were uploaded by name. Keeps a digest of all that was read."""

    def __init__(self, root: Path | None, files: Mapping[str, bytes] | None = None) -> None:
        self._root = root.resolve() if root is not None else None
        self._files = dict(files or {})
        self._texts: dict[str, str] = {}
        self._read = 0
        self._digest = hashlib.sha256()

    @property
    def digest(self) -> str:
        """SHA-256 over everything that was read, in its order."""
        return self._digest.hexdigest()

    def text(self, name: str, place: Place) -> str:
        """The text of a file; refuses one that is absent, outside, too long or not UTF-8."""
        if name in self._texts:
            return self._texts[name]
        raw = self._bytes(name, place)
        self._read += len(raw)
        if self._read > MOST_BYTES:
            place.refuse(f"{name} is longer than {MOST_BYTES // 1_000_000} MB, or all files together are.")
        self._digest.update(len(raw).to_bytes(8, "big") + raw)
        try:
            self._texts[name] = raw.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            place.refuse(f"{name} is not UTF-8 (byte {error.start}).")
        return self._texts[name]

    def _bytes(self, name: str, place: Place) -> bytes:
        self._inside(name, place)
        if self._root is None:
            # A browser sends files without their folders.
            bare = name if name in self._files else PurePosixPath(name).name
            if bare not in self._files:
                place.refuse(f"{name[:200]} cannot be read: it is not among the files that were uploaded.")
            return self._files[bare]
        path = self._root / name
        if not path.resolve().is_relative_to(self._root):
            place.refuse(f"{name[:200]} leads away from the folder of the file.")
        try:
            with path.open("rb") as opened:
                return opened.read(MOST_BYTES + 1)
        except (OSError, ValueError) as error:
            place.refuse(f"{name[:200]} cannot be read: {getattr(error, 'strerror', None) or error}.")

    @staticmethod
    def _inside(name: str, place: Place) -> None:
        pure = PurePosixPath(name)
        if pure.is_absolute() or ".." in pure.parts or "\\" in name or "\0" in name:
            place.refuse(f"{name[:200]!r} leads away from the folder of the file.")

    def names(self, wanted: str, place: Place) -> list[str]:
        """The files that a name, a pattern or a folder's name means, in order; refuses when there is none."""
        self._inside(wanted, place)
        bare = wanted.rstrip("/").removeprefix("./")
        if any(sign in bare for sign in "*?["):
            found = self._matching(bare)
        elif self._root is not None and (self._root / bare).is_dir():
            found = self._matching(f"{bare}/*")
        else:
            return [bare]
        if not found:
            place.refuse(f"no file is meant by {wanted[:200]!r}.")
        if len(found) > MOST_FILES:
            place.refuse(f"{wanted[:200]!r} means more than {MOST_FILES:,} files.")
        return found

    def _matching(self, pattern: str) -> list[str]:
        if self._root is None:
            return sorted(name for name in self._files if fnmatch(name, pattern))
        found: list[str] = []
        for path in self._root.glob(pattern):
            if path.is_file():
                found.append(path.relative_to(self._root).as_posix())
            if len(found) > MOST_FILES:
                break
        return sorted(found)
