"""Answers used again: found by the digest of all that would be sent."""

import hashlib
import json
from dataclasses import replace
from typing import Protocol

from prompts.evaluations.providers.answers import Answer, Question
from prompts.evaluations.providers.connect import Endpoint, Model


class Shelf(Protocol):
    """Where answers are kept. Safe to call from several threads."""

    def find(self, digest: str) -> Answer | None:
        """The kept answer with its ``kept_from``; None where there is none or it is too old."""

    def keep(self, provider: str, digest: str, answer: Answer) -> None:
        """Keeps an answer for later."""


def asked_digest(endpoint: Endpoint, question: Question) -> str:
    """The SHA-256 of all that decides the answer: what is sent without the key, and which repeat it is.

    Files are part of the messages. The provider is part of it too: two of them share no answers.
    """
    told = [
        endpoint.limits.name, endpoint.kind, endpoint.base_url, endpoint.model, endpoint.parameters,
        question.messages, question.settings, question.tools, question.output_schema, question.repeat,
    ]  # fmt: skip
    return hashlib.sha256(json.dumps(told, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


def remembering(ask: Model, endpoint: Endpoint, shelf: Shelf) -> Model:
    """The same model, asked only where no answer is kept."""

    def asked(question: Question) -> Answer:
        digest = asked_digest(endpoint, question)
        found = shelf.find(digest)
        if found is None:
            found = ask(question)
            shelf.keep(endpoint.limits.name, digest, replace(found, raw=""))
        return found

    return asked
