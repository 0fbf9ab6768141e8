"""Keep word lists in the portal."""

import hashlib
from typing import Any

from audits.identity.actors import Actor
from audits.identity.errors import Conflict, NotThere, Unacceptable
from audits.identity.verbs import verb
from audits.ledger.services import record
from prompts.evaluations.events import WORD_LIST_SAVED
from prompts.evaluations.fairness.word_lists import languages, read_lists
from prompts.evaluations.models import WordList
from prompts.evaluations.policies import WordListPolicy
from prompts.evaluations.services.suites import check_slug
from prompts.registry.texts import check_text

LONGEST = 50_000


@verb
def create_word_list(*, actor: Actor, name: str, text: str, note: str = "") -> WordList:
    """Keeps a list under a name of its own.

    Raises ``Conflict`` for a name that is taken, by a language too, ``Unacceptable`` for text that cannot be
    read as lists.
    """
    WordListPolicy(actor).require("write")
    check_slug(name, "word list", 80)
    if name in languages() or WordList.objects.filter(name=name).exists():
        raise Conflict(f"There are lists named {name!r} already.", field="name")
    row = WordList(name=name)
    _set(row, {"text": text, "note": note})
    row.save()
    _record(actor, row)
    return row


@verb
def edit_word_list(*, actor: Actor, word_list_id: int, changes: dict[str, Any]) -> WordList:
    """Changes ``text``, ``note`` or ``is_active``; one that is no longer in use is offered to nobody."""
    WordListPolicy(actor).require("write")
    row = WordList.objects.select_for_update().filter(pk=word_list_id).first()
    if row is None:
        raise NotThere("There is no such word list.")
    _set(row, changes)
    row.save()
    _record(actor, row)
    return row


def _set(row: WordList, changes: dict[str, Any]) -> None:
    if "text" in changes:
        text = check_text(changes["text"], "text", longest=LONGEST, required=True)
        try:
            read_lists(text)
        except Unacceptable as error:
            raise Unacceptable(error.message, field="text") from None
        row.text = text
    if "note" in changes:
        row.note = check_text(changes["note"], "note", longest=300)
    if "is_active" in changes:
        row.is_active = bool(changes["is_active"])


def _record(actor: Actor, row: WordList) -> None:
    payload = {"in_use": row.is_active, "digest": hashlib.sha256(row.text.encode()).hexdigest()}
    record(event=WORD_LIST_SAVED, actor=actor, subject_type="word list", subject=row.name, payload=payload)
