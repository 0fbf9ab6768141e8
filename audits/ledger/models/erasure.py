"""Which entries have lost their content, and by which entry that was told."""

from django.db import models

from audits.ledger.models.event import Event
from audits.ledger.models.tree import AppendOnly


class Erasure(AppendOnly):
    """The entry at ``position`` holds no content any more; ``event`` names who erased it, and why.

    For pages and exports. The verification believes only the entries themselves.
    """

    position = models.BigIntegerField(primary_key=True)
    event = models.ForeignKey(Event, on_delete=models.PROTECT, related_name="erasures")

    def __str__(self) -> str:
        return f"the erased content of entry {self.position}"
