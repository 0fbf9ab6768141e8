"""Tables of evaluations."""

from prompts.evaluations.models.provider import Provider, RecordedAnswer
from prompts.evaluations.models.run import Result, Run
from prompts.evaluations.models.schedule import Schedule
from prompts.evaluations.models.suite import Case, Suite

__all__ = ["Case", "Provider", "RecordedAnswer", "Result", "Run", "Schedule", "Suite"]
