"""Canonical JSON (RFC 8785) of what is hashed: the same value gives the same bytes everywhere.

Text is never normalised; numbers with a fraction are refused (write them as decimal strings).
"""

import hashlib
import json
from typing import Any

import rfc8785


class NotCanonical(ValueError):
    """The value has no canonical form: a float, a lone surrogate, a number beyond 2**53, a foreign type."""


_LARGEST = 2**53 - 1
_encode = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode


def _refuse_floats(value: Any) -> None:
    if isinstance(value, float):
        raise NotCanonical(f"{value!r} is a binary fraction; write it as a decimal string.")
    if isinstance(value, dict):
        for item in value.values():
            _refuse_floats(item)
    elif isinstance(value, list | tuple):
        for item in value:
            _refuse_floats(item)


def _is_usual(value: Any) -> bool:
    """Whether Python's encoder in C writes the very same: keys of ASCII sort alike by points and by units."""
    kind = type(value)
    if kind is str or kind is bool or value is None:
        return True
    if kind is int:
        return bool(-_LARGEST <= value <= _LARGEST)
    if kind is dict:
        return all(type(key) is str and key.isascii() and _is_usual(item) for key, item in value.items())
    return kind is list and all(map(_is_usual, value))


def canonical_json(value: Any) -> bytes:
    """The RFC 8785 bytes of ``value`` (dicts, lists, strings, integers, booleans, None).

    Every act and every proof waits for these bytes, and the library is written in Python: values of the usual
    kind are left to the encoder in C, which a test holds against the library.
    """
    try:
        if _is_usual(value):
            return _encode(value).encode()
        _refuse_floats(value)
        return rfc8785.dumps(value)
    except (rfc8785.CanonicalizationError, UnicodeEncodeError) as error:
        raise NotCanonical(str(error)) from error


def sha256_hex(data: bytes) -> str:
    """The SHA-256 of ``data`` in lower-case hexadecimal."""
    return hashlib.sha256(data).hexdigest()
