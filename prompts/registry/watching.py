"""Who hears of a prompt, and what is open about it."""

from collections import defaultdict
from collections.abc import Iterable

from django.db.models import F, OuterRef, Q, QuerySet
from django.utils import timezone

from audits.identity.grants import holders
from audits.identity.models import User
from audits.identity.roles import SEES_EVERYTHING
from prompts.registry.models import Collection, Comment, Prompt, Steward, Version, VersionAuthor, Watch
from prompts.registry.querysets import RIGHTS

MOST = 500
LATELY = 5
"""Authors of so many newest versions watch without having said so."""


def watchers_of_all(prompts: Iterable[Prompt]) -> dict[int, list[User]]:
    """By key of the prompt: owner, stewards, recent authors and whoever watches, without those who do not
    want to; active people who may see the prompt, at most ``MOST`` each.

    As many queries for one prompt as for many.
    """
    rows = list(prompts)
    keys = [prompt.pk for prompt in rows]
    wanting = {(prompt.pk, prompt.owner_id) for prompt in rows if prompt.owner_id}
    wanting |= set(Steward.objects.filter(prompt__in=keys).values_list("prompt", "user"))
    newest = Version.objects.filter(prompt=OuterRef("version__prompt")).order_by("-number")
    lately = VersionAuthor.objects.filter(version__prompt__in=keys, user__isnull=False)
    lately = lately.filter(version__in=newest.values("pk")[:LATELY])
    wanting |= set(lately.values_list("version__prompt", "user"))
    watches = set(Watch.objects.filter(prompt__in=keys).values_list("prompt", "user", "is_on"))
    wanting |= {(prompt, user) for prompt, user, is_on in watches if is_on}
    wanting -= {(prompt, user) for prompt, user, is_on in watches if not is_on}
    seeing = who_sees(rows)
    told = {(prompt, user) for prompt, user in wanting if user in seeing[prompt]}
    users = User.objects.in_bulk({user for _, user in told})
    found: dict[int, list[User]] = {key: [] for key in keys}
    for prompt, user in sorted(told):
        if len(found[prompt]) < MOST:
            found[prompt].append(users[user])
    return found


def who_sees(prompts: Iterable[Prompt]) -> dict[int, set[int]]:
    """Keys of all active people who may see each prompt: what ``visible_to`` says, asked from the other side.

    Six queries for any number of prompts and people; a test holds it to ``visible_to``.
    """
    rows = {prompt.pk: prompt for prompt in prompts}
    on_prompt, on_collection = RIGHTS["view"]
    collections = Collection.objects.filter(pk__in={prompt.collection_id for prompt in rows.values()})
    single = holders(on_prompt, Prompt.objects.filter(pk__in=list(rows)))
    within: dict[int, set[int]] = defaultdict(set)
    for collection, user in holders(on_collection, collections):
        within[collection].add(user)
    active = User.objects.filter(is_active=True).filter(
        Q(access_ends_at__isnull=True) | Q(access_ends_at__gt=timezone.now())
    )
    everything = set(active.filter(groups__name__in=SEES_EVERYTHING).values_list("pk", flat=True))
    granted = {user for users in within.values() for user in users} | {user for _, user in single}
    let_in = set(active.filter(pk__in=granted).values_list("pk", flat=True))
    found = {key: everything | (within[prompt.collection_id] & let_in) for key, prompt in rows.items()}
    for key, user in single:
        if user in let_in:
            found[key].add(user)
    return found


def is_watching(user: User | None, prompt: Prompt) -> bool:
    """Whether the person hears of the prompt."""
    if user is None:
        return False
    row = Watch.objects.filter(prompt=prompt, user=user).first()
    if row is not None:
        return row.is_on
    newest = Version.objects.filter(prompt=prompt).order_by("-number").values_list("pk", flat=True)[:LATELY]
    return (
        prompt.owner_id == user.pk
        or prompt.stewards.filter(user=user).exists()
        or VersionAuthor.objects.filter(version__in=list(newest), user=user).exists()
    )


def comments_on(prompt: Prompt) -> QuerySet[Comment]:
    """The first remarks about a prompt, open ones first, newest first among them, with their answers."""
    rows = Comment.objects.filter(prompt=prompt, parent__isnull=True)
    rows = rows.select_related("author", "resolved_by").prefetch_related("answers__author")
    return rows.order_by(F("resolved_at").asc(nulls_first=True), "-pk")


def open_comments(version: Version) -> QuerySet[Comment]:
    """Unresolved remarks about this version, and those about the prompt as a whole."""
    about = Q(version=version) | Q(version_number__isnull=True)
    return Comment.objects.filter(
        about, prompt=version.prompt_id, parent__isnull=True, resolved_at__isnull=True
    )
