"""How the newest text of each prompt looks to the search for near-duplicates, kept by the services."""

from django.db import models

from prompts.registry.models.prompt import Prompt


class TextSignature(models.Model):
    """The MinHash signature of a prompt's newest text (similarity.py); empty for a text without words."""

    prompt = models.OneToOneField(
        Prompt, on_delete=models.CASCADE, primary_key=True, related_name="text_signature"
    )
    places = models.BinaryField()

    def __str__(self) -> str:
        return f"signature of {self.prompt_id}"


class TextBand(models.Model):
    """One band of a signature: prompts that share a key are candidates."""

    prompt = models.ForeignKey(Prompt, on_delete=models.CASCADE, related_name="+", db_index=False)
    key = models.BigIntegerField()

    class Meta:
        indexes = [
            models.Index(fields=["key", "prompt"], name="registry_band_key"),
            models.Index(fields=["prompt"], name="registry_band_prompt"),
        ]

    def __str__(self) -> str:
        return f"band of {self.prompt_id}"


class LikePair(models.Model):
    """Two prompts whose newest texts are near-duplicates; ``one`` has the smaller key.

    ``likeness`` is per mille. The foreign keys have no constraint in the database: on PostgreSQL each would
    lock the other prompt's row, and two people who edit two like prompts would wait for one another.
    """

    one = models.ForeignKey(Prompt, on_delete=models.CASCADE, related_name="+", db_constraint=False)
    other = models.ForeignKey(Prompt, on_delete=models.CASCADE, related_name="+", db_constraint=False)
    likeness = models.PositiveSmallIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["one", "other"], name="registry_like_pair_once"),
            models.CheckConstraint(
                condition=models.Q(one__lt=models.F("other")), name="registry_like_pair_ordered"
            ),
        ]
        indexes = [models.Index(fields=["-likeness", "id"], name="registry_like_pair_first")]

    def __str__(self) -> str:
        return f"{self.one_id} like {self.other_id}"
