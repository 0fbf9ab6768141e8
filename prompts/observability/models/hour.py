"""What was made of an hour's calls."""

from django.db import models

from audits.adminkit.querysets import Recorded


class HourDigest(Recorded):
    """The digest of all calls that were received within the hour that begins at ``hour``; written once.

    The database refuses to change or delete a row (audits/ledger/triggers.py).
    """

    hour = models.DateTimeField(unique=True)
    calls = models.PositiveBigIntegerField()
    digest = models.CharField(max_length=64)
    made_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return f"calls of {self.hour:%Y-%m-%d %H}:00 UTC"
