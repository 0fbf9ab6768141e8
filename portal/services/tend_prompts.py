"""Tags, owner and archive for many prompts at once: each by its own verb, each refusal told by itself."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from audits.identity.actors import Actor
from audits.identity.errors import GovernedError, Unacceptable
from audits.identity.models import User
from portal.services.archive import archive_unused
from prompts.registry.models import Prompt
from prompts.registry.services.prompts import edit_prompt

MOST = 200
Step = Callable[[Prompt], None]


@dataclass(frozen=True, slots=True)
class Tended:
    """Names of the prompts that were changed, and (name, reason) of those that were not."""

    done: list[str]
    refused: list[tuple[str, str]]


def add_tag(actor: Actor, tag: str) -> Step:
    """Adds a tag; a prompt that has it stays as it is."""

    def step(prompt: Prompt) -> None:
        tags = prompt.tags if tag in prompt.tags else [*prompt.tags, tag]
        edit_prompt(actor=actor, prompt_id=prompt.pk, changes={"tags": tags})

    return step


def remove_tag(actor: Actor, tag: str) -> Step:
    """Takes a tag away."""

    def step(prompt: Prompt) -> None:
        kept = [each for each in prompt.tags if each != tag]
        edit_prompt(actor=actor, prompt_id=prompt.pk, changes={"tags": kept})

    return step


def assign(actor: Actor, owner: User) -> Step:
    """Makes a person the owner."""
    return lambda prompt: _edit_owner(actor, prompt, owner)


def _edit_owner(actor: Actor, prompt: Prompt, owner: User) -> None:
    edit_prompt(actor=actor, prompt_id=prompt.pk, changes={"owner": owner})


def archive(actor: Actor, reason: str) -> Step:
    """Archives what is not in use."""
    return lambda prompt: _archive(actor, prompt, reason)


def _archive(actor: Actor, prompt: Prompt, reason: str) -> None:
    archive_unused(actor=actor, prompt_id=prompt.pk, reason=reason)


def tend_prompts(*, actor: Actor, prompt_ids: Iterable[int], step: Step) -> Tended:
    """Takes the step for each prompt that the actor may see, in a transaction of its own.

    Raises ``Unacceptable`` for none and for more than ``MOST``; keys of prompts that are not seen count as
    none, so that nothing is told of them.
    """
    keys = set(prompt_ids)
    if not keys or len(keys) > MOST:
        raise Unacceptable(f"Choose prompts, at most {MOST} at once.", field="prompt")
    told = Tended([], [])
    for prompt in Prompt.objects.visible_to(actor).filter(pk__in=keys).order_by("name"):
        try:
            step(prompt)
        except GovernedError as error:
            told.refused.append((prompt.name, error.message))
        else:
            told.done.append(prompt.name)
    return told
