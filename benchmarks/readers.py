"""Readers of a measured portal: of everything by grants, of a small collection, of a few prompts."""

from typing import Any

WIDE, NARROW, FEW = "bench-wide", "bench-narrow", "bench-few"
SMALL = "small"
"""The collection of the narrow reader; in bulk data every so-many-th prompt is moved there."""
EVERY, GRANTED = 180, 50


def make_readers(*, bulk: bool) -> None:
    """Makes them once; what they see is granted on collections and prompts, as a team's members have it."""
    from audits.adminkit.history import acting
    from audits.identity.actors import Actor
    from audits.identity.models import User
    from audits.identity.services.people import create_team, create_user
    from prompts.registry.models import Collection, Prompt
    from prompts.registry.services.collections import create_collection
    from prompts.registry.services.grants import give

    shell = Actor.shell()
    if User.objects.filter(username=WIDE).exists():
        return

    def person(username: str) -> Any:
        made = create_user(actor=shell, username=username, full_name=username, roles=["engineer"])
        create_team(actor=shell, name=username, members=[made])
        return made

    wide, narrow, few = person(WIDE), person(NARROW), person(FEW)
    with acting("benchmark", None):
        small = Collection.objects.order_by("pk").first()
        if bulk:
            small = create_collection(actor=shell, slug=SMALL, title="Small")
            keys = list(Prompt.objects.order_by("pk").values_list("pk", flat=True))[7::EVERY]
            for start in range(0, len(keys), 500):
                Prompt.objects.filter(pk__in=keys[start : start + 500]).update(collection=small)
    for collection in Collection.objects.all():
        for right in ("view", "write"):
            give(wide.groups.get(name__startswith="team:"), right, collection)
    give(narrow.groups.get(name__startswith="team:"), "view", small)
    for prompt in Prompt.objects.order_by("-pk")[:GRANTED]:
        give(few, "view", prompt)
