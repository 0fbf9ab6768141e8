"""How far the writing of a file has come."""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Mark:
    """``count`` entries are written; a file of lines goes on at ``offset`` bytes with ``position``."""

    count: int = 0
    position: int = 0
    offset: int = 0


Tell = Callable[[Mark], None]
"""Is told from time to time; what it raises ends the writing."""
EVERY = 500
"""Entries between two marks, which are also held in memory at once."""
