"""Pages that need several rooms.

A module of pages is listed here and has a list ``PAGES``; the site takes its addresses from them.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from portal.pages.base import Page

MODULES = (
    "prompt_list",
    "prompt_page",
    "variants",
    "discussion",
    "saved_searches",
    "inbox",
    "merging",
    "archiving",
    "renaming",
    "duplicates",
    "worklists",
    "hand_over",
    "editor",
    "fragments",
    "diff",
    "desk",
    "desk_steps",
    "delegations",
    "documentation",
    "releases",
    "release_requests",
    "release_history",
    "schedules",
    "emergencies",
    "adopting",
    "second_person",
    "gates",
    "erasures",
    "retention",
    "holds",
    "evaluations",
    "call_cases",
    "use",
    "trail",
    "trail_person",
    "viewers",
    "verification",
    "sensitivity",
    "exports",
    "autocomplete",
    "account",
    "notice_preferences",
    "deliveries",
    "people",
    "policies",
    "signed_forms",
    "requirements",
)
"""Modules of this package, in the order in which their addresses are tried."""


def all_pages() -> "list[Page]":
    """Every page of every listed module."""
    return [page for name in MODULES for page in import_module(f"portal.pages.{name}").PAGES]
