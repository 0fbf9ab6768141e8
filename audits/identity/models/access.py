"""Who holds which role since when, what waits for a second person, names that were given out."""

from django.conf import settings
from django.db import models

from audits.adminkit.querysets import Recorded


class UserName(Recorded):
    """A name that was given out once and is never given out again; rows are only ever added."""

    folded = models.CharField(max_length=300, unique=True)
    name = models.CharField(max_length=150)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="names")
    since = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.name


class RoleGrant(Recorded):
    """A role that a person holds or held; ``confirmed_by`` is empty where one person sufficed.

    A role from a group of the provider is the organisation's act and goes when the group goes.
    """

    class Source(models.TextChoices):
        PORTAL = "portal", "This portal"
        PROVIDER = "sso", "Single sign-on"

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="role_grants")
    role = models.CharField(max_length=40)
    since = models.DateTimeField()
    given_by = models.CharField(max_length=255)
    confirmed_by = models.CharField(max_length=255, blank=True)
    source = models.CharField(max_length=10, choices=Source.choices, default=Source.PORTAL)
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.CharField(max_length=255, blank=True)

    class Meta:
        ordering = ["-since"]
        constraints = [
            models.UniqueConstraint(
                fields=["user", "role"],
                condition=models.Q(ended_at__isnull=True),
                name="identity_role_held_once",
            )
        ]

    def __str__(self) -> str:
        return f"{self.role} of {self.user}"


class AccessProposal(Recorded):
    """What one person wants to do to an account that can sign, until a second one says yes or no."""

    class Kind(models.TextChoices):
        ROLES = "roles", "Roles"
        PASSWORD = "password", "New password"

    class State(models.TextChoices):
        OPEN = "open", "Waits"
        CONFIRMED = "confirmed", "Confirmed"
        REFUSED = "refused", "Refused"

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="proposals")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    roles = models.JSONField(default=list)
    reason = models.CharField(max_length=500, blank=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    proposed_by = models.CharField(max_length=255)
    proposed_at = models.DateTimeField(auto_now_add=True)
    decided_by = models.CharField(max_length=255, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["proposed_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["user", "kind"], condition=models.Q(state="open"), name="identity_one_open_proposal"
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} for {self.user}"


class RefusalTally(models.Model):
    """How often an address was refused within a minute, beyond the first time, which is an event."""

    event = models.CharField(max_length=80)
    address = models.CharField(max_length=64)
    subject = models.CharField(max_length=400)
    minute = models.DateTimeField()
    more = models.PositiveIntegerField(default=0)
    told = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["event", "address", "subject", "minute"], name="identity_tally_per_minute"
            )
        ]

    def __str__(self) -> str:
        return f"{self.event} from {self.address}"
