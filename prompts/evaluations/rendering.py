"""From a version and a case's variables to what a model is sent."""

from collections.abc import Mapping
from typing import Any

from audits.identity.actors import Actor
from prompts.evaluations.providers.answers import Question
from prompts.registry.attachments import outward
from prompts.registry.models import Version
from prompts.registry.rendering import render_version

ROLES = {"text": "user", "model": "assistant"}
"""A text prompt is one message of the user."""


def as_sent(messages: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The messages with roles that providers know; an image or a file makes content a list of parts."""
    return [
        {
            "role": ROLES.get(message["role"], message["role"]),
            "content": outward(message["content"], message.get("attachments", [])),
        }
        for message in messages
    ]


def question_for(
    actor: Actor,
    version: Version,
    variables: Mapping[str, Any],
    partials: Mapping[str, str] | None = None,
) -> Question:
    """The question of one case; raises ``Unacceptable`` where the template cannot be filled in.

    With the version's ``partials`` at hand no database is asked, and threads may call this.
    """
    return Question(
        messages=as_sent(render_version(actor, version, variables, partials)),
        settings=version.model_settings or {},
        tools=version.tools or [],
        output_schema=version.output_schema,
    )
