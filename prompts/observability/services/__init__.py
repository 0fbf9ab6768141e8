"""Verbs of observability."""

from prompts.observability.services.add_scores import add_scores
from prompts.observability.services.amend_calls import amend_calls
from prompts.observability.services.take_in_calls import take_in_calls

__all__ = ["add_scores", "amend_calls", "take_in_calls"]
