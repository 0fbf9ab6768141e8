"""Common passages, and a passage replaced by its fragment: what is rendered stays the same."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prompts.registry.passages import LEAST, common_passages, is_whole, put_in_place
from prompts.registry.templating import render

SAFETY = "Never promise a refund. Ask for a human when in doubt."


def test_the_longest_run_of_whole_sentences_is_found():
    one = f"You help {{{{name}}}}.\n{SAFETY}\nBe kind."
    two = f"Answer briefly. {SAFETY} Good bye."
    assert common_passages([one, two]) == [SAFETY]
    assert common_passages([one, two, f"X. {SAFETY}"]) == [SAFETY]


@pytest.mark.parametrize("texts", [[], ["a"], ["Short. Same.", "Short. Same."], [SAFETY, "Other."]])
def test_what_is_short_or_not_common_is_none(texts):
    assert common_passages(texts) == []


sentences = st.lists(
    st.sampled_from([SAFETY, "Be kind to {{name}}. ", "One. ", "\n", "{{#a}}x{{/a}} ", "Two!\n\n"]),
    max_size=8,
).map("".join)


@given(sentences, sentences, st.sampled_from(["mustache", "handlebars"]))
def test_what_is_put_in_place_says_the_same(one, two, format):
    for passage in common_passages([one, two]):
        assert passage in one
        assert passage in two
        assert len(passage) >= LEAST
        for text in (one, two):
            changed = put_in_place(format, text, passage, "shop/safety")
            if changed:
                assert "shop/safety" in changed
                for values in ({"name": "Ada", "a": "y"}, {}):
                    partials = {"shop/safety": passage}
                    assert render(format, changed, values, partials) == render(format, text, values)


@pytest.mark.parametrize(
    ("text", "changed"),
    [
        (f"Hi. {SAFETY} Bye.", "Hi. {{> a/b}} Bye."),
        (f"Hi.\n{SAFETY}\nBye.", "Hi.\n{{> a/b}}\n\nBye."),
        (f"{SAFETY}", "{{> a/b}}"),
        (f"Hi.\n{SAFETY}\n", "Hi.\n{{> a/b}}\n\n"),
        ("Nothing of it.", ""),
    ],
)
def test_a_tag_alone_on_its_line_takes_the_line_end(text, changed):
    assert put_in_place("mustache", text, SAFETY, "a/b") == changed


def test_jinja_includes_and_plain_text_does_not():
    assert put_in_place("jinja2", f"Hi. {SAFETY} Bye.", SAFETY, "a/b") == 'Hi. {% include "a/b" %} Bye.'
    assert put_in_place("plain", SAFETY, SAFETY, "a/b") == ""


@pytest.mark.parametrize("passage", ["{{#a}} open", "{{/a}}", "half a {{tag"])
def test_what_cuts_through_a_tag_cannot_stand_alone(passage):
    assert not is_whole("mustache", passage)
    assert put_in_place("mustache", f"{{{{#a}}}}{passage}{{{{/a}}}}", passage, "a/b") == ""


def test_large_and_nasty_texts_are_bounded():
    nasty = ["." * 500_000, "a. " * 200_000, "\n" * 500_000, ("x" * 50 + ". ") * 20_000]
    for one in nasty:
        common_passages([one, one + "b"])
