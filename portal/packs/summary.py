"""``summary.pdf``: the first page of an evidence pack for paper and mail, without what follows it.

It is made of the very HTML of ``index.html``, so that the two cannot tell different stories. Texts of prompts
and answers are drawn as text; nothing in them is read as markup, address or font command.
"""

from dataclasses import dataclass, field
from datetime import datetime
from html.parser import HTMLParser
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from portal.packs.letters import pieces, readable

LONGEST = 10_000
"""Characters of one text that are drawn."""
MOST = 150_000
"""Characters of all texts together: some sixty pages."""
KEPT = {"why", "check"}
"""Sections that are drawn, and the head of the page."""
BLOCKS = {"h1", "h2", "h3", "p", "li", "pre"}
STYLES = {"strong": "strong", "b": "strong", "code": "code"}
SIZES = {"h1": 17.0, "h2": 13.0, "h3": 10.5, "pre": 9.0}
INK, SOFT, SEAL, GROUND = (29, 39, 51), (91, 102, 115), (163, 36, 31), (244, 245, 247)
MARGIN, INDENT = 20, 5


@dataclass(slots=True)
class Block:
    """A heading, paragraph, point or literal text: runs of text, each with its style. ``tone`` is a class."""

    kind: str
    tone: str
    runs: list[tuple[str, str]] = field(default_factory=list)

    @property
    def text(self) -> str:
        """All of it."""
        return "".join(text for text, _ in self.runs)


class _Reader(HTMLParser):
    """Reads our own page into blocks; ``convert_charrefs`` gives escaped text back as it was."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.blocks: list[Block] = []
        self._is_kept = False
        self._styles: list[str] = []
        self._block: Block | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = dict(attrs)
        if tag in {"header", "section"}:
            self._is_kept = tag == "header" or told.get("id") in KEPT
        elif tag in BLOCKS and self._is_kept:
            self._block = Block(tag, told.get("class") or "")
            self.blocks.append(self._block)
        elif tag in STYLES:
            self._styles.append(STYLES[tag])

    def handle_endtag(self, tag: str) -> None:
        if tag in BLOCKS:
            self._block = None
        elif tag in STYLES and self._styles:
            self._styles.pop()

    def handle_data(self, data: str) -> None:
        if self._block is None:
            return
        text = data if self._block.kind == "pre" else _spaced(data)
        if text:
            self._block.runs.append((text, self._styles[-1] if self._styles else ""))


def _spaced(data: str) -> str:
    """White space as a browser shows it outside of literal text."""
    before, after = " " if data[:1].isspace() else "", " " if data[-1:].isspace() else ""
    words = " ".join(data.split())
    return f"{before}{words}{after}" if words else " " * bool(data)


def summary(page: str, made_at: datetime) -> bytes:
    """The PDF, A4, of the page's head and its sections ``why`` and ``check``; equal pages, equal bytes."""
    reader = _Reader()
    reader.feed(page)
    reader.close()
    blocks = _bounded([block for block in reader.blocks if block.text.strip()])
    words = "".join(block.text for block in blocks) + "•…Page of"
    with TemporaryDirectory() as folder:
        return _drawn(blocks, pieces(words, Path(folder)), made_at)


def _bounded(blocks: list[Block]) -> list[Block]:
    """With readable signs, and cut where a text or all of them are too long; the page with all is named."""
    left, told = MOST, []
    for block in blocks:
        most = min(LONGEST, left)
        runs, room = [], most
        for text, style in block.runs:
            shown = readable(text[:room])
            runs.append((shown, style))
            room -= len(text)
        if room < 0:
            runs.append((f" … ({-room:,} more characters in index.html)", "soft"))
        left = max(0, left - min(most, len(block.text)))
        told.append(Block(block.kind, block.tone, runs))
        if not left:
            told.append(Block("p", "soft", [("It goes on in index.html.", "")]))
            break
    return told


def _drawn(blocks: list[Block], fonts: dict[str, Path], made_at: datetime) -> bytes:
    from fpdf import FPDF

    pdf: Any = FPDF(format="A4")
    pdf.set_creation_date(made_at)
    pdf.set_lang("en")
    pdf.alias_nb_pages("")  # no sign in a text stands for the number of pages
    pdf.set_title(next((block.text for block in blocks if block.kind == "h1"), "Evidence"))
    pdf.set_margins(MARGIN, MARGIN, MARGIN)
    pdf.set_auto_page_break(True, MARGIN)
    for name, path in fonts.items():
        pdf.add_font("main" if name == "bold" else name, "B" if name == "bold" else "", path)
    pdf.set_fallback_fonts([name for name in fonts if name.startswith("other")], exact_match=False)
    pdf.set_text_shaping(True)
    pdf.add_page()
    for block in blocks:
        _draw(pdf, block)
    _number(pdf)
    return bytes(pdf.output())


def _draw(pdf: Any, block: Block) -> None:
    size = SIZES.get(block.kind, 10.0 if block.tone != "soft" else 8.5)
    height = size * 0.55
    pdf.ln({"h1": 1, "h2": 5, "h3": 2.5}.get(block.kind, 0.8))
    if block.kind in {"h2", "h3"} and pdf.will_page_break(height * 4):
        pdf.add_page()  # a heading does not stand alone at the foot
    if block.kind == "h2":
        pdf.set_draw_color(217, 222, 228)
        pdf.line(MARGIN, pdf.y - 2, pdf.w - MARGIN, pdf.y - 2)
    if block.kind == "pre":
        _style(pdf, "pre", "", size)
        pdf.set_fill_color(*GROUND)
        pdf.multi_cell(
            0, height, block.text, fill=True, align="L", padding=(2, 3), new_x="LMARGIN", new_y="NEXT"
        )
        return
    if block.kind == "li":
        _style(pdf, "", "", size)
        pdf.cell(INDENT, height, "•")
        pdf.set_left_margin(MARGIN + INDENT)
    for text, style in block.runs:
        _style(pdf, block.tone if block.kind == "p" else block.kind, style, size)
        pdf.write(height, text)
    pdf.set_left_margin(MARGIN)
    pdf.ln(height)


def _style(pdf: Any, kind: str, style: str, size: float) -> None:
    is_bold = style == "strong" or kind in {"h1", "h2", "h3", "kicker"}
    pdf.set_font("main", "B" if is_bold else "", size * (0.88 if style == "code" else 1))
    pdf.set_text_color(*(SEAL if kind in {"kicker", "binds"} else SOFT if "soft" in {kind, style} else INK))


def _number(pdf: Any) -> None:
    """Page numbers, once it is known how many there are."""
    pdf.set_auto_page_break(False)
    for number in range(1, len(pdf.pages) + 1):
        pdf.page = number
        pdf.set_y(-12)
        _style(pdf, "soft", "", 8)
        pdf.cell(0, 4, f"Page {number} of {len(pdf.pages)}", align="R")
