"""Collections, environments, keys and the history of prompts in the admin."""

from prompts.registry.admin import collections, environments, keys, lint_policies, prompts

__all__ = ["collections", "environments", "keys", "lint_policies", "prompts"]
