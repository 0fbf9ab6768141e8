"""Texts for measurements, the same on every machine: few words frequent, many seldom (Zipf's law). Pure."""

from functools import cache
from itertools import accumulate
from random import Random

EVERYWHERE = "answer"
"""A word of every text."""
PLANTED = "quillwort"
"""A word of exactly ``PLANTINGS`` prompts, once there are a thousand."""
PLANTINGS, PLANTED_EVERY = 11, 90
WORDS, LENGTH = 6000, 70
_ONSETS = ("b", "br", "c", "d", "dr", "f", "g", "l", "m", "n", "p", "r", "s", "st", "t", "tr", "v", "w")
_RIMES = ("a", "an", "ar", "e", "el", "en", "er", "i", "in", "is", "o", "on", "or", "u", "um")


@cache
def vocabulary() -> tuple[tuple[str, ...], tuple[float, ...]]:
    """Invented words, the most frequent first, and their weights added up."""
    chance = Random(1)
    words: dict[str, None] = {}
    while len(words) < WORDS:
        syllables = 2 + (len(words) > 200) + (len(words) > 3000)
        word = "".join(chance.choice(_ONSETS) + chance.choice(_RIMES) for _ in range(syllables))
        words.setdefault(word)
    return tuple(words), tuple(accumulate(1 / (rank + 3) for rank in range(WORDS)))


def is_planted(number: int) -> bool:
    """Whether the prompt of this number holds the seldom word."""
    return number % PLANTED_EVERY == 7 and number < PLANTED_EVERY * PLANTINGS


def text_of(number: int, count: int) -> str:
    """The text of a prompt's version; those of one prompt share their second half."""
    words, weights = vocabulary()
    own, kept = Random(f"{number}.{count}"), Random(str(number))
    drawn = own.choices(words, cum_weights=weights, k=LENGTH // 2)
    drawn += kept.choices(words, cum_weights=weights, k=LENGTH // 2)
    if is_planted(number):
        drawn.append(PLANTED)
    opening = f"You answer {{{{customer}}}} for {{{{company}}}}, prompt-{number:05d}, text {count}"
    return f"{opening}: {' '.join(drawn)}."
