"""Filters of the page that an evidence pack opens with; it is read far from the portal, so times are UTC."""

from datetime import UTC, datetime

from django import template

register = template.Library()


@register.filter
def utc(moment: datetime | None) -> str:
    """``3 March 2026, 10:00:00 UTC``."""
    if moment is None:
        return "never"
    local = moment.astimezone(UTC)
    return f"{local.day} {local:%B %Y, %H:%M:%S} UTC"


@register.filter
def cut_at(text: str, most: int) -> str:
    """The text, or its beginning with a word about the rest."""
    whole = str(text)
    return (
        whole
        if len(whole) <= most
        else f"{whole[:most]} … ({len(whole) - most:,} more characters in the data)"
    )
