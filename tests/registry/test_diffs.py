"""Differences by lines and words."""

import random
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prompts.registry.diffs import Span, diff_lines

LINES = st.lists(st.sampled_from(["a", "b c", "b d", "", "x y z", "\r"]), max_size=12).map("\n".join)


def sides(old: str, new: str) -> tuple[str, str]:
    """Both texts, put together again from the rows."""
    rows = diff_lines(old, new)
    left = "\n".join("".join(span.text for span in row.old) for row in rows if row.old is not None)
    right = "\n".join("".join(span.text for span in row.new) for row in rows if row.new is not None)
    return left, right


@given(LINES, LINES)
def test_the_rows_hold_both_texts_whole(old: str, new: str) -> None:
    assert sides(old, new) == (old, new)


@given(LINES, LINES)
def test_equal_rows_are_equal_and_numbers_count(old: str, new: str) -> None:
    rows = diff_lines(old, new)
    assert all(row.old == row.new for row in rows if row.kind == "equal")
    assert [row.new_no for row in rows if row.new_no] == list(
        range(1, len(new.split("\n")) + 1 if new else 1)
    )


def test_only_the_word_that_changed_is_marked() -> None:
    rows = diff_lines("a\nbe very kind\nc", "a\nbe quite kind\nc\nd")
    assert [row.kind for row in rows] == ["equal", "changed", "equal", "added"]
    assert rows[1].old == [Span("be ", False), Span("very", True), Span(" kind", False)]
    assert rows[1].new == [Span("be ", False), Span("quite", True), Span(" kind", False)]


def test_a_changed_line_end_shows() -> None:
    assert [row.kind for row in diff_lines("a\r\nb", "a\nb")] == ["changed", "equal"]


def test_nothing_against_something_is_added_only() -> None:
    assert [row.kind for row in diff_lines("", "a\nb")] == ["added", "added"]
    assert diff_lines("", "") == []


def _words(seed: int) -> list[str]:
    chance = random.Random(seed)
    return [str(chance.random())[2:9] for _ in range(125_000)]


@pytest.mark.parametrize("glue", [" ", "\n"])
@pytest.mark.parametrize("other", [1, 2])
def test_a_megabyte_is_compared_in_bounded_time(glue: str, other: int) -> None:
    old, new = glue.join(_words(1)), glue.join([*_words(other)[:-100], *_words(3)[:100]])
    before = time.monotonic()
    assert sides(old, new) == (old, new)
    assert time.monotonic() - before < 20
