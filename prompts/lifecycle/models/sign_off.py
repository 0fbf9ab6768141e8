"""A signature."""

from django.conf import settings
from django.db import models

from audits.ledger.querysets import AppendOnlyQuerySet
from prompts.lifecycle.models.delegation import Delegation
from prompts.lifecycle.models.request import ApprovalRequest
from prompts.registry.models import Version


class SignOff(models.Model):
    """Binds a person, a role, a meaning and a time to the digest of a text and of the evidence shown.

    Rows are only ever added: refused here, in the queryset and by the database. ``evidence`` is what was
    shown (evidence.py), ``evidence_digest`` the SHA-256 of its canonical form. ``ties`` says how the signer
    was tied to the prompt (seats.TIES), ``role_since`` when he took the role and ``role_by`` who gave and
    confirmed it, ``zone`` the time zone he saw, ``forms`` which signed forms let him sign
    (``[{"form", "version", "signed"}]``). A delegate signs under a ``delegation`` and takes the seat of
    ``on_behalf_of``, whose ties and role these are; ``reading_seconds`` is how long the page was before the
    signer, as the server measured it. Rows of before these were kept have them empty.
    """

    request = models.ForeignKey(ApprovalRequest, on_delete=models.PROTECT, related_name="sign_offs")
    version = models.ForeignKey(Version, on_delete=models.PROTECT, related_name="sign_offs")
    signer = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="sign_offs")
    username = models.CharField(max_length=150)
    printed_name = models.CharField(max_length=150)
    role = models.CharField(max_length=40)
    meaning = models.CharField(max_length=200)
    comment = models.TextField(blank=True)
    signed_at = models.DateTimeField()
    authenticated_by = models.CharField(max_length=20)
    zone = models.CharField(max_length=60, blank=True, default="")
    role_since = models.DateTimeField(null=True, blank=True)
    role_by = models.CharField(max_length=600, blank=True, default="")
    ties = models.JSONField(default=list, blank=True)
    forms = models.JSONField(default=list, blank=True)
    text_digest = models.CharField(max_length=64)
    evidence_digest = models.CharField(max_length=64)
    evidence = models.JSONField()
    delegation = models.ForeignKey(
        Delegation, on_delete=models.PROTECT, null=True, blank=True, related_name="sign_offs"
    )
    on_behalf_of = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    reading_seconds = models.PositiveIntegerField(null=True, blank=True)

    objects = AppendOnlyQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["request", "signer"], name="lifecycle_one_person_one_seat"),
            models.UniqueConstraint(
                fields=["request", "on_behalf_of"],
                condition=models.Q(on_behalf_of__isnull=False),
                name="lifecycle_one_seat_for_one_person",
            ),
            models.CheckConstraint(
                condition=~models.Q(role="") & ~models.Q(meaning="") & ~models.Q(authenticated_by=""),
                name="lifecycle_sign_off_is_complete",
            ),
        ]
        indexes = [models.Index(fields=["signer", "-signed_at"], name="lifecycle_sign_off_signer")]

    def __str__(self) -> str:
        return f"{self.printed_name}: {self.meaning}"

    @property
    def took_role_later(self) -> bool:
        """Whether the role was taken after the request was opened: readers are told."""
        return self.role_since is not None and self.role_since > self.request.opened_at

    def save(self, *args: object, **kwargs: object) -> None:
        if self.pk is not None:
            raise AppendOnlyQuerySet.Refused("A signature is never changed.")
        super().save(*args, **kwargs)  # type: ignore[arg-type]

    def delete(self, *args: object, **kwargs: object) -> tuple[int, dict[str, int]]:
        raise AppendOnlyQuerySet.Refused("A signature is never deleted.")
