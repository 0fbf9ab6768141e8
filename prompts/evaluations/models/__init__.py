"""Tables of evaluations."""

from prompts.evaluations.models.asked import AskedCase, CaseSet, CaseText
from prompts.evaluations.models.collection_budget import CollectionBudget
from prompts.evaluations.models.comparison import ComparedCase, Comparison
from prompts.evaluations.models.human_grade import HumanGrade
from prompts.evaluations.models.kept_answer import KeptAnswer
from prompts.evaluations.models.measured import Measured
from prompts.evaluations.models.override import Override
from prompts.evaluations.models.provider import Provider, RecordedAnswer
from prompts.evaluations.models.run import RawAnswer, Result, Run
from prompts.evaluations.models.schedule import Schedule
from prompts.evaluations.models.spending import Spending
from prompts.evaluations.models.suite import Case, Suite
from prompts.evaluations.models.word_list import WordList

__all__ = [
    "AskedCase", "Case", "CaseSet", "CaseText", "CollectionBudget", "ComparedCase", "Comparison",
    "HumanGrade", "KeptAnswer", "Measured", "Override", "Provider", "RawAnswer", "RecordedAnswer", "Result",
    "Run", "Schedule", "Spending", "Suite", "WordList",
]  # fmt: skip
