"""Model settings: which are passed on, in which type."""

from typing import Any

NUMBERS = {"temperature", "top_p", "presence_penalty", "frequency_penalty"}
WHOLE = {"max_tokens", "max_completion_tokens", "max_output_tokens", "seed", "top_k"}


def chosen(settings: dict[str, Any], names: set[str]) -> dict[str, Any]:
    """The settings with these names and a value; decimals written as text become numbers."""
    found: dict[str, Any] = {}
    for name in sorted(names & settings.keys()):
        value = settings[name]
        if value is None or value == "":
            continue
        if name in NUMBERS:
            value = float(value)
        elif name in WHOLE:
            value = int(float(value))
        found[name] = value
    return found


def faults(settings: Any) -> str:
    """What is wrong with a settings object, in words; empty if nothing is."""
    if not isinstance(settings, dict):
        return "Settings are an object."
    for name, value in settings.items():
        if name in NUMBERS | WHOLE and value not in (None, ""):
            try:
                float(value)
            except (TypeError, ValueError):
                return f"{name} is a number."
    return ""
