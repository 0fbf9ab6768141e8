"""Who may see, write and release a prompt, and why: by a grant on it, on its collection, or by a role."""

from dataclasses import dataclass
from typing import Any

from audits.identity.roles import SEES_EVERYTHING, title
from prompts.registry.models import (
    CollectionGroupPermission,
    CollectionUserPermission,
    Prompt,
    PromptGroupPermission,
    PromptUserPermission,
)
from prompts.registry.querysets import RIGHTS

CODENAMES = {codename: right for right, pair in RIGHTS.items() for codename in pair}
ORDER = ("view", "write", "release")


@dataclass(frozen=True, slots=True)
class Grant:
    """One reason why somebody may: ``where`` says on what it was granted; ``revocable`` on this prompt."""

    who: str
    is_team: bool
    rights: list[str]
    where: str
    key: str
    revocable: bool


def grants_of(prompt: Prompt) -> list[Grant]:
    """All grants that reach the prompt, four queries; roles that read everything stand last."""
    told: list[Grant] = []
    sources: tuple[tuple[Any, str, Any, str], ...] = (
        (PromptUserPermission, "user", prompt, "this prompt"),
        (PromptGroupPermission, "group", prompt, "this prompt"),
        (CollectionUserPermission, "user", prompt.collection, f"the collection {prompt.collection.slug}"),
        (CollectionGroupPermission, "group", prompt.collection, f"the collection {prompt.collection.slug}"),
    )
    for model, holder, target, where in sources:
        told += _gathered(model.objects.filter(content_object=target), holder, where, target is prompt)
    told += [
        Grant(title(role), False, ["view"], "the role, which reads everything", "", False)
        for role in _readers()
    ]
    return told


def _readers() -> list[str]:
    return sorted(SEES_EVERYTHING)


def _gathered(rows: Any, holder: str, where: str, revocable: bool) -> list[Grant]:
    by_holder: dict[int, tuple[Any, list[str]]] = {}
    for row in rows.select_related(holder, "permission"):
        who = getattr(row, holder)
        by_holder.setdefault(who.pk, (who, []))[1].append(CODENAMES.get(row.permission.codename, ""))
    grants = []
    for who, rights in by_holder.values():
        name = who.name.removeprefix("team:") if holder == "group" else str(who)
        known = [right for right in ORDER if right in rights]
        if known:
            grants.append(Grant(name, holder == "group", known, where, f"{holder}:{who.pk}", revocable))
    return sorted(grants, key=lambda grant: grant.who.lower())
