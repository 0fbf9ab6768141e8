"""A reader for `.env` files: `KEY=VALUE` lines, comments, quotes. The real environment always wins."""

import os
import re
import sys
from pathlib import Path

from portal.runtime.paths import ROOT

LINE = re.compile(
    r"""^\s*(?:export\s+)?(?P<key>[A-Za-z_][A-Za-z0-9_]*)\s*=\s*
    (?:'(?P<single>[^']*)'|"(?P<double>(?:[^"\\]|\\.)*)"|(?P<bare>[^'"\s#].*?|))
    (?:\s+\#.*|\s*)$""",
    re.VERBOSE,
)
ESCAPES = {"n": "\n", "t": "\t", "r": "\r"}


class DotenvError(ValueError):
    """A line that is neither an assignment nor a comment; names the file and the line, never the value."""


def parse(text: str, source: str = ".env") -> dict[str, str]:
    """The assignments in *text*, in order; a later one replaces an earlier one.

    Single quotes keep everything as it is, double quotes know `\\n`, `\\t`, `\\r`, `\\"` and `\\\\`,
    and a bare value ends before ` #`. Raises DotenvError for any other line.
    """
    found: dict[str, str] = {}
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        if not (match := LINE.match(line)):
            raise DotenvError(f"{source}, line {number}: expected KEY=VALUE")
        if (quoted := match["double"]) is not None:
            value = re.sub(r"\\(.)", lambda m: ESCAPES.get(m[1], m[1]), quoted)
        else:
            value = match["single"] if match["single"] is not None else match["bare"]
        found[match["key"]] = value
    return found


def load_dotenv(path: Path | None = None) -> None:
    """Put the assignments of *path* into the environment; default `DOTENV_FILE`, else `.env` in the checkout.

    Variables that are already set keep their value, even an empty one; a missing file is no error.
    A broken line ends the process: its number goes to stderr, the exit status is 2.
    """
    path = path or Path(os.environ.get("DOTENV_FILE") or ROOT / ".env")
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        return
    try:
        found = parse(text, str(path))
    except DotenvError as error:
        print(error, file=sys.stderr)
        raise SystemExit(2) from error
    for key, value in found.items():
        os.environ.setdefault(key, value)
