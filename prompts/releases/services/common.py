"""What the verbs of this room load, check and write alike."""

from audits.identity.actors import Actor
from audits.identity.errors import NotThere, Unacceptable
from prompts.registry.models import Environment, Prompt, Version
from prompts.registry.selectors import label_of

LONGEST = 4000


def locked_prompt(actor: Actor, prompt_id: int) -> Prompt:
    """The prompt, locked: all moves of its pointers wait for each other here. Raises ``NotThere``."""
    prompt = Prompt.objects.visible_to(actor).select_for_update(of=("self",)).filter(pk=prompt_id).first()
    if prompt is None:
        raise NotThere("There is no such prompt.")
    return prompt


def seen_version(actor: Actor, version_id: int) -> Version:
    """The version with its prompt; raises ``NotThere`` where the actor may not know of it."""
    version = Version.objects.visible_to(actor).select_related("prompt").filter(pk=version_id).first()
    if version is None:
        raise NotThere("There is no such version.")
    return version


def numbered_version(prompt: Prompt, number: int, field: str) -> Version:
    """The version of that number; raises ``NotThere``."""
    version = Version.objects.select_related("prompt").filter(prompt=prompt, number=number).first()
    if version is None:
        raise NotThere(f"{prompt.name} has no version {number}.", field=field)
    return version


def place(environment: Environment | str) -> Environment:
    """The environment, by row or slug; raises ``NotThere``."""
    if isinstance(environment, Environment):
        return environment
    found = Environment.objects.filter(slug=environment).first()
    if found is None:
        raise NotThere(f"There is no environment {environment!r}.", field="environment")
    return found


def told(reason: str) -> str:
    """The reason, trimmed; raises ``Unacceptable`` for an empty, an endless or a broken one."""
    reason = reason.strip()
    if not reason:
        raise Unacceptable("Say why: the reason stands in the record.", field="reason")
    if len(reason) > LONGEST or "\0" in reason:
        raise Unacceptable(f"A reason has at most {LONGEST} characters and no NUL.", field="reason")
    return reason


def subject(version: Version, environment: Environment) -> str:
    """``bank/letter@3 to production``, as the ledger speaks of a release."""
    return f"{label_of(version)} to {environment.slug}"
