"""Collections, documentation standards, environments, keys and the history of prompts in the admin."""

from prompts.registry.admin import collections, documentation, environments, keys, prompts

__all__ = ["collections", "documentation", "environments", "keys", "prompts"]
