"""Strikes a provider's key out of whatever came back from it: some servers repeat what they were sent."""

import json
from typing import Any

SHORTEST = 6
"""A shorter key would strike out words that are none."""
STRUCK = "…"


def without(key: str, text: str) -> str:
    """The text without the key, as it is and as JSON writes it."""
    if len(key) < SHORTEST:
        return text
    return text.replace(key, STRUCK).replace(json.dumps(key)[1:-1], STRUCK)


def without_in(key: str, value: Any) -> Any:
    """The same for every text of a JSON value."""
    if isinstance(value, str):
        return without(key, value)
    if isinstance(value, list):
        return [without_in(key, one) for one in value]
    if isinstance(value, dict):
        return {without(key, str(name)): without_in(key, one) for name, one in value.items()}
    return value
