"""Tables of the registry."""

from prompts.registry.models.collection import Collection, Environment
from prompts.registry.models.comment import Comment, SavedSearch, Watch
from prompts.registry.models.former_name import FormerName
from prompts.registry.models.fragment_use import FragmentUse
from prompts.registry.models.grants import (
    CollectionGroupPermission,
    CollectionUserPermission,
    PromptGroupPermission,
    PromptUserPermission,
)
from prompts.registry.models.lint_policy import LintPolicy
from prompts.registry.models.prompt import Kind, Prompt, PromptTag, RiskTier, Steward
from prompts.registry.models.search import PromptText
from prompts.registry.models.sensitive import SensitiveMark
from prompts.registry.models.similarity import LikePair, TextBand, TextSignature
from prompts.registry.models.standard import DocumentationStandard
from prompts.registry.models.variant import Dimension, RequiredClauses, Variant
from prompts.registry.models.version import Version, VersionAuthor

__all__ = [
    "Collection",
    "CollectionGroupPermission",
    "CollectionUserPermission",
    "Comment",
    "Dimension",
    "DocumentationStandard",
    "Environment",
    "FormerName",
    "FragmentUse",
    "Kind",
    "LikePair",
    "LintPolicy",
    "Prompt",
    "PromptGroupPermission",
    "PromptTag",
    "PromptText",
    "PromptUserPermission",
    "RequiredClauses",
    "RiskTier",
    "SavedSearch",
    "SensitiveMark",
    "Steward",
    "TextBand",
    "TextSignature",
    "Variant",
    "Version",
    "VersionAuthor",
    "Watch",
]
