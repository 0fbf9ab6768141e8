"""Give a prompt another name, while the name stands in no record that outsiders rely on."""

from django.db.models import Q
from django.utils import timezone

from audits.identity.actors import Actor
from audits.identity.errors import Conflict
from audits.identity.verbs import verb
from audits.ledger.services import record
from prompts.registry.errors import NameTaken
from prompts.registry.events import PROMPT_RENAMED
from prompts.registry.former_names import is_taken
from prompts.registry.linting import require_storable
from prompts.registry.models import FormerName, FragmentUse, Prompt, Version
from prompts.registry.names import check_name, collection_of
from prompts.registry.policies import PromptPolicy
from prompts.registry.search import reindex
from prompts.registry.services.versions import lock_prompt
from prompts.registry.texts import check_text
from prompts.registry.uses import NAMED


@verb
def rename_prompt(*, actor: Actor, prompt_id: int, name: str, reason: str) -> Prompt:
    """Renames a prompt of which nothing was frozen yet, within its collection; the old name stays its own.

    From the freeze on the name stands in signatures, pins, calls and at callers: a prompt gets a successor
    then. Raises ``Conflict`` where something was frozen or drafts include it by name, ``NameTaken`` where
    another prompt has or had the name, ``Unacceptable`` for what is no name or another collection's.
    """
    prompt = lock_prompt(prompt_id, actor)
    PromptPolicy(actor).require("write", prompt)
    check_text(reason, "reason", required=True)
    check_name(name)
    if collection_of(name) != collection_of(prompt.name):
        raise Conflict(f"The name must begin with {collection_of(prompt.name)}/.", field="name")
    if name == prompt.name:
        raise Conflict(f"{name} is its name already.", field="name")
    _require_unrecorded(actor, prompt)
    if is_taken(name, but=prompt):
        raise NameTaken(f"Another prompt has the name {name!r}, or had it once.", field="name")
    require_storable({"name": name}, prompt.risk_tier)
    before = prompt.name
    if not FormerName.objects.filter(name__iexact=before).exists():
        FormerName.objects.create(prompt=prompt, name=before, until=timezone.now())
    prompt.name = name
    prompt.save()
    reindex(prompt)
    record(
        event=PROMPT_RENAMED,
        actor=actor,
        subject_type="prompt",
        subject=name,
        reason=reason,
        payload={"before": before, "after": name},
    )
    return prompt


def why_not_rename(actor: Actor, prompt: Prompt) -> str:
    """Why the prompt keeps its name, or nothing."""
    frozen = Version.objects.frozen().filter(prompt=prompt).order_by("number").first()
    if frozen is not None:
        return (
            f"Version {frozen.number} of {prompt.name} is frozen: its name stands in the record. "
            "Write a new prompt and retire this one with that as its successor."
        )
    uses = FragmentUse.objects.filter(name=prompt.name).filter(~Q(version__prompt=prompt))
    if not uses.exists():
        return ""
    seen = uses.filter(version__prompt__in=Prompt.objects.visible_to(actor).values("pk"))
    names = list(
        seen.order_by("version__prompt__name").values_list("version__prompt__name", flat=True)[:NAMED]
    )
    named = f", among them {', '.join(dict.fromkeys(names))}" if names else ""
    return f"Texts include {prompt.name} by its name{named}: change them first."


def _require_unrecorded(actor: Actor, prompt: Prompt) -> None:
    if why := why_not_rename(actor, prompt):
        raise Conflict(why)
