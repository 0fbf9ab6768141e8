"""Cursors: opaque to the asker, checked when they come back."""

import base64
import binascii
from collections.abc import Sequence
from typing import Any, TypeVar

from prompts.serving.http import BadRequest

T = TypeVar("T")
LONGEST = 2000


def cursor_of(value: Any) -> str:
    """The cursor that stands for a place in a list."""
    return base64.urlsafe_b64encode(str(value).encode()).decode().rstrip("=")


def place_of(cursor: str) -> str:
    """The place behind a cursor, an empty text for none; raises ``BadRequest``."""
    if len(cursor) > LONGEST:
        raise BadRequest("This cursor is none of ours.", field="cursor")
    try:
        place = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True).decode()
    except (binascii.Error, ValueError) as error:
        raise BadRequest("This cursor is none of ours.", field="cursor") from error
    if "\x00" in place:
        raise BadRequest("This cursor is none of ours.", field="cursor")
    return place


def number_at(cursor: str, most: int = 2**62) -> int | None:
    """The number behind a cursor, or None for no cursor; raises ``BadRequest``."""
    place = place_of(cursor)
    if not place:
        return None
    if not (place.isascii() and place.isdigit()) or len(place) > 19 or int(place) > most:
        raise BadRequest("This cursor is none of ours.", field="cursor")
    return int(place)


def split(rows: Sequence[T], limit: int) -> tuple[list[T], bool]:
    """The first ``limit`` of ``limit + 1`` rows, and whether there are more."""
    return list(rows[:limit]), len(rows) > limit
