"""Reads of this room."""

from prompts.releases.selectors.gate import gate_facts, gate_policy_for, text_is_intact, verdict_of
from prompts.releases.selectors.pointers import (
    live_release,
    live_releases,
    pointer_history,
    released_versions,
)
from prompts.releases.selectors.standing import ended, open_freeze, retirement_of
from prompts.releases.selectors.state import state_of, version_states

__all__ = [
    "ended",
    "gate_facts",
    "gate_policy_for",
    "live_release",
    "live_releases",
    "open_freeze",
    "pointer_history",
    "released_versions",
    "retirement_of",
    "state_of",
    "text_is_intact",
    "verdict_of",
    "version_states",
]
