"""Gates in the admin."""

from prompts.releases.admin import gates

__all__ = ["gates"]
