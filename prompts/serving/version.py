"""The version of this program, as ``pyproject.toml`` has it."""

import tomllib
from pathlib import Path


def _read() -> str:
    file = Path(__file__).resolve().parents[2] / "pyproject.toml"
    if not file.is_file():
        return "0"
    return str(tomllib.loads(file.read_text(encoding="utf-8"))["project"]["version"])


VERSION = _read()
