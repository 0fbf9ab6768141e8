"""Where prompts live, and where they are released to."""

from django.db import models

from audits.adminkit.history import GovernedHistory
from audits.adminkit.querysets import Recorded
from audits.identity.models import Team


class Environment(Recorded):
    """A place where released versions are served, in order of rank; a protected one asks for more."""

    slug = models.SlugField(max_length=40, unique=True)
    title = models.CharField(max_length=80)
    rank = models.PositiveSmallIntegerField(unique=True)
    is_protected = models.BooleanField(default=False)

    history = GovernedHistory()

    class Meta:
        ordering = ["rank"]

    def __str__(self) -> str:
        return self.slug


class Collection(Recorded):
    """A folder of prompts with an owning team; rights granted here hold for every prompt in it.

    ``slug`` is the first segment of its prompts' names and never changes: keys and records refer to it.
    """

    slug = models.SlugField(max_length=80, unique=True)
    title = models.CharField(max_length=120)
    description = models.TextField(blank=True)
    team = models.ForeignKey(
        Team, on_delete=models.PROTECT, related_name="collections", null=True, blank=True
    )
    created_at = models.DateTimeField(auto_now_add=True)

    history = GovernedHistory()

    class Meta:
        ordering = ["slug"]
        permissions = [
            ("write_in_collection", "Can write prompts in the collection"),
            ("release_in_collection", "Can release prompts of the collection"),
        ]

    def __str__(self) -> str:
        return self.slug
