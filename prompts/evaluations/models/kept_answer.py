"""Answers that need not be asked for again."""

from django.db import models

from prompts.evaluations.models.provider import Provider


class KeptAnswer(models.Model):
    """An answer by the digest of all that was sent for it (see ``providers.keeping``). A cache: may be lost.

    ``answer`` is JSON as text, since a text of a model may hold what no JSON column takes.
    """

    digest = models.CharField(max_length=64, unique=True)
    provider = models.ForeignKey(Provider, on_delete=models.CASCADE, related_name="kept_answers")
    answer = models.TextField()
    given_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return self.digest[:12]
