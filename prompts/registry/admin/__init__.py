"""Collections, documentation standards, environments, keys and the history of prompts in the admin."""

from prompts.registry.admin import collections, documentation, environments, keys, lint_policies, prompts

__all__ = ["collections", "documentation", "environments", "keys", "lint_policies", "prompts"]
