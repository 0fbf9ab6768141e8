"""The messages of a filled-in dotprompt text: what its helpers ``role``, ``history``, ``media`` mark. Pure.

Written after https://google.github.io/dotprompt/reference/template/. ``section`` marks a place for other
programs; here it is nothing.
"""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from audits.identity.errors import Unacceptable
from prompts.registry.attachments import FILE, IMAGE

MARK = "<<<dotprompt:"
HISTORY = "history"
ROLES = {"system", "developer", "user", "model", "assistant", "tool"}
_TURN = re.compile(r"<<<dotprompt:(?:role:([a-z]+)|history)>>>")
_MEDIA = re.compile(r"<<<dotprompt:media:url (\S+?)(?: (\S+?))?>>>")
_SECTION = re.compile(r"<<<dotprompt:section [^>\n]{0,200}>>>")

Message = dict[str, Any]


def require_no_marks(variables: Any) -> None:
    """Raises ``Unacceptable`` where a value holds a mark: a question must not speak as the system."""
    waiting = [variables]
    while waiting:
        item = waiting.pop()
        if isinstance(item, str) and MARK in item:
            raise Unacceptable(
                f"A variable holds {MARK!r}, which begins a mark of the template.", field="variables"
            )
        if isinstance(item, Mapping):
            waiting.extend(item.values())
        elif isinstance(item, list | tuple):
            waiting.extend(item)


def is_marked(text: str) -> bool:
    """Whether the filled-in text has messages of its own."""
    return MARK in text


def messages_in(text: str, history: list[Message]) -> list[Message]:
    """The messages in order; what stands before the first role is the user's.

    ``history`` (a list of messages) comes where it is marked; unmarked, before the last message if that is
    the user's, else at the end. Raises ``Unacceptable`` for a role that there is not.
    """
    found: list[Message] = []
    role, at, marked = "user", 0, False
    for turn in _TURN.finditer(text):
        _add(found, role, text[at : turn.start()])
        at = turn.end()
        if turn[1] is None:
            found += history
            role, marked = "model", True
        elif turn[1] in ROLES:
            role = turn[1]
        else:
            raise Unacceptable(f"There is no role {turn[1]!r}.", field="messages")
    _add(found, role, text[at:])
    if marked or not history:
        return found
    cut = len(found) - (1 if found and found[-1]["role"] == "user" else 0)
    return [*found[:cut], *history, *found[cut:]]


def _add(found: list[Message], role: str, piece: str) -> None:
    if not piece.strip():
        return
    attachments = list(_attachments(_MEDIA.findall(piece)))
    message = {"role": role, "content": _SECTION.sub("", _MEDIA.sub("", piece))}
    found.append({**message, "attachments": attachments} if attachments else message)


def _attachments(media: Iterable[tuple[str, str]]) -> Iterable[dict[str, str]]:
    for url, kind in media:
        head = kind or url.removeprefix("data:")
        is_file = head.startswith(("application/", "text/"))
        yield {"type": FILE if is_file else IMAGE, "url": url}
