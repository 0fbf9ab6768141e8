"""Tables of what happened in use."""

from prompts.observability.models.call import Call
from prompts.observability.models.comparison import CallComparison
from prompts.observability.models.hour import HourDigest
from prompts.observability.models.score import Score

__all__ = ["Call", "CallComparison", "HourDigest", "Score"]
