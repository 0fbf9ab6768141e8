"""The Merkle tree over the events, and what was signed of it."""

from typing import Any

from django.db import models

from audits.ledger.models.event import Event
from audits.ledger.querysets import AppendOnlyQuerySet


class AppendOnly(models.Model):
    """A row that is written once; ``save`` only ever inserts."""

    objects = AppendOnlyQuerySet.as_manager()

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        kwargs["force_insert"] = True
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        raise AppendOnlyQuerySet.Refused("Rows of the tree are never deleted.")


class Leaf(AppendOnly):
    """The place of an event in the tree: gapless, counted from 0."""

    position = models.BigIntegerField(primary_key=True)
    event = models.OneToOneField(Event, on_delete=models.PROTECT, related_name="leaf")
    leaf_hash = models.CharField(max_length=64)

    def __str__(self) -> str:
        return f"entry {self.position}"


class Node(AppendOnly):
    """The hash of a complete subtree, under its number (``merkle.node_number``)."""

    number = models.BigIntegerField(primary_key=True)
    node_hash = models.CharField(max_length=64)

    def __str__(self) -> str:
        return f"node {self.number}"


class KeyChange(AppendOnly):
    """From one signing key to the next, both as lines (C2SP signed-note), at a tree of ``size`` and ``root``.

    ``endorsement`` is the old key's signature over this change (``audits/ledger/keyring.py``), empty where
    the old key was lost. ``checkpoint`` is the number of the first checkpoint that the new one signed.
    """

    old = models.CharField(max_length=400)
    new = models.CharField(max_length=400)
    size = models.BigIntegerField()
    root = models.CharField(max_length=64)
    endorsement = models.CharField(max_length=100, blank=True)
    checkpoint = models.BigIntegerField(unique=True)
    changed_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"key change at {self.size} entries"


class Checkpoint(AppendOnly):
    """A signed tree head. ``note`` is the very text that was signed, with its signatures."""

    size = models.BigIntegerField()
    root = models.CharField(max_length=64)
    signed_at = models.DateTimeField()
    key_id = models.CharField(max_length=8)
    note = models.TextField()

    class Meta:
        indexes = [models.Index(fields=["size"], name="ledger_checkpoint_size")]

    def __str__(self) -> str:
        return f"checkpoint of {self.size} entries"
