"""Reads of observability."""

from prompts.observability.selectors.seen import calls_visible_to
from prompts.observability.selectors.use import Hour, Use, hourly, use_of

__all__ = ["Hour", "Use", "calls_visible_to", "hourly", "use_of"]
