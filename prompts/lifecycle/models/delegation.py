"""Somebody signs for somebody else, for a time."""

from django.conf import settings
from django.db import models

from audits.ledger.querysets import AppendOnlyQuerySet
from prompts.registry.models import Collection, Prompt

REFUSED = "A delegation is never changed; it is revoked."


class Delegation(models.Model):
    """``delegate`` may take the seat of ``delegator`` in one role, from ``starts_at`` up to ``ends_at``.

    Without collection and prompt it holds for all that both may see. Rows are only ever added: refused here,
    in the queryset and by the database; what ends one early is a ``Revocation``. The names are those of the
    moment at which it was signed.
    """

    delegator = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="delegations_given"
    )
    delegate = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="delegations_held"
    )
    delegator_name = models.CharField(max_length=150)
    delegate_name = models.CharField(max_length=150)
    role = models.CharField(max_length=40)
    collection = models.ForeignKey(
        Collection, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    prompt = models.ForeignKey(Prompt, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    reason = models.TextField()
    signed_at = models.DateTimeField()
    authenticated_by = models.CharField(max_length=20)

    objects = AppendOnlyQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(ends_at__gt=models.F("starts_at")), name="lifecycle_delegation_ends"
            ),
            models.CheckConstraint(
                condition=~models.Q(delegator=models.F("delegate")), name="lifecycle_delegation_to_another"
            ),
            models.CheckConstraint(
                condition=models.Q(collection__isnull=True) | models.Q(prompt__isnull=True),
                name="lifecycle_delegation_one_scope",
            ),
            models.CheckConstraint(
                condition=~models.Q(role="") & ~models.Q(reason="") & ~models.Q(authenticated_by=""),
                name="lifecycle_delegation_is_complete",
            ),
        ]
        indexes = [models.Index(fields=["delegate", "ends_at"], name="lifecycle_delegation_held")]

    def __str__(self) -> str:
        return f"{self.delegate_name} for {self.delegator_name}"

    @property
    def scope(self) -> str:
        """Where it holds, in words."""
        if self.prompt is not None:
            return self.prompt.name
        return f"collection {self.collection.slug}" if self.collection is not None else "everything"

    def save(self, *args: object, **kwargs: object) -> None:
        if self.pk is not None:
            raise AppendOnlyQuerySet.Refused(REFUSED)
        super().save(*args, **kwargs)  # type: ignore[arg-type]

    def delete(self, *args: object, **kwargs: object) -> tuple[int, dict[str, int]]:
        raise AppendOnlyQuerySet.Refused(REFUSED)


class Revocation(models.Model):
    """A delegation ended before its time. Only ever added."""

    delegation = models.OneToOneField(Delegation, on_delete=models.PROTECT, related_name="revocation")
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    objects = AppendOnlyQuerySet.as_manager()

    def __str__(self) -> str:
        return f"end of {self.delegation}"

    def save(self, *args: object, **kwargs: object) -> None:
        if self.pk is not None:
            raise AppendOnlyQuerySet.Refused("A revocation is never changed.")
        super().save(*args, **kwargs)  # type: ignore[arg-type]

    def delete(self, *args: object, **kwargs: object) -> tuple[int, dict[str, int]]:
        raise AppendOnlyQuerySet.Refused("A revocation is never deleted.")
