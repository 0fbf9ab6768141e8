"""A change in an opened entry is shown word by word, and nothing of either side is lost."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audits.ledger.models import Event
from portal.selectors.trail_entry import fields_of, merged
from prompts.registry.diffs import diff_words
from prompts.registry.services.prompts import edit_prompt
from tests.portal.opening import Desk

WORDS = st.lists(st.sampled_from(["a", "be", "sea", ",", " ", "\n", "d"]), max_size=14).map("".join)


@pytest.mark.parametrize(
    ("before", "after", "pieces"),
    [
        ("2026-09-01", "2026-06-01", [("same", "2026-"), ("gone", "09"), ("new", "06"), ("same", "-01")]),
        (
            "Calls, diagnosis",
            "Calls, diagnosis, no nurse",
            [("same", "Calls, diagnosis"), ("new", ", no nurse")],
        ),
        ("limited", "high", [("gone", "limited"), ("new", "high")]),
        ("", "high", [("new", "high")]),
    ],
)
def test_only_what_differs_is_marked(before: str, after: str, pieces: list[tuple[str, str]]) -> None:
    (field,) = fields_of("registry.prompt.changed", json.dumps({"x": [before, after]}))
    assert field.pieces == pieces


@given(WORDS, WORDS)
def test_both_sides_can_be_read_out_of_it(before: str, after: str) -> None:
    found = merged(*diff_words(before, after))
    assert "".join(text for kind, text in found if kind != "new") == before
    assert "".join(text for kind, text in found if kind != "gone") == after


@pytest.mark.django_db
def test_the_page_marks_the_words_and_escapes_them(people, factory) -> None:
    prompt = factory.draft("bank/letter").prompt
    edit_prompt(
        actor=people.actor("author"), prompt_id=prompt.pk, changes={"excluded_use": "Legal advice. <b>No</b>"}
    )
    entry = Event.objects.get(event="registry.prompt.changed")
    page = Desk(people).text("auditor", "trail", subject="bank/letter", entry=str(entry.uuid))
    assert "Legal advice.<ins> &lt;b&gt;No&lt;/b&gt;</ins>" in page
