"""Short ways to fragments and their users."""

from typing import Any

from prompts.registry.models import Version
from prompts.registry.services.drafts import create_draft
from prompts.registry.services.freeze import freeze_version
from prompts.registry.services.prompts import create_prompt


def frozen(people: Any, version: Version) -> Version:
    """The version, frozen by its author."""
    return freeze_version(actor=people.actor("author"), version_id=version.pk)


def fragment(people: Any, name: str, text: str, **fields: Any) -> Version:
    """The frozen first version of a fragment."""
    prompt = create_prompt(actor=people.actor("author"), name=name, kind="fragment", text=text, **fields)
    return frozen(people, prompt.versions.get())


def again(people: Any, version: Version, text: str) -> Version:
    """The next version of the same prompt, frozen."""
    messages = [{"role": "text", "content": text}]
    draft = create_draft(actor=people.actor("author"), prompt_id=version.prompt_id, messages=messages)
    return frozen(people, draft)
