"""Synonyms from WordNet's own files, for METEOR; nothing is downloaded.

The files (``index.noun``, ``data.noun`` and so on; format: WordNet's manual page wndb(5)) are looked for in
the directory that ``WORDNET_DIR`` names and where Debian's package ``wordnet-base`` puts them.
"""

import mmap
import os
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from prompts.evaluations.graders.outcome import CannotGrade

PLACES = ("/usr/share/wordnet", "/usr/share/wordnet/dict", "/usr/local/share/wordnet/dict")
KINDS = ("noun", "verb", "adj", "adv")


@dataclass(frozen=True, slots=True)
class Lemma:
    """One word of a set of synonyms."""

    word: str

    def name(self) -> str:
        return self.word


@dataclass(frozen=True, slots=True)
class Synset:
    """A set of synonyms."""

    words: tuple[str, ...]

    def lemmas(self) -> list[Lemma]:
        return [Lemma(word) for word in self.words]


class NoWordNet:
    """No synonyms at all: that stage was left out on purpose."""

    def synsets(self, word: str) -> list[Synset]:
        return []


class MissingWordNet:
    """Nothing is known until somebody asks, and then that is said."""

    def synsets(self, word: str) -> list[Synset]:
        raise CannotGrade(
            "needs WordNet: meteor compares synonyms; set WORDNET_DIR to its files, or leave "
            "synonyms out with "
            '"synonyms": false'
        )


class WordNet:
    """WordNet's files, searched by halving as their format is made for."""

    def __init__(self, folder: Path) -> None:
        self._index = {kind: _mapped(folder / f"index.{kind}") for kind in KINDS}
        self._data = {kind: _mapped(folder / f"data.{kind}") for kind in KINDS}
        self._found = lru_cache(maxsize=20_000)(self._look_up)

    def synsets(self, word: str) -> list[Synset]:
        """The sets of synonyms that hold the word as it is written, in small letters."""
        return self._found(word)

    def _look_up(self, word: str) -> list[Synset]:
        wanted = word.lower().replace(" ", "_").encode("utf-8", "replace")
        if not wanted:
            return []  # the files' own head has lines that begin with blanks
        return [
            self._synset(kind, offset)
            for kind in KINDS
            if (line := _line(self._index[kind], wanted))
            for offset in line.split()[-int(line.split()[2]) :]
        ]

    def _synset(self, kind: str, offset: bytes) -> Synset:
        data = self._data[kind]
        parts = data[int(offset) : data.find(b"\n", int(offset))].split()
        words = parts[4 : 4 + 2 * int(parts[3], 16) : 2]
        return Synset(tuple(word.decode("ascii", "replace").partition("(")[0] for word in words))


def _mapped(path: Path) -> mmap.mmap:
    with path.open("rb") as file:
        return mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)


def _line(index: mmap.mmap, wanted: bytes) -> bytes:
    """The line of the sorted index that begins with the word; empty if there is none."""
    low, high = 0, len(index)
    while low < high:
        middle = (low + high) // 2
        start = index.rfind(b"\n", 0, middle) + 1
        end = index.find(b"\n", middle)
        end = len(index) if end < 0 else end
        line = index[start:end]
        key = line.partition(b" ")[0]
        if key == wanted:
            return line
        if key < wanted:
            low = end + 1
        else:
            high = start
    return b""


NONE = NoWordNet()


@lru_cache(maxsize=1)
def _opened(told: str) -> WordNet | MissingWordNet:
    for place in filter(None, (told, *PLACES)):
        if (Path(place) / "index.noun").is_file():
            return WordNet(Path(place))
    return MissingWordNet()


def known() -> WordNet | MissingWordNet:
    """WordNet, or something that says when it is missed."""
    return _opened(os.environ.get("WORDNET_DIR", ""))
