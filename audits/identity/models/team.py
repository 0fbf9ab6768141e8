"""Teams own collections; object permissions are given to a team's group."""

from django.contrib.auth.models import Group
from django.db import models

from audits.adminkit.history import GovernedHistory
from audits.adminkit.querysets import Recorded


class Team(Recorded):
    """A named set of people. Its members are the users of its group, so that guardian can grant to it."""

    name = models.CharField(max_length=80, unique=True)
    slug = models.SlugField(max_length=80, unique=True)
    group = models.OneToOneField(Group, on_delete=models.PROTECT, editable=False, related_name="team")

    history = GovernedHistory()

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name
