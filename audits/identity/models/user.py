"""People."""

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone


class User(AbstractUser):
    """A person who signs in.

    ``full_name`` is the printed name on signatures. Users are deactivated, not deleted: every table that
    names a person protects the row.
    """

    first_name = None  # type: ignore[assignment]
    last_name = None  # type: ignore[assignment]
    full_name = models.CharField("printed name", max_length=150, help_text="Stands on every signature.")
    access_ends_at = models.DateTimeField(
        "access ends", null=True, blank=True, help_text="From then on this person is out; empty: no end."
    )
    is_demo = models.BooleanField(default=False, editable=False)

    REQUIRED_FIELDS = ["full_name", "email"]

    class Meta(AbstractUser.Meta):  # type: ignore[name-defined,misc]
        constraints = [
            models.UniqueConstraint(Lower("username"), name="identity_username_ignores_case"),
        ]

    def __str__(self) -> str:
        return self.full_name or self.username

    @property
    def is_let_in(self) -> bool:
        """Neither deactivated nor past the end of his access."""
        return self.is_active and (self.access_ends_at is None or self.access_ends_at > timezone.now())

    def get_full_name(self) -> str:
        return self.full_name or self.username

    def get_short_name(self) -> str:
        return self.full_name or self.username
