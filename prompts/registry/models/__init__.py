"""Tables of the registry."""

from prompts.registry.models.collection import Collection, Environment
from prompts.registry.models.grants import (
    CollectionGroupPermission,
    CollectionUserPermission,
    PromptGroupPermission,
    PromptUserPermission,
)
from prompts.registry.models.lint_policy import LintPolicy
from prompts.registry.models.prompt import Kind, Prompt, PromptTag, RiskTier, Steward
from prompts.registry.models.search import PromptText
from prompts.registry.models.version import Version, VersionAuthor

__all__ = [
    "Collection",
    "CollectionGroupPermission",
    "CollectionUserPermission",
    "Environment",
    "Kind",
    "LintPolicy",
    "Prompt",
    "PromptGroupPermission",
    "PromptTag",
    "PromptText",
    "PromptUserPermission",
    "RiskTier",
    "Steward",
    "Version",
    "VersionAuthor",
]
