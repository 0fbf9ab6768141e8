"""How models are asked: the official SDKs, the local model, and recorded answers."""

from prompts.evaluations.providers.answers import BLOCKED, Answer, ProviderFault, Question, question_digest
from prompts.evaluations.providers.connect import Endpoint, Model, connect
from prompts.evaluations.providers.patience import NotNow

__all__ = [
    "BLOCKED", "Answer", "Endpoint", "Model", "NotNow", "ProviderFault", "Question", "connect",
    "question_digest",
]  # fmt: skip
