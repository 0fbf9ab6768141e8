"""Precision and recall of the search for near-duplicates on the labelled sample of real prompts."""

import sys
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import pytest

from prompts.registry.similarity import (
    ALIKE,
    WORTH_A_LOOK,
    bands_of,
    likeness,
    packed,
    shared,
    shingles_of,
    signature_of,
    words_of,
)
from tests.registry.similarity_sample import Pair, sample, texts_of

PAIRS = 350
"""So many of each kind where the real prompts are there, as many as there are texts for where not."""
SMALL = Path(__file__).parent / "small"


@dataclass(frozen=True)
class Figures:
    """Counts of what was found and what should have been, and which edits were missed or mistaken."""

    hits: int
    mistakes: Counter[str]
    misses: Counter[str]

    @property
    def precision(self) -> float:
        return self.hits / (self.hits + self.mistakes.total())

    @property
    def recall(self) -> float:
        return self.hits / (self.hits + self.misses.total())


def is_found(pair: Pair) -> bool:
    """Through all steps: a band in common, signatures that promise enough, and the words themselves."""
    one, other = words_of(pair.one), words_of(pair.other)
    left, right = signature_of(shingles_of(one)), signature_of(shingles_of(other))
    met = set(bands_of(left)) & set(bands_of(right))
    promising = met and shared(packed(left), packed(right)) >= WORTH_A_LOOK
    return bool(promising) and likeness(one, other) >= ALIKE


@pytest.fixture(scope="module")
def figures(samples) -> Figures:
    """The whole sample judged once."""
    texts = texts_of(samples / "prompts" if samples else SMALL)
    judged = [(pair, is_found(pair)) for pair in sample(texts, min(PAIRS, len(texts) // 2))]
    told = Figures(
        sum(found for pair, found in judged if pair.is_like),
        Counter(pair.edit for pair, found in judged if found and not pair.is_like),
        Counter(pair.edit for pair, found in judged if pair.is_like and not found),
    )
    figures = f"precision {told.precision:.3f}, recall {told.recall:.3f}, missed {dict(told.misses)}"
    sys.stdout.write(f"near-duplicates in {len(judged)} pairs: {figures}\n")
    return told


def test_what_is_called_alike_is_alike(figures) -> None:
    assert figures.precision >= 0.98, figures.mistakes


def test_what_is_alike_is_found(figures) -> None:
    assert figures.recall >= 0.97, figures.misses


def test_no_kind_of_edit_is_missed_as_a_rule(figures) -> None:
    alike = figures.hits + figures.misses.total()
    assert max(figures.misses.values(), default=0) <= alike // 7 * 0.3, figures.misses
