"""How much two texts are alike, and how to find the like ones among many without comparing all. Pure.

A text is its set of word shingles (three words in a row). One-permutation MinHash (Li, Owen and Zhang, 2012)
with optimal densification (Shrivastava, 2017) makes of it a signature in which the share of equal places
estimates Jaccard's index; places taken three at a time are bands, and texts that share a band are candidates.
Every hash has a fixed seed: the same text has the same signature on every machine.
"""

import re
from collections.abc import Iterable, Sequence
from hashlib import blake2b

from rapidfuzz.distance import Indel

PLACES, BANDS = 60, 20
ROWS = PLACES // BANDS
SHINGLE = 3
MOST_WORDS = 20_000
"""So many words of a text are looked at; a longer one is known by its beginning."""
ORDERED_WORDS = 4_000
"""Up to here the order of words counts too; beyond it only the shingles do."""
ALIKE = 700
"""Per mille of likeness from which two texts are called near-duplicates."""
WORTH_A_LOOK = 0.3
"""Share of equal places from which a candidate is compared word by word."""
SEED = b"imprimatur-words"
BAND_SEED = b"imprimatur-bands"
# A word is a run of letters and digits; where a script writes none between them, each character is one.
_WORD = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]|[^\W\u3040-\u30ff\u3400-\u9fff]+")


def words_of(text: str) -> list[str]:
    """The words of a text in small letters, at most ``MOST_WORDS``."""
    found = []
    for match in _WORD.finditer(text.lower()):
        found.append(match[0])
        if len(found) == MOST_WORDS:
            break
    return found


def shingles_of(words: Sequence[str]) -> set[str]:
    """Every three words in a row; a shorter text is one shingle, an empty one has none."""
    if not words:
        return set()
    return {" ".join(words[at : at + SHINGLE]) for at in range(max(1, len(words) - SHINGLE + 1))}


def signature_of(shingles: Iterable[str]) -> list[int]:
    """``PLACES`` numbers of 32 bits; empty for a text without words."""
    least: list[int | None] = [None] * PLACES
    for shingle in shingles:
        number = int.from_bytes(blake2b(shingle.encode(), digest_size=8, person=SEED).digest(), "big")
        value, place = divmod(number, PLACES)
        value &= 0xFFFFFFFF
        held = least[place]
        if held is None or value < held:
            least[place] = value
    if all(value is None for value in least):
        return []
    return [value if value is not None else _borrowed(least, at) for at, value in enumerate(least)]


def _borrowed(least: list[int | None], at: int) -> int:
    """What an empty place takes over: the value of a full place that a fixed chain of hashes leads to."""
    number = at
    while True:
        number = (number * 6364136223846793005 + 1442695040888963407 + at) & 0xFFFFFFFFFFFFFFFF
        value = least[(number >> 33) % PLACES]
        if value is not None:
            return value


def bands_of(signature: list[int]) -> list[int]:
    """One signed 64-bit key per band, in which the band's number is hashed too."""
    keys = []
    for band in range(len(signature) // ROWS):
        rows = signature[band * ROWS : (band + 1) * ROWS]
        content = bytes([band]) + b"".join(row.to_bytes(4, "big") for row in rows)
        keys.append(
            int.from_bytes(blake2b(content, digest_size=8, person=BAND_SEED).digest(), "big", signed=True)
        )
    return keys


def packed(signature: list[int]) -> bytes:
    """The signature as bytes, the same on every machine."""
    return b"".join(value.to_bytes(4, "big") for value in signature)


def shared(one: bytes, other: bytes) -> float:
    """Estimate of Jaccard's index: the share of equal places of two packed signatures."""
    if not one or len(one) != len(other):
        return 0.0
    equal = sum(one[at : at + 4] == other[at : at + 4] for at in range(0, len(one), 4))
    return equal * 4 / len(one)


def likeness(one: Sequence[str], other: Sequence[str]) -> int:
    """Per mille of likeness of two word lists, exact: the larger of two measures.

    Dice's coefficient of the shingle sets forgives moved paragraphs; the share of words in common order
    (twice the longest common subsequence by all words) forgives single words that were swapped.
    """
    if not one or not other:
        return 0
    if one == other:
        return 1000
    left, right = shingles_of(one), shingles_of(other)
    alike = 2 * len(left & right) / (len(left) + len(right))
    if max(len(one), len(other)) <= ORDERED_WORDS:
        alike = max(alike, Indel.normalized_similarity(one, other))
    # Only equal word lists are wholly alike; what rounds up to it is not.
    return min(999, int(alike * 1000))
