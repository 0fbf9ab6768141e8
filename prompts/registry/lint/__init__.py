"""Examine the text of a prompt by rules. Knows neither Django nor Celery.

Rules read, they do not judge: what a finding does is a policy's matter (``levels``).
"""

from prompts.registry.lint.examine import Subject, examine, find_sensitive
from prompts.registry.lint.findings import Finding, Place
from prompts.registry.lint.length import estimate_tokens
from prompts.registry.lint.levels import blocking, weigh

__all__ = ["Finding", "Place", "Subject", "blocking", "estimate_tokens", "examine", "find_sensitive", "weigh"]
