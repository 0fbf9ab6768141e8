"""The letters of printed pages: which font has a sign, and pieces of fonts with only what is used.

The fonts are Noto's (SIL Open Font License), from the packages that requirements.in names; they cover the
scripts in common use. A sign that none of them has, and one that is invisible or turns the direction of what
follows, is written as its code point in brackets, so that nothing is lost or hidden without a word.
"""

import unicodedata
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

MAIN = "NotoSans[wght].ttf"
CJK = "NotoSansCJK-VF.otf.ttc"
JOINERS = "\u200c\u200d"
"""Invisible, but words of some scripts are misspelt without them."""
EMOJI_STYLE = "\ufe0f"
"""Asks for a coloured picture where there are two; left out."""
REGULAR, BOLD = 400, 700
TRUETYPE_ONLY = (
    "maxZones",
    "maxTwilightPoints",
    "maxStorage",
    "maxFunctionDefs",
    "maxInstructionDefs",
    "maxStackElements",
    "maxSizeOfInstructions",
    "maxComponentElements",
)
"""What the head of such a font tells of programs in it, of which there are none."""


def readable(text: str) -> str:
    """The text with each sign that cannot be shown replaced by ``[U+…]``; a tab becomes four spaces."""
    text = text.replace("\r\n", "\n").replace("\t", "    ").replace(EMOJI_STYLE, "")
    strange = {sign for sign in set(text) if not sign.isascii() or not sign.isprintable()} - {"\n"}
    table = {ord(sign): f"[U+{ord(sign):04X}]" for sign in strange if not _is_shown(sign)}
    return text.translate(table)


def _is_shown(sign: str) -> bool:
    if unicodedata.category(sign) in {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"} and sign not in JOINERS:
        return False
    return font_of(sign) is not None


def font_of(sign: str) -> str | None:
    """The file name of the first font that has the sign, or None."""
    code = ord(sign)
    return next((name for name in (MAIN, *_others(), CJK) if code in _signs(name)), None)


def pieces(text: str, folder: Path) -> dict[str, Path]:
    """Files of fonts with the signs of the text, made in ``folder``, by name: ``main``, ``bold`` and one for
    each further font that is needed.
    """
    signs = {chr(code) for code in range(32, 127)} | set(text) - {"\n"}
    by_font: dict[str, set[str]] = {}
    for sign in sorted(signs):
        if (name := font_of(sign)) is not None:
            by_font.setdefault(name, set()).add(sign)
    made = {"bold": _cut(MAIN, by_font[MAIN], BOLD, folder / "bold.ttf")}
    for number, (name, wanted) in enumerate(sorted(by_font.items())):
        called = "main" if name == MAIN else f"other{number}"
        made[called] = _cut(name, wanted, REGULAR, folder / f"{called}.ttf")
    return made


def _file(name: str) -> Path:
    import manimgx_fonts
    import manimgx_fonts_cjk

    package = manimgx_fonts_cjk if name == CJK else manimgx_fonts
    return Path(package.__file__).with_name(name)


@cache
def _others() -> tuple[str, ...]:
    names = sorted(path.name for path in _file(MAIN).parent.glob("*.ttf"))
    return tuple(name for name in names if name != MAIN and "Italic" not in name)


@cache
def _signs(name: str) -> frozenset[int]:
    """The code points that a font has."""
    from fontTools.ttLib import TTFont

    with TTFont(_file(name), lazy=True, fontNumber=0) as font:
        return frozenset(font.getBestCmap())


def _cut(name: str, signs: Iterable[str], weight: int, to: Path) -> Path:
    """A font of one weight with these signs alone; the same signs give the same bytes."""
    from fontTools import subset
    from fontTools.ttLib import TTFont
    from fontTools.varLib import instancer

    options = subset.Options(layout_features=["*"], notdef_outline=True)
    with TTFont(_file(name), lazy=True, fontNumber=0, recalcTimestamp=False) as font:
        cut = subset.Subsetter(options)
        cut.populate(unicodes=sorted(map(ord, signs)))
        cut.subset(font)
        instancer.instantiateVariableFont(font, {"wght": weight}, inplace=True)
        if "CFF2" in font:
            _as_truetype(font)
        font.save(to)
    return to


def _as_truetype(font: Any) -> None:
    """Draws the outlines anew as quadratic curves: a PDF may not hold those of CFF2."""
    from fontTools.pens.cu2quPen import Cu2QuPen
    from fontTools.pens.ttGlyphPen import TTGlyphPen
    from fontTools.ttLib import newTable

    glyphs, drawn = font.getGlyphSet(), {}
    for name in font.getGlyphOrder():
        pen = TTGlyphPen(None)
        glyphs[name].draw(Cu2QuPen(pen, max_err=1.0, reverse_direction=True))
        drawn[name] = pen.glyph()
    table = font["glyf"] = newTable("glyf")
    table.glyphs, table.glyphOrder = drawn, font.getGlyphOrder()
    font["loca"], font["post"].formatType = newTable("loca"), 3.0
    font["maxp"].tableVersion = 0x00010000
    for name in TRUETYPE_ONLY:
        setattr(font["maxp"], name, 1 if name == "maxZones" else 0)
    for name in {"CFF2", "VORG"} & set(font.keys()):
        del font[name]
    font.sfntVersion = "\000\001\000\000"
