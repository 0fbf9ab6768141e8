"""Who uses a fragment: one query, however often it is used, narrowed to what the reader may see."""

from django.db.models import Exists, OuterRef, Q, QuerySet

from audits.identity.actors import Actor
from audits.identity.errors import Conflict
from prompts.registry.live_versions import live_versions
from prompts.registry.models import FragmentUse, Prompt, Version
from prompts.registry.querysets import on_prompts

NAMED = 12
"""Users that a refusal names at most."""


def _is_newest() -> Q:
    newer = Version.objects.filter(prompt=OuterRef("version__prompt"), number__gt=OuterRef("version__number"))
    return Q(~Exists(newer))


def newest_uses() -> QuerySet[FragmentUse]:
    """The uses by the newest version of each prompt."""
    return FragmentUse.objects.filter(_is_newest())


def counting_uses() -> QuerySet[FragmentUse]:
    """Uses that still count: in the newest or a live version of a prompt that was not archived."""
    rows = FragmentUse.objects.filter(version__prompt__archived_at__isnull=True)
    return rows.filter(_is_newest() | Q(version__in=live_versions().values("pk")))


def uses_of(actor: Actor, name: str) -> QuerySet[FragmentUse]:
    """The counting uses of a fragment that the actor may see, with version and prompt, by name."""
    rows = counting_uses().filter(on_prompts(actor, "view", "version__prompt"), name=name)
    rows = rows.select_related("version__prompt").defer(
        "version__canonical", "version__messages", "version__fragments", "version__config"
    )
    return rows.order_by("version__prompt__name", "-version__number")


def prompts_using(reference: str, which: int | str | None = None) -> QuerySet[FragmentUse]:
    """For searches: the uses of that name by the newest version of each prompt; of that version, or by the
    environment of that slug, if one is named.
    """
    rows = newest_uses().filter(name=reference)
    if isinstance(which, str):
        return rows.filter(label=which)
    return rows if which is None else rows.filter(number=which)


def require_unused(actor: Actor, prompt: Prompt) -> None:
    """Raises ``Conflict`` where live versions include the fragment, naming those that the actor may see."""
    live = FragmentUse.objects.filter(name=prompt.name, version__in=live_versions().values("pk"))
    live = live.exclude(version__prompt=prompt)
    if not live.exists():
        return
    seen = live.filter(on_prompts(actor, "view", "version__prompt"))
    told = seen.values_list("version__prompt__name", "version__number").order_by("version__prompt__name")
    names = [f"{name}@{number}" for name, number in told[: NAMED + 1]]
    listed = ", ".join(names[:NAMED]) + (" and others" if len(names) > NAMED else "")
    by = f": {listed}. Release versions without it first." if listed else "."
    raise Conflict(f"{prompt.name} is part of versions that are live{by}")
