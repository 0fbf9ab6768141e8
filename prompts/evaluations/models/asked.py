"""The cases that runs asked, as they were asked. Rows are only added; runs of unchanged cases share them."""

from django.db import models

from audits.adminkit.querysets import Recorded
from prompts.evaluations.models.suite import Case


class CaseText(models.Model):
    """One case in exactly these words, kept once however many runs ask it.

    ``key`` is the SHA-256 of all fields; ``digest`` covers what decides the outcome (see ``snapshots.py``).
    ``weight`` and ``threshold`` are decimals as text.
    """

    key = models.CharField(max_length=64, unique=True)
    digest = models.CharField(max_length=64)
    name = models.CharField(max_length=200)
    vars = models.JSONField(default=dict)
    assertions = models.JSONField(default=list)
    weight = models.CharField(max_length=40, default="1")
    threshold = models.CharField(max_length=40, null=True)  # noqa: DJ001  none is not an empty text
    tags = models.JSONField(default=list)

    class Meta:
        indexes = [models.Index(fields=["name"], name="evaluations_text_name")]

    def __str__(self) -> str:
        return self.name


class CaseSet(Recorded):
    """Cases in their order, as one or more runs asked them.

    ``key`` is the SHA-256 of its members in order, ``case_digest`` the digest of the cases in any order.
    """

    key = models.CharField(max_length=64, unique=True)
    case_digest = models.CharField(max_length=64)
    size = models.PositiveIntegerField()

    def __str__(self) -> str:
        return f"{self.size} cases {self.case_digest[:12]}"


class AskedCase(models.Model):
    """A case at its place, from 1, in a set. ``case`` may have been written anew since."""

    case_set = models.ForeignKey(CaseSet, on_delete=models.PROTECT, related_name="members")
    place = models.PositiveIntegerField()
    text = models.ForeignKey(CaseText, on_delete=models.PROTECT, related_name="asked")
    case = models.ForeignKey(
        Case, null=True, on_delete=models.DO_NOTHING, db_constraint=False, related_name="asked"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["case_set", "place"], name="evaluations_asked_place_once"),
            models.UniqueConstraint(fields=["case_set", "text"], name="evaluations_asked_text_once"),
        ]

    def __str__(self) -> str:
        return f"{self.case_set_id}: {self.place}"
