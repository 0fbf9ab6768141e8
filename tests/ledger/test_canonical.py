"""Canonical JSON: the quick way writes what the library writes, and both refuse the same."""

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from audits.ledger.canonical import NotCanonical, canonical_json

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
EDGES = st.sampled_from(["", "\x00", "\x1f", "\x7f", '"', "\\", "/", "\u2028", "\ufb33", "\U0001f600", "é"])
LEAVES = st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | TEXTS | EDGES
VALUES = st.recursive(
    LEAVES, lambda some: st.lists(some, max_size=4) | st.dictionaries(TEXTS | EDGES, some, max_size=4)
)


@given(VALUES)
def test_every_value_has_the_bytes_of_the_library(value):
    assert canonical_json(value) == rfc8785.dumps(value)


@pytest.mark.parametrize(
    "value",
    [0.5, {"a": [1.0]}, 2**53, -(2**53), {"a": 2**60}, "\ud800", {"\udfff": 1}, {1: 2}, {"a": object()}, {1}],
)
def test_what_has_no_canonical_form_is_refused(value):
    with pytest.raises(NotCanonical):
        canonical_json(value)


def test_keys_are_sorted_by_their_units_and_not_by_their_points():
    assert canonical_json({"\U0001f600": 1, "\ufb33": 2}) == '{"\U0001f600":1,"\ufb33":2}'.encode()
