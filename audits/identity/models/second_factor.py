"""The second factor of a person: a secret shared with an app, and codes for the day the phone is gone."""

from django.conf import settings
from django.db import models

from audits.adminkit.querysets import Recorded


class SecondFactor(Recorded):
    """One per person; it counts from ``confirmed_at`` on.

    ``secret`` is encrypted with a key outside the database. ``last_step`` is the time step of the newest code
    that was taken: a code serves once. ``wrong`` counts codes that were refused in a row.
    """

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="second_factor"
    )
    secret = models.TextField()
    created_at = models.DateTimeField(auto_now_add=True)
    confirmed_at = models.DateTimeField(null=True, blank=True)
    last_step = models.BigIntegerField(default=-1)
    wrong = models.PositiveSmallIntegerField(default=0)
    locked_until = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"second factor of {self.user}"


class RecoveryCode(Recorded):
    """A code that stands for the app once; of it only a digest is kept."""

    factor = models.ForeignKey(SecondFactor, on_delete=models.CASCADE, related_name="codes")
    digest = models.CharField(max_length=64)
    used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["factor", "digest"], name="identity_recovery_code_once")
        ]

    def __str__(self) -> str:
        return f"recovery code of {self.factor.user}"
