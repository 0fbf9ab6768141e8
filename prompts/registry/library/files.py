"""Opens the files of a library and yields their rows and faults, with the line each stands on."""

import csv
import json
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from prompts.registry.library.fronted import has_head, read_dotprompt, read_markdown
from prompts.registry.library.langfuse_export import read_langfuse
from prompts.registry.library.promptfoo import read_promptfoo
from prompts.registry.library.rows import Fault, Row, read_record

LARGEST_FIELD = 8_000_000
Found = Iterator[Row | Fault]
Reader = Callable[[Path, Mapping[str, str], str], Found]


def read_csv(path: Path, mapping: Mapping[str, str], collection: str) -> Found:
    """Comma, semicolon or tab separated, with a header; texts keep every byte, line ends included."""
    before = csv.field_size_limit(LARGEST_FIELD)
    try:
        # Bytes that are no UTF-8 become lone surrogates: only the row that holds them is refused.
        with path.open(encoding="utf-8-sig", errors="surrogateescape", newline="") as file:
            head = file.readline()
            file.seek(0)
            delimiter = max(",;\t", key=head.count)
            yield from _csv_rows(csv.reader(file, delimiter=delimiter, strict=True), path, mapping)
    finally:
        csv.field_size_limit(before)


def _csv_rows(reader: Any, path: Path, mapping: Mapping[str, str]) -> Found:
    header: list[str] | None = None
    while True:
        line = reader.line_num + 1
        try:
            cells = next(reader, None)
        except csv.Error as error:
            # What follows a broken quote cannot be told apart any more.
            yield Fault(
                str(path), line, f"the CSV is broken here: {error}; the rest of the file was not read"
            )
            return
        if cells is None:
            return
        if header is None:
            header = [cell.strip() for cell in cells]
        elif not cells:
            continue
        elif len(cells) != len(header):
            yield Fault(str(path), line, f"{len(cells)} fields where the header has {len(header)}")
        else:
            yield _row(dict(zip(header, cells, strict=True)), path, line, mapping)


def read_jsonl(path: Path, mapping: Mapping[str, str], collection: str) -> Found:
    """One JSON object a line."""
    with path.open("rb") as file:
        for number, line in enumerate(file, start=1):
            if not line.strip():
                continue
            try:
                record = json.loads(line.decode("utf-8-sig" if number == 1 else "utf-8"))
            except (ValueError, RecursionError) as error:
                yield Fault(str(path), number, f"not a line of JSON: {error}")
                continue
            if isinstance(record, dict):
                yield _row(record, path, number, mapping)
            else:
                yield Fault(str(path), number, "not a JSON object")


def _row(record: dict[str, Any], path: Path, line: int, mapping: Mapping[str, str]) -> Row | Fault:
    try:
        json.dumps(record, ensure_ascii=False).encode()
        return read_record(record, str(path), line, mapping)
    except UnicodeEncodeError:
        return Fault(str(path), line, "holds bytes that are not UTF-8, or half a character")
    except (ValueError, RecursionError) as error:
        return Fault(str(path), line, str(error))


FORMATS: dict[str, Reader] = {
    "csv": read_csv,
    "jsonl": read_jsonl,
    "dotprompt": read_dotprompt,
    "markdown": read_markdown,
    "promptfoo": read_promptfoo,
    "langfuse": read_langfuse,
}
_BY_ENDING = {
    ".csv": "csv",
    ".tsv": "csv",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".prompt": "dotprompt",
    ".md": "markdown",
    ".markdown": "markdown",
    ".json": "langfuse",
    ".yaml": "promptfoo",
    ".yml": "promptfoo",
}


def read_path(path: Path, format: str, mapping: Mapping[str, str], collection: str) -> Found:
    """All rows and faults of a file, or of the files in a folder; ``auto`` goes by the file's ending.

    In a folder ``auto`` takes CSV, JSON lines, ``.prompt`` files and Markdown that begins with a head, and
    passes the others over. What one prompt includes of another is named with the ``collection`` that the
    library goes into.
    """
    if path.is_dir():
        taken = {"csv", "jsonl", "dotprompt", "markdown"} if format == "auto" else {format}
        for inner in sorted(path.rglob("*")):
            kind = _BY_ENDING.get(inner.suffix.lower())
            if kind not in taken or not inner.is_file():
                continue
            if format != "auto" or kind != "markdown" or has_head(inner):
                yield from read_path(inner, format, mapping, collection)
        return
    chosen = _BY_ENDING.get(path.suffix.lower()) if format == "auto" else format
    if chosen is None:
        yield Fault(str(path), 0, "the kind of file cannot be told by its ending; say --format")
        return
    try:
        yield from FORMATS[chosen](path, mapping, collection)
    except OSError as error:
        yield Fault(str(path), 0, f"cannot be read: {error.strerror or error}")
