"""Create and change collections."""

from audits.identity.actors import Actor
from audits.identity.errors import Conflict, Unacceptable
from audits.identity.models import Team
from audits.identity.verbs import verb
from audits.ledger.services import record
from prompts.registry import events
from prompts.registry.models import Collection
from prompts.registry.names import check_name
from prompts.registry.policies import CollectionPolicy
from prompts.registry.services.grants import give
from prompts.registry.texts import check_text


@verb
def create_collection(
    *, actor: Actor, slug: str, title: str = "", team: Team | None = None, description: str = ""
) -> Collection:
    """Creates a collection; its team gets every right on it. Raises ``Conflict`` where the slug is taken."""
    CollectionPolicy(actor).require("configure")
    check_text(slug, "slug", longest=80, required=True)
    check_name(f"{slug}/x", field="slug")
    if "/" in slug or slug != slug.lower() or " " in slug:
        raise Unacceptable("A collection's slug is one word in small letters.", field="slug")
    check_text(title, "title", longest=120)
    check_text(description, "description")
    if Collection.objects.filter(slug=slug).exists():
        raise Conflict(f"There is a collection {slug!r} already.", field="slug")
    collection = Collection(slug=slug, title=title or slug.capitalize(), description=description, team=team)
    collection.save()
    if team is not None:
        for right in ("view", "write", "release"):
            give(team.group, right, collection)
    payload = {"title": collection.title, "team": team.slug if team else ""}
    record(
        event=events.COLLECTION_CREATED, actor=actor, subject_type="collection", subject=slug, payload=payload
    )
    return collection


@verb
def edit_collection(*, actor: Actor, collection_id: int, title: str, description: str) -> Collection:
    """Changes the title and the description; slug and team stay."""
    collection = Collection.objects.select_for_update().get(pk=collection_id)
    CollectionPolicy(actor).require("configure", collection)
    before = collection.title
    collection.title = check_text(title, "title", longest=120, required=True)
    collection.description = check_text(description, "description")
    collection.save()
    record(
        event=events.COLLECTION_CHANGED,
        actor=actor,
        subject_type="collection",
        subject=collection.slug,
        payload={"title": [before, title]},
    )
    return collection
