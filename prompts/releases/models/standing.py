"""What lies over all releases of a prompt: a freeze stops it at once, a retirement ends it."""

from django.conf import settings
from django.db import models

from audits.adminkit.querysets import Recorded
from prompts.registry.models import Prompt, Version


class Freeze(Recorded):
    """A stopped prompt serves its safe version, or nothing, until somebody lifts the freeze."""

    prompt = models.ForeignKey(Prompt, on_delete=models.PROTECT, related_name="freezes")
    reason = models.TextField()
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    by_name = models.CharField(max_length=255)
    by_role = models.CharField(max_length=255)
    at = models.DateTimeField()
    safe_version = models.ForeignKey(
        Version, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    lifted_at = models.DateTimeField(null=True, blank=True)
    lifted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    lifted_by_name = models.CharField(max_length=255, blank=True)
    lifting_reason = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["prompt"], condition=models.Q(lifted_at__isnull=True), name="releases_one_open_freeze"
            ),
        ]

    def __str__(self) -> str:
        return f"freeze of {self.prompt.name}"


class Retirement(Recorded):
    """The end of a prompt; ``successor`` is the prompt to use instead.

    Until ``sunset_at`` what is live is served on, marked as deprecated, and the end can be called off. From
    then on no way leads back. ``ended_at``: when the live releases were withdrawn.
    """

    prompt = models.OneToOneField(Prompt, on_delete=models.PROTECT, related_name="retirement")
    successor = models.ForeignKey(
        Prompt, on_delete=models.PROTECT, null=True, blank=True, related_name="predecessors"
    )
    reason = models.TextField()
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    by_name = models.CharField(max_length=255)
    at = models.DateTimeField()
    sunset_at = models.DateTimeField(help_text="From then on it is no longer served.")
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(prompt=models.F("successor")), name="releases_no_successor_of_itself"
            ),
        ]

    def __str__(self) -> str:
        return f"retirement of {self.prompt.name}"
