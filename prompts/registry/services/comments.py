"""Say something about a prompt, and settle what was said."""

import re

from django.db.models.functions import Lower
from django.utils import timezone

from audits.identity.actors import Actor
from audits.identity.errors import Conflict, NotThere, Refused, Unacceptable
from audits.identity.models import User
from audits.identity.verbs import verb
from audits.ledger.canonical import sha256_hex
from audits.ledger.events import EventKind
from audits.ledger.services import record
from prompts.registry import events
from prompts.registry.linting import require_storable
from prompts.registry.models import Comment, Prompt, Version
from prompts.registry.policies import PromptPolicy
from prompts.registry.texts import check_text
from prompts.registry.watching import who_sees

LONGEST = 4_000
MOST_MENTIONED = 20
MOST_AT_SIGNS = 200
"""Words behind an at sign that are looked up; a style sheet has many."""
QUOTED = 300
CODE = re.compile(r"```.*?```|`[^`\n]*`", re.DOTALL)
MENTION = re.compile(r"(?<![\w.@/])@([A-Za-z0-9][\w.+-]{0,149})")


@verb
def write_comment(
    *,
    actor: Actor,
    prompt_id: int,
    text: str,
    version: int | None = None,
    message: int | None = None,
    line: int | None = None,
    parent_id: int | None = None,
) -> Comment:
    """A remark about the prompt, about a version (its number), or about a line of one; or an answer.

    ``message`` and ``line`` count from 1. Whoever is mentioned (``@ada``) and sees the prompt is told; a word
    behind an at sign that names nobody, or somebody who may not see it, is a word like others (``unheard``).
    Raises ``Unacceptable``, ``Refused``, ``NotThere``.
    """
    prompt = _seen(actor, prompt_id)
    PromptPolicy(actor).require("comment", prompt)
    author = actor.user
    if author is None:  # the policy lets only people
        raise Refused("Only people comment, by name.")
    check_text(text, "text", longest=LONGEST, required=True)
    require_storable({"text": text}, prompt.risk_tier)
    parent = _first_remark(prompt, parent_id)
    about = _version(prompt, version)
    mentioned = mentions(prompt, text)
    written = Comment.objects.create(
        prompt=prompt,
        version=about,
        version_number=about.number if about else None,
        message=message if about else None,
        line=line if about else None,
        quoted=_quoted(about, message, line),
        parent=parent,
        text=text.strip(),
        author=author,
        written_at=timezone.now(),
    )
    payload = {
        "comment": written.pk,
        "place": written.place,
        "answers": parent.pk if parent else 0,
        "mentioned": [user.username for user in mentioned],
        "text_digest": sha256_hex(written.text.encode()),
    }
    record(
        event=events.COMMENT_WRITTEN, actor=actor, subject_type="prompt", subject=prompt.name, payload=payload
    )
    return written


@verb
def resolve_comment(*, actor: Actor, comment_id: int) -> Comment:
    """Settles a remark with its answers. Raises ``Conflict`` where that was done."""
    return _settle(actor, comment_id, events.COMMENT_RESOLVED, resolved=True)


@verb
def reopen_comment(*, actor: Actor, comment_id: int) -> Comment:
    """Opens a settled remark again. Raises ``Conflict`` where it is open."""
    return _settle(actor, comment_id, events.COMMENT_REOPENED, resolved=False)


def mentions(prompt: Prompt, text: str) -> list[User]:
    """The people that a text names and who see the prompt; raises ``Unacceptable`` for too many."""
    found = _hearing(prompt, text)
    if len(found) > MOST_MENTIONED:
        raise Unacceptable(f"{len(found)} people are named; {MOST_MENTIONED} are the most.", field="text")
    return found


def unheard(prompt: Prompt, text: str) -> list[str]:
    """The words behind an at sign of which nobody is told: they name nobody who may see the prompt."""
    told = {user.username.casefold() for user in _hearing(prompt, text)}
    return [name for name in _words(text) if name.casefold() not in told]


def _hearing(prompt: Prompt, text: str) -> list[User]:
    named = list(_named(text).values())
    seeing = who_sees([prompt])[prompt.pk] if named else set()
    return [user for user in named if user.pk in seeing]


def _words(text: str) -> list[str]:
    """Without those in code between backticks."""
    plain = CODE.sub(" ", text)
    return list(dict.fromkeys(name.rstrip(".-+") for name in MENTION.findall(plain)))[:MOST_AT_SIGNS]


def _named(text: str) -> dict[str, User]:
    """Active people by the word that names them, in the order of the text; one query."""
    words = {name.casefold(): name for name in _words(text)}
    rows = User.objects.filter(is_active=True).annotate(folded=Lower("username"))
    people = {user.username.casefold(): user for user in rows.filter(folded__in=list(words))}
    return {word: people[folded] for folded, word in words.items() if folded in people}


def _seen(actor: Actor, prompt_id: int) -> Prompt:
    prompt = Prompt.objects.visible_to(actor).filter(pk=prompt_id).first()
    if prompt is None:
        raise NotThere("There is no such prompt.")
    return prompt


def _first_remark(prompt: Prompt, parent_id: int | None) -> Comment | None:
    if parent_id is None:
        return None
    parent = Comment.objects.filter(prompt=prompt, pk=parent_id, parent__isnull=True).first()
    if parent is None:
        raise NotThere("There is no such comment to answer.")
    return parent


def _version(prompt: Prompt, number: int | None) -> Version | None:
    if number is None:
        return None
    version = Version.objects.filter(prompt=prompt, number=number).first()
    if version is None:
        raise Unacceptable(f"{prompt.name} has no version {number}.", field="version")
    return version


def _quoted(version: Version | None, message: int | None, line: int | None) -> str:
    """The line that it is about; raises ``Unacceptable`` where the version has no such line."""
    if version is None or (message is None and line is None):
        if line is not None or message is not None:
            raise Unacceptable("A line is one of a version: choose which.", field="version")
        return ""
    texts = [str(each.get("content", each.get("name", ""))) for each in version.messages]
    at = 1 if message is None else message
    if not 1 <= at <= len(texts):
        raise Unacceptable(f"Version {version.number} has {len(texts)} messages.", field="message")
    lines = texts[at - 1].split("\n")
    if line is None:
        return ""
    if not 1 <= line <= len(lines):
        raise Unacceptable(f"Message {at} of version {version.number} has {len(lines)} lines.", field="line")
    return lines[line - 1].strip()[:QUOTED]


def _settle(actor: Actor, comment_id: int, event: EventKind, *, resolved: bool) -> Comment:
    rows = Comment.objects.select_for_update(of=("self",)).select_related("prompt")
    seen = Prompt.objects.visible_to(actor).values("pk")
    comment = rows.filter(pk=comment_id, prompt__in=seen, parent__isnull=True).first()
    if comment is None:
        raise NotThere("There is no such comment.")
    PromptPolicy(actor).require("resolve", comment)
    if (comment.resolved_at is not None) == resolved:
        raise Conflict("This comment is resolved already." if resolved else "This comment is open.")
    comment.resolved_at = timezone.now() if resolved else None
    comment.resolved_by = actor.user if resolved else None
    comment.save(update_fields=["resolved_at", "resolved_by"])
    payload = {"comment": comment.pk, "place": comment.place}
    record(event=event, actor=actor, subject_type="prompt", subject=comment.prompt.name, payload=payload)
    return comment
