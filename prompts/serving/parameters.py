"""Query parameters, read strictly."""

from datetime import UTC, datetime

from django.http import HttpRequest
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from prompts.serving.http import BadRequest

LARGEST = 2**31 - 1


def text(request: HttpRequest, name: str, default: str = "") -> str:
    """A text without NUL; raises ``BadRequest``."""
    value = request.GET.get(name, default)
    if "\x00" in value:
        raise BadRequest(f"{name} holds a NUL character.", field=name)
    return value


def number(
    request: HttpRequest, name: str, default: int | None = None, *, least: int = 1, most: int = LARGEST
) -> int | None:
    """A whole number within bounds, or ``default`` where none is given; raises ``BadRequest``."""
    raw = request.GET.get(name, "")
    if raw == "":
        return default
    if not (raw.isascii() and raw.isdigit()) or len(raw) > 12 or not least <= int(raw) <= most:
        raise BadRequest(f"{name} must be a whole number from {least} to {most}.", field=name)
    return int(raw)


def flag(request: HttpRequest, name: str, *, default: bool) -> bool:
    """``true`` or ``false``; raises ``BadRequest``."""
    raw = request.GET.get(name, "").lower()
    if raw in {"", "true", "1", "false", "0"}:
        return default if raw == "" else raw in {"true", "1"}
    raise BadRequest(f"{name} must be true or false.", field=name)


def moment(request: HttpRequest, name: str) -> datetime | None:
    """A time in ISO 8601, taken as UTC where it names no zone; raises ``BadRequest``."""
    raw = request.GET.get(name, "")
    if not raw:
        return None
    try:
        value = parse_datetime(raw.replace(" ", "+"))
    except ValueError:
        value = None
    if value is None:
        raise BadRequest(f"{name} must be a time such as 2026-03-03T09:30:00Z.", field=name)
    try:
        return (value if timezone.is_aware(value) else timezone.make_aware(value)).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise BadRequest(f"{name} is out of range.", field=name) from error
