"""How JavaScript prints, counts and splits, since assertions are written with its rules in mind.

Sources: ECMA-262, Number::toString, String.prototype.trim and the class ``\\s`` of its patterns.
"""

import json
import re
from typing import Any

SPACES = r"\t-\r \u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000\ufeff"
"""White space as ``\\s`` has it; Python's own differs in both directions."""
WORD = re.compile(f"[^{SPACES}]+")
ENDS = re.compile(rf"\A[{SPACES}]+|[{SPACES}]+\Z")
BIGGEST_PLAIN = 1e21


def words(text: str) -> list[str]:
    """What stands between white space."""
    return WORD.findall(text)


def trim(text: str) -> str:
    """Without white space at both ends."""
    return ENDS.sub("", text)


def length(text: str) -> int:
    """UTF-16 code units, which is what ``length`` counts."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2


def number_text(value: float) -> str:
    """A number as it is printed: 1.0 is 1, 1e21 is 1e+21."""
    if isinstance(value, int):
        return str(value)
    if value.is_integer() and abs(value) < BIGGEST_PLAIN:
        return str(int(value))
    told = repr(value)
    if "e" not in told:
        return told
    digits, _, power = told.partition("e")
    size = int(power)
    if -7 < size < 0:
        return f"{value:.{len(digits.replace('.', '').lstrip('-')) - 1 - size}f}"
    return f"{digits}e{'+' if size > 0 else '-'}{abs(size)}"


def _whole(value: Any) -> Any:
    """Floats without a fraction become integers, all the way down."""
    if isinstance(value, float) and value.is_integer() and abs(value) < BIGGEST_PLAIN:
        return int(value)
    if isinstance(value, list):
        return [_whole(item) for item in value]
    if isinstance(value, dict):
        return {key: _whole(item) for key, item in value.items()}
    return value


def json_text(value: Any) -> str:
    """Compact JSON, as ``JSON.stringify`` writes it."""
    return json.dumps(_whole(value), ensure_ascii=False, separators=(",", ":"))


def plain(value: Any) -> str:
    """A scalar as it is printed; lists and objects as JSON."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool) or value is None or isinstance(value, list | dict):
        return json_text(value)
    return number_text(value)
