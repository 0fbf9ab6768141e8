"""Which application still fetches which prompt."""

from django.db import models

from audits.identity.models import ServiceAccount
from prompts.registry.models import Prompt


class FetchMark(models.Model):
    """The last time, to some minutes, at which a key fetched a prompt.

    A convenience for whoever retires a prompt, no record of use: marks are written in batches by the web
    server (services/marks.py), and those of the last minutes are lost where it is killed.
    """

    account = models.ForeignKey(ServiceAccount, on_delete=models.CASCADE, related_name="fetch_marks")
    prompt = models.ForeignKey(Prompt, on_delete=models.CASCADE, related_name="fetch_marks")
    last_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["account", "prompt"], name="serving_mark_once")]
        indexes = [models.Index(fields=["prompt", "-last_at"], name="serving_mark_recent")]

    def __str__(self) -> str:
        return f"{self.account} and {self.prompt}"
