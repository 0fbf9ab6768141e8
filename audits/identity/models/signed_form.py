"""Forms that people must have signed before they may sign for something, and who signed which."""

from django.conf import settings
from django.db import models

from audits.adminkit.history import GovernedHistory
from audits.adminkit.querysets import Recorded
from audits.ledger.querysets import AppendOnlyQuerySet


class RequiredForm(Recorded):
    """A text that a person acknowledges, or a training that is recorded of him.

    ``version`` grows with every change of the text: what was signed before counts no more. ``roles`` are
    those that sign only with it; an approval policy may ask for it of everybody besides.
    """

    class Kind(models.TextChoices):
        ACKNOWLEDGEMENT = "acknowledgement", "Acknowledged by the person"
        TRAINING = "training", "Training, recorded by an administrator"

    slug = models.SlugField(max_length=60, unique=True)
    title = models.CharField(max_length=120)
    kind = models.CharField(max_length=20, choices=Kind.choices)
    text = models.TextField()
    roles = models.JSONField(default=list, blank=True)
    validity_days = models.PositiveIntegerField()
    version = models.PositiveIntegerField(default=1, editable=False)

    history = GovernedHistory()

    class Meta:
        ordering = ["title"]
        verbose_name = "form"
        constraints = [
            models.CheckConstraint(condition=models.Q(validity_days__gt=0), name="identity_form_ends"),
            models.CheckConstraint(
                condition=models.Q(kind__in=["acknowledgement", "training"]), name="identity_form_kind_known"
            ),
        ]

    def __str__(self) -> str:
        return self.title


class SignedForm(models.Model):
    """One person, one version of a form, until when. Rows are only ever added, in the database as well.

    ``text_digest`` is the SHA-256 of the text as it was read; ``recorded_by`` is the user name of who wrote
    the row: the person, or for a training the administrator; ``note`` says what proves a training.
    """

    form = models.ForeignKey(RequiredForm, on_delete=models.PROTECT, related_name="signed")
    form_version = models.PositiveIntegerField()
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="signed_forms"
    )
    username = models.CharField(max_length=150)
    printed_name = models.CharField(max_length=150)
    text_digest = models.CharField(max_length=64)
    signed_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    authenticated_by = models.CharField(max_length=20, blank=True)
    recorded_by = models.CharField(max_length=150)
    note = models.CharField(max_length=500, blank=True)

    objects = AppendOnlyQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(expires_at__gt=models.F("signed_at")), name="identity_signed_form_ends"
            )
        ]
        indexes = [models.Index(fields=["person", "form", "-expires_at"], name="identity_signed_form_of")]

    def __str__(self) -> str:
        return f"{self.form} by {self.printed_name}"
