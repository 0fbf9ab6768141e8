"""A signature under the documentation of a version."""

from django.conf import settings
from django.db import models

from audits.ledger.querysets import AppendOnlyQuerySet
from prompts.registry.models import Version


class DocumentationSignature(models.Model):
    """Binds a person and a time to the digests of a version's text and of the documentation shown with it.

    Rows are only ever added: refused here, in the queryset and by the database. ``documentation`` is what was
    shown, ``documentation_digest`` the SHA-256 of its canonical JSON, ``standard`` the ``tier@version`` that
    it was complete by.
    """

    version = models.ForeignKey(Version, on_delete=models.PROTECT, related_name="documentation_signatures")
    signer = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="documentation_signatures"
    )
    username = models.CharField(max_length=150)
    printed_name = models.CharField(max_length=150)
    role = models.CharField(max_length=40)
    meaning = models.CharField(max_length=200)
    comment = models.TextField(blank=True)
    signed_at = models.DateTimeField()
    authenticated_by = models.CharField(max_length=20)
    standard = models.CharField(max_length=40)
    text_digest = models.CharField(max_length=64)
    documentation_digest = models.CharField(max_length=64)
    documentation = models.JSONField()

    objects = AppendOnlyQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["version", "signer", "documentation_digest"],
                name="lifecycle_documentation_signed_once",
            ),
            models.CheckConstraint(
                condition=~models.Q(role="") & ~models.Q(authenticated_by=""),
                name="lifecycle_documentation_signature_is_complete",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.printed_name}: {self.meaning}"

    def save(self, *args: object, **kwargs: object) -> None:
        if self.pk is not None:
            raise AppendOnlyQuerySet.Refused("A signature is never changed.")
        super().save(*args, **kwargs)  # type: ignore[arg-type]

    def delete(self, *args: object, **kwargs: object) -> tuple[int, dict[str, int]]:
        raise AppendOnlyQuerySet.Refused("A signature is never deleted.")
