"""Suites in files: JSON lines of cases, or YAML as promptfoo writes tests. Pure."""

import hashlib
import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from audits.identity.errors import Unacceptable

MOST_BYTES = 20_000_000


@dataclass(frozen=True, slots=True)
class SuiteFile:
    """The cases of a file; ``name`` carries a digest of its content: another content is another suite."""

    name: str
    title: str
    cases: list[dict[str, Any]]


def read_suite(path: Path) -> SuiteFile:
    """Reads a ``.jsonl``, ``.json``, ``.yaml`` or ``.yml`` file; raises ``Unacceptable`` with the line."""
    try:
        raw = path.read_bytes()
        text = raw.decode("utf-8-sig")
    except OSError as error:
        raise Unacceptable(f"{path} cannot be read: {error.strerror}.", field="suite") from None
    except UnicodeDecodeError as error:
        raise Unacceptable(f"{path} is not UTF-8 (byte {error.start}).", field="suite") from None
    if len(raw) > MOST_BYTES:
        raise Unacceptable(f"{path} is longer than {MOST_BYTES // 1_000_000} MB.", field="suite")
    rows, shared = _lines(path, text) if path.suffix == ".jsonl" else _tree(path, text)
    if not rows:
        raise Unacceptable(f"{path} holds no case.", field="suite")
    names: dict[str, int] = {}
    cases = [_case(path, place, row, shared, names) for place, row in rows]
    stem = re.sub(r"[^a-z0-9]+", "-", path.stem.lower()).strip("-")[:80] or "suite"
    return SuiteFile(f"{stem}-{hashlib.sha256(raw).hexdigest()[:10]}", f"File {path.name}"[:160], cases)


def _lines(path: Path, text: str) -> tuple[list[tuple[str, Any]], dict[str, Any]]:
    rows: list[tuple[str, Any]] = []
    for number, line in enumerate(text.splitlines(), start=1):
        if line.strip():
            try:
                rows.append((f"line {number}", json.loads(line)))
            except (ValueError, RecursionError) as error:
                raise Unacceptable(f"{path}, line {number}: {error}.", field="suite") from None
    return rows, {}


def _tree(path: Path, text: str) -> tuple[list[tuple[str, Any]], dict[str, Any]]:
    import yaml

    try:
        found = json.loads(text) if path.suffix == ".json" else yaml.safe_load(text)
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise Unacceptable(f"{path}: {str(error)[:300]}", field="suite") from None
    shared = found.get("defaultTest") or {} if isinstance(found, dict) else {}
    tests = found.get("tests") if isinstance(found, dict) else found
    if not isinstance(tests, list) or not isinstance(shared, dict):
        raise Unacceptable(f"{path} has no list of tests.", field="suite")
    return [(f"test {number}", row) for number, row in enumerate(tests, start=1)], shared


def _case(path: Path, place: str, row: Any, shared: dict[str, Any], names: dict[str, int]) -> dict[str, Any]:
    if not isinstance(row, dict):
        raise Unacceptable(f"{path}, {place}: a case is an object.", field="suite")
    variables = {**(shared.get("vars") or {}), **(row.get("vars") or {})}
    wanted = [*_asserted(shared), *_asserted(row)]
    name = str(row.get("name") or row.get("description") or f"case {place.partition(' ')[2]}")[:180]
    names[name] = names.get(name, 0) + 1
    if names[name] > 1:
        name = f"{name} ({names[name]})"
    return {
        "name": name,
        "vars": variables,
        "assertions": wanted,
        "threshold": row.get("threshold", shared.get("threshold")),
        "weight": row.get("weight", 1),
        "tags": row.get("tags") or [],
    }


def _asserted(row: dict[str, Any]) -> list[Any]:
    found = row.get("assert", row.get("assertions")) or []
    return found if isinstance(found, list) else [found]
