"""The trail as an Excel workbook, written at constant memory."""

import re
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from xlsxwriter import Workbook
from xlsxwriter.exceptions import XlsxWriterException

from audits.exports.formats import COLUMNS, Values, cells, neutral

LONGEST_CELL = 32_767
"""Excel's limit, in UTF-16 units."""
MOST_ROWS = 1_048_576
"""Excel's limit of a sheet; what is more goes on on the next one."""
WIDTHS = (10, 27, 30, 11, 18, 24, 14, 34, 40, 16, 60, 20)
CUT = " … (cut: Excel holds no longer text; the JSON Lines export has all of it)"
NO_XML = re.compile("[\ufffe\uffff\ud800-\udfff]")
OPTIONS = {
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
    "use_zip64": True,
}


def cell(text: str) -> str:
    """A text as Excel takes it: nothing that it computes, no longer than it holds, no character XML lacks."""
    clean = NO_XML.sub("\ufffd", neutral(text))
    if len(clean) * 2 > LONGEST_CELL and len(clean.encode("utf-16-le")) // 2 > LONGEST_CELL:
        clean = clean.encode("utf-16-le")[: 2 * (LONGEST_CELL - len(CUT))].decode("utf-16-le", "ignore") + CUT
    return clean


def write_workbook(path: Path, rows: Iterable[Values], notes: Iterable[tuple[str, str]]) -> int:
    """Writes the workbook: the entries, and ``notes`` as (name, text) on a sheet of their own.

    Returns how many entries there were. Raises ``OSError`` where it cannot be written.
    """
    count, line, sheets = 0, 0, 0
    with tempfile.TemporaryDirectory(dir=path.parent, prefix=f".{path.stem}-") as folder:
        book = Workbook(str(path), {**OPTIONS, "tmpdir": folder})
        bold = book.add_format({"bold": True})
        sheet: Any = None
        for row in rows:
            if sheet is None or line >= MOST_ROWS:
                sheets += 1
                sheet, line = _sheet(book, sheets, bold), 1
            _write(sheet, line, cells(row))
            count, line = count + 1, line + 1
        if sheet is None:
            _sheet(book, 1, bold)
        about = book.add_worksheet("Checkpoint")
        about.set_column(0, 0, 18)
        about.set_column(1, 1, 110)
        for number, (name, text) in enumerate(notes):
            about.write_string(number, 0, cell(name), bold)
            about.write_string(number, 1, cell(text))
        try:
            book.close()
        except XlsxWriterException as error:
            raise OSError(f"the workbook cannot be written: {error}") from error
    return count


def _sheet(book: Workbook, number: int, bold: Any) -> Any:
    sheet = book.add_worksheet("Entries" if number == 1 else f"Entries {number}")
    for column, width in enumerate(WIDTHS):
        sheet.set_column(column, column, width)
    for column, name in enumerate(COLUMNS):
        sheet.write_string(0, column, name, bold)
    sheet.freeze_panes(1, 0)
    return sheet


def _write(sheet: Any, line: int, values: tuple[object, ...]) -> None:
    for column, value in enumerate(values):
        if isinstance(value, int):
            sheet.write_number(line, column, value)
        else:
            sheet.write_string(line, column, cell(str(value)))
