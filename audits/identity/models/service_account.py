"""Keys of applications."""

from django.conf import settings
from django.db import models
from django.utils import timezone

from audits.adminkit.history import GovernedHistory
from audits.adminkit.querysets import Recorded

VERBS = ("read", "read_drafts", "write", "evaluate", "ingest", "score", "release", "export")


class ServiceAccount(Recorded):
    """A key pair of an application, scoped and expiring; of the secret only a hash is kept.

    ``collections`` holds collection slugs (text, since collections live in a higher room), empty with
    ``all_collections`` set meaning all. ``environments`` and ``verbs`` are lists of slugs.
    """

    name = models.SlugField(max_length=80, unique=True)
    public_key = models.CharField(max_length=64, unique=True)
    secret_digest = models.CharField(max_length=64, editable=False)
    all_collections = models.BooleanField(default=False)
    collections = models.JSONField(default=list, blank=True)
    environments = models.JSONField(default=list, blank=True)
    verbs = models.JSONField(default=list)
    created_by = models.CharField(max_length=255)
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)
    suspended_at = models.DateTimeField(null=True, blank=True)
    last_used_at = models.DateTimeField(null=True, blank=True, editable=False)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="service_accounts",
    )

    history = GovernedHistory(excluded_fields=["last_used_at", "secret_digest"])

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    @property
    def is_live(self) -> bool:
        """Neither revoked nor expired, nor suspended because its owner left."""
        return self.revoked_at is None and self.suspended_at is None and self.expires_at > timezone.now()

    def may(self, verb: str) -> bool:
        """Whether the key carries the verb."""
        return verb in self.verbs
