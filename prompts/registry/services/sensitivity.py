"""Mark prompts and collections as sensitive, take marks away, and enter each read with its purpose."""

from django.db.models import QuerySet
from django.utils import timezone

from audits.identity.actors import Actor
from audits.identity.errors import Conflict, NotThere
from audits.identity.verbs import verb
from audits.ledger.services import record
from prompts.registry import events
from prompts.registry.errors import PurposeNeeded
from prompts.registry.models import Collection, Prompt, SensitiveMark
from prompts.registry.policies import CollectionPolicy, PromptPolicy
from prompts.registry.sensitivity import sensitive
from prompts.registry.texts import check_text

LONGEST_PURPOSE = 300
On = Prompt | Collection


@verb
def mark_sensitive(*, actor: Actor, on: On, reason: str) -> SensitiveMark:
    """From now on the text is read only with a purpose. Raises ``Conflict`` where it is marked already."""
    _require(actor, on)
    check_text(reason, "reason", required=True)
    if _lasting(on) is not None:
        raise Conflict(f"{on} is marked as sensitive already.")
    made = SensitiveMark.objects.create(
        **{_word(on): on}, reason=reason.strip(), since=timezone.now(), by=actor.name
    )
    record(event=events.MARKED_SENSITIVE, actor=actor, subject_type=_word(on), subject=str(on), reason=reason)
    return made


@verb
def end_sensitive(*, actor: Actor, on: On, reason: str) -> SensitiveMark:
    """Takes the mark away. Raises ``NotThere`` where there is none."""
    _require(actor, on)
    check_text(reason, "reason", required=True)
    mark = _lasting(on)
    if mark is None:
        raise NotThere(f"{on} carries no mark of its own.")
    mark.ended_at, mark.ended_by, mark.ended_because = timezone.now(), actor.name, reason.strip()
    mark.save()
    record(event=events.SENSITIVE_ENDED, actor=actor, subject_type=_word(on), subject=str(on), reason=reason)
    return mark


@verb
def note_read(*, actor: Actor, prompt: Prompt, purpose: str, what: str) -> None:
    """Enters that the text of a sensitive prompt was read: by whom, what for, and what of it.

    ``what`` is the address that was opened. Raises ``PurposeNeeded`` for an empty purpose and
    ``Unacceptable`` for one that is too long.
    """
    if not purpose.strip():
        raise PurposeNeeded(prompt.name)
    purpose = check_text(purpose.strip(), "purpose", longest=LONGEST_PURPOSE)
    record(
        event=events.SENSITIVE_READ,
        actor=actor,
        subject_type="prompt",
        subject=prompt.name,
        reason=purpose,
        payload={"what": what[:400]},
    )


def note_command(*, actor: Actor, prompts: QuerySet[Prompt], command: str, purpose: str = "") -> None:
    """Enters for each sensitive one of the prompts that a command at the shell works on its text.

    Nobody is asked, since timers and pipelines run it: without a purpose the command stands for one.
    """
    for prompt in sensitive(prompts).order_by("pk"):
        told = purpose.strip() or f"manage.py {command}"
        note_read(actor=actor, prompt=prompt, purpose=told, what=f"manage.py {command}")


def _require(actor: Actor, on: On) -> None:
    policy = PromptPolicy(actor) if isinstance(on, Prompt) else CollectionPolicy(actor)
    policy.require("mark_sensitive", on)


def _word(on: On) -> str:
    return "prompt" if isinstance(on, Prompt) else "collection"


def _lasting(on: On) -> SensitiveMark | None:
    rows = SensitiveMark.objects.select_for_update().filter(ended_at=None)
    return rows.filter(**{_word(on): on}).first()
