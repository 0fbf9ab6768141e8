"""Addresses that may not be there."""

from django.urls import NoReverseMatch, reverse


def address(name: str) -> str:
    """The address of that name, or an empty text where the portal has none."""
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""
