"""The PDF of page one tells the page's story, draws hostile texts as text, and hides no sign."""

import io
from datetime import UTC, datetime
from html import escape

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pypdf import PdfReader

from portal.packs.letters import MAIN, font_of, readable
from portal.packs.summary import LONGEST, summary

AT = datetime(2026, 3, 3, tzinfo=UTC)


def page(text: str, *, kind: str = "pre") -> str:
    """A page like ``index.html`` with that text in it."""
    return (
        "<html><head><title>no</title><style>no{}</style></head><body><main><header>"
        '<p class="kicker">Evidence</p>'
        "<h1>bank/letter</h1></header><section id='why'><h2>Why?</h2><p>By <strong>Ada\n   Lovelace"
        f"</strong>, <code>ab12</code>.</p><{kind}>{escape(text)}</{kind}></section>"
        "<section id='check'><p>Check it.</p></section><section><h2>Nothing of this</h2></section>"
        "</main></body></html>"
    )


def drawn(text: str, **fields: str) -> str:
    """What a reader of the PDF copies out of it, white space as one blank."""
    pages = PdfReader(io.BytesIO(summary(page(text, **fields), AT))).pages
    return " ".join(" ".join(one.extract_text() for one in pages).split())


def test_it_holds_the_head_the_story_and_how_to_check_and_nothing_else() -> None:
    told = drawn("Dear customer")
    assert told == "Evidence bank/letter Why? By Ada Lovelace, ab12. Dear customer Check it. Page 1 of 1"


@pytest.mark.parametrize("kind", ["pre", "p", "li"])
@pytest.mark.parametrize(
    "text",
    ["<b>x</b> <script>alert(1)</script>", "**x** __y__ [a](javascript:b)", "{nb} {{name}}", "&amp;lt;"],
)
def test_what_a_text_says_is_drawn_as_it_stands(text: str, kind: str) -> None:
    assert text in drawn(text, kind=kind)


def test_signs_that_hide_turn_or_have_no_letter_stand_as_their_code() -> None:
    shown = readable("a\u202eb\u200bc\x00d\U000e0041e\ue000f\u0f40g\tend\n")
    assert shown == "a[U+202E]b[U+200B]c[U+0000]d[U+E0041]e[U+E000]f[U+0F40]g    end\n"
    assert "[U+202E]evil" in drawn("\u202eevil")


SCRIPTS = {
    "Greek": "Καλημέρα",
    "Cyrillic": "Привет",
    "Arabic": "مرحبا",
    "Hebrew": "שלום",
    "Devanagari": "नमस्ते",
    "Bengali": "বাংলা",
    "Tamil": "தமிழ்",
    "Thai": "สวัสดี",
    "Georgian": "გამარჯობა",
    "Armenian": "Բարեւ",
    "Ethiopic": "ሰላም",
    "Khmer": "ខ្មែរ",
    "Han": "日本語中文",
    "Hangul": "한국어",
    "Kana": "ひらがなカタカナ",
    "Emoji": "😀",
    "Symbols": "≤→✓",
}


@pytest.mark.parametrize("script", SCRIPTS)
def test_the_scripts_in_common_use_have_letters(script: str) -> None:
    assert readable(SCRIPTS[script]) == SCRIPTS[script]


def test_a_page_of_many_scripts_is_drawn_and_can_be_copied() -> None:
    told = drawn(" ".join(SCRIPTS.values()))
    for script in ("Greek", "Cyrillic", "Georgian", "Han", "Hangul", "Kana", "Emoji", "Symbols"):
        assert SCRIPTS[script] in told, script


def test_plain_letters_come_from_one_font() -> None:
    assert {font_of(chr(code)) for code in range(32, 127)} == {MAIN}


def test_equal_pages_give_equal_bytes() -> None:
    one = summary(page("Grüße, 日本"), AT)
    assert one == summary(page("Grüße, 日本"), AT)
    assert one != summary(page("Grüße, 日光"), AT)


def test_a_long_text_is_cut_and_says_where_all_of_it_is() -> None:
    told = drawn("word " * LONGEST)
    assert f"({4 * LONGEST:,} more characters in index.html)" in told


def test_many_texts_end_with_a_word_about_the_rest() -> None:
    whole = page("x").replace("<pre>x</pre>", f"<pre>{'word ' * 1999}</pre>" * 17)
    pages = PdfReader(io.BytesIO(summary(whole, AT))).pages
    assert "It goes on in index.html." in " ".join(pages[-1].extract_text().split())
    assert "Check it." not in pages[-1].extract_text()


@settings(max_examples=12, deadline=None)
@given(st.text(max_size=60))
def test_whatever_somebody_wrote_a_file_is_made(text: str) -> None:
    assert summary(page(text), AT).startswith(b"%PDF-")
