"""Strikes a provider's key out of whatever came back from it: some servers repeat what they were sent."""

from typing import Any

from prompts.evaluations.providers.keys import key_forms

SHORTEST = 6
"""A shorter key would strike out words that are none."""
STRUCK = "…"


def without(key: str, text: str) -> str:
    """The text without the key and its parts, as they are, as JSON writes them and as addresses do."""
    for form in key_forms(key):
        if len(form) >= SHORTEST:
            text = text.replace(form, STRUCK)
    return text


def without_in(key: str, value: Any) -> Any:
    """The same for every text of a JSON value."""
    if isinstance(value, str):
        return without(key, value)
    if isinstance(value, list):
        return [without_in(key, one) for one in value]
    if isinstance(value, dict):
        return {without(key, str(name)): without_in(key, one) for name, one in value.items()}
    return value
