"""Who hears of a prompt, and what is open about it."""

from django.db.models import F, Q, QuerySet

from audits.identity.actors import Actor
from audits.identity.models import User
from prompts.registry.models import Comment, Prompt, Version, VersionAuthor, Watch

MOST = 500
LATELY = 5
"""Authors of so many newest versions watch without having said so."""


def watchers_of(prompt: Prompt) -> list[User]:
    """Owner, stewards, recent authors and whoever watches, without those who do not want to; active people
    who may see the prompt.
    """
    newest = Version.objects.filter(prompt=prompt).order_by("-number").values_list("pk", flat=True)[:LATELY]
    authors = VersionAuthor.objects.filter(version__in=list(newest), user__isnull=False).values("user")
    wanting = Watch.objects.filter(prompt=prompt, is_on=True).values("user")
    declined = Watch.objects.filter(prompt=prompt, is_on=False).values("user")
    told = Q(pk=prompt.owner_id) | Q(stewarded__prompt=prompt) | Q(pk__in=authors) | Q(pk__in=wanting)
    users = User.objects.filter(told, is_active=True).exclude(pk__in=declined).distinct().order_by("pk")
    return [user for user in users[:MOST] if sees(user, prompt)]


def sees(user: User, prompt: Prompt) -> bool:
    """Whether the person may see the prompt."""
    return Prompt.objects.visible_to(Actor.for_user(user)).filter(pk=prompt.pk).exists()


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
