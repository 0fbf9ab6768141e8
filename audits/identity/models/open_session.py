"""Where people are signed in."""

from django.conf import settings
from django.db import models


class OpenSession(models.Model):
    """One sign-in of a person in one browser.

    ``token`` is a digest of what the session itself carries, so that whoever reads this table can take over
    no session. A row stays when its session ends: it tells where somebody was signed in.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="open_sessions")
    token = models.CharField(max_length=64, unique=True, editable=False)
    method = models.CharField(max_length=20)
    address = models.CharField(max_length=64, blank=True)
    device = models.CharField(max_length=200, blank=True)
    began_at = models.DateTimeField()
    seen_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.CharField(max_length=255, blank=True)

    class Meta:
        ordering = ["-seen_at"]
        indexes = [models.Index(fields=["user", "ended_at"], name="identity_session_of")]

    def __str__(self) -> str:
        return f"session of {self.user}"
