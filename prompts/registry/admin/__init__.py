"""Collections, standards, environments, dimensions, keys and the history of prompts in the admin."""

from prompts.registry.admin import (
    collections,
    dimensions,
    documentation,
    environments,
    keys,
    lint_policies,
    prompts,
)

__all__ = ["collections", "dimensions", "documentation", "environments", "keys", "lint_policies", "prompts"]
