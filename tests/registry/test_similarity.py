"""Shingles, signatures and likeness, by themselves."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from prompts.registry.similarity import (
    BANDS,
    PLACES,
    bands_of,
    likeness,
    packed,
    shared,
    shingles_of,
    signature_of,
    words_of,
)

LETTER = "Explain the decision to the customer in plain words and name the rule that was applied to it."
FIRST_PLACES = "b3ed9c77b3ed9c77297e3747"


def signature(text: str) -> list[int]:
    """The signature of a text."""
    return signature_of(shingles_of(words_of(text)))


def test_a_signature_is_the_same_on_every_machine() -> None:
    assert packed(signature(LETTER)).hex()[:24] == FIRST_PLACES


@pytest.mark.parametrize(("text", "count"), [("", 0), ("!?", 0), ("one", 1), ("a b c", 1), ("a b c d", 2)])
def test_three_words_in_a_row_are_a_shingle(text, count) -> None:
    assert len(shingles_of(words_of(text))) == count


def test_where_no_spaces_are_written_each_character_is_a_word() -> None:
    assert words_of("翻译 это, Ünï") == ["翻", "译", "это", "ünï"]


@pytest.mark.parametrize("text", ["", "{{ }}"])
def test_a_text_without_words_is_like_nothing(text) -> None:
    assert (bands_of(signature(text)), shared(b"", b""), likeness([], [])) == ([], 0.0, 0)


def test_every_signature_is_full() -> None:
    assert (len(signature("two words")), len(bands_of(signature("two words")))) == (PLACES, BANDS)


def test_bands_of_equal_rows_differ_by_their_number() -> None:
    assert len(set(bands_of([7] * PLACES))) == BANDS


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.sampled_from("abcdefgh"), max_size=30), st.lists(st.sampled_from("abcdefgh"), max_size=30))
def test_likeness_is_even_handed_and_whole_only_for_equal_words(one, other) -> None:
    alike = likeness(one, other)
    assert alike == likeness(other, one)
    assert (alike == 1000) is (one == other and bool(one))


def test_moved_parts_are_forgiven_by_the_shingles() -> None:
    words = [f"w{number}" for number in range(300)]
    assert likeness(words, words[150:] + words[:150]) > 950


def test_single_swapped_words_are_forgiven_by_the_order() -> None:
    words = [f"w{number}" for number in range(300)]
    swapped = ["x" if number % 8 == 0 else word for number, word in enumerate(words)]
    assert 850 < likeness(words, swapped) < 900


def test_the_share_of_equal_places_estimates_the_index_of_jaccard() -> None:
    one, other = set(map(str, range(4000))), set(map(str, range(1000, 5000)))
    assert abs(shared(packed(signature_of(one)), packed(signature_of(other))) - 0.6) < 0.2
