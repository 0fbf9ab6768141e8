"""What is said about a prompt, as its page and the approval desk show it."""

from typing import Any

from audits.identity.actors import Actor
from prompts.registry.models import Prompt, Version
from prompts.registry.policies import PromptPolicy
from prompts.registry.watching import comments_on, open_comments

SHOWN = 200


def discussion_tab(actor: Actor, prompt: Prompt, head: Any, values: Any) -> dict[str, Any]:
    """Every remark with its answers, open ones first; and a form for the next one."""
    policy = PromptPolicy(actor)
    versions = list(prompt.versions.order_by("-number").values_list("number", flat=True)[:200])
    return {
        "comments": _rows(actor, comments_on(prompt)[:SHOWN], prompt),
        "may_comment": policy.may("comment", prompt),
        "numbers": versions,
        "about": _number(values, "version"),
        "at_message": _number(values, "message"),
        "at_line": _number(values, "line"),
    }


def _number(values: Any, name: str) -> int | None:
    text = str(values.get(name, ""))
    return int(text) if text.isascii() and text.isdigit() and len(text) < 9 else None


def on_version(actor: Actor, version: Version) -> dict[str, Any]:
    """What is open about one version, for whoever decides on it."""
    rows = open_comments(version).select_related("author").prefetch_related("answers__author").order_by("pk")
    return {
        "comments": _rows(actor, rows[:SHOWN], version.prompt),
        "may_comment": PromptPolicy(actor).may("comment", version.prompt),
        "numbers": [version.number],
        "about": version.number,
    }


def _rows(actor: Actor, comments: Any, prompt: Prompt) -> list[tuple[Any, bool]]:
    """Each remark with whether the reader may settle it: its author, and writers of the prompt."""
    policy = PromptPolicy(actor)
    writes = policy.may("write", prompt)
    own = actor.user.pk if actor.user is not None and policy.may("comment", prompt) else None
    return [(row, writes or row.author_id == own) for row in comments]
