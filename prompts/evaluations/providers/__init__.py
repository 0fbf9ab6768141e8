"""How models are asked: the official SDKs, the local model, and recorded answers."""

from prompts.evaluations.providers.answers import Answer, ProviderFault, Question, question_digest
from prompts.evaluations.providers.connect import Endpoint, Model, connect

__all__ = ["Answer", "Endpoint", "Model", "ProviderFault", "Question", "connect", "question_digest"]
