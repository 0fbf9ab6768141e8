"""Pages that need several rooms.

A module of pages is listed here and has a list ``PAGES``; the site takes its addresses from them.
"""

import warnings
from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from portal.pages.base import Page

MODULES = (
    "prompt_list",
    "prompt_forms",
    "prompt_page",
    "editor",
    "diff",
    "desk",
    "releases",
    "evaluations",
    "use",
    "trail",
    "autocomplete",
)
"""Modules of this package, in the order in which their addresses are tried."""


def all_pages() -> "list[Page]":
    """Every page of every listed module."""
    found: list[Page] = []
    for name in MODULES:
        try:
            found += import_module(f"portal.pages.{name}").PAGES
        except ImportError as missing:  # while the rooms below are being written
            warnings.warn(f"The pages of {name} are left out: {missing}", stacklevel=1)
    return found
