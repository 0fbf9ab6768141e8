"""People as the organisation's provider knows them, and trips there and back."""

from django.conf import settings
from django.db import models

from audits.adminkit.querysets import Recorded


class ExternalIdentity(Recorded):
    """A person is known by what the provider never gives to another: issuer and subject, never the e-mail."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="identities")
    issuer = models.CharField(max_length=255)
    subject = models.CharField(max_length=255)
    connected_at = models.DateTimeField(auto_now_add=True)
    connected_by = models.CharField(max_length=255)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["issuer", "subject"], name="identity_subject_once"),
            models.UniqueConstraint(fields=["user", "issuer"], name="identity_one_subject_each"),
        ]

    def __str__(self) -> str:
        return f"{self.user} at {self.issuer}"


class SignOnTrip(models.Model):
    """One trip to the provider and back: of one browser, for one thing, taken once.

    ``state`` and ``browser`` are digests. ``what`` is the very thing that is to be signed, ``binds`` its
    digest; the nonce is the digest of ``salt`` and ``binds``, so that the provider's answer is about this
    thing alone. ``verifier`` is the secret of PKCE (RFC 7636).
    """

    class Purpose(models.TextChoices):
        SIGN_IN = "sign-in", "Sign in"
        CONNECT = "connect", "Connect"
        SIGN = "sign", "Sign"

    state = models.CharField(max_length=64, unique=True, editable=False)
    browser = models.CharField(max_length=64, editable=False)
    purpose = models.CharField(max_length=10, choices=Purpose.choices)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    what = models.JSONField(default=dict)
    binds = models.CharField(max_length=64)
    salt = models.CharField(max_length=64)
    verifier = models.CharField(max_length=64, editable=False)
    way_on = models.CharField(max_length=2000, blank=True)
    address = models.CharField(max_length=64, blank=True)
    began_at = models.DateTimeField()
    returned_at = models.DateTimeField(null=True, blank=True)
    proved_at = models.DateTimeField(null=True, blank=True)
    spent_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["address", "began_at"], name="identity_trip_from")]

    def __str__(self) -> str:
        return f"{self.get_purpose_display()} at the provider"
