"""What somebody or something thought of a call."""

from django.db import models
from django.utils import timezone

from prompts.observability.models.call import Call


class Score(models.Model):
    """One judgement: a number in ``value`` or a word in ``text``.

    ``key`` is the sender's own id of it, so that a score sent again replaces itself. ``call`` is empty
    while the call it speaks of, named by ``trace_id`` and ``span_id``, has not arrived.
    """

    key = models.CharField(max_length=80)
    account = models.CharField(max_length=80)
    trace_id = models.CharField(max_length=64, blank=True)
    span_id = models.CharField(max_length=64, blank=True)
    session = models.CharField(max_length=200, blank=True)
    call = models.ForeignKey(Call, null=True, blank=True, on_delete=models.CASCADE, related_name="scores")
    name = models.CharField(max_length=120)
    value = models.DecimalField(max_digits=20, decimal_places=10, null=True, blank=True)
    text = models.CharField(max_length=500, blank=True)
    comment = models.TextField(blank=True)
    source = models.CharField(max_length=20, default="API")
    environment = models.CharField(max_length=80, blank=True)
    scored_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["account", "key"], name="observability_score_once"),
            models.CheckConstraint(condition=~models.Q(name=""), name="observability_score_has_a_name"),
            models.CheckConstraint(
                condition=models.Q(value__isnull=False) | ~models.Q(text=""),
                name="observability_score_says_something",
            ),
        ]
        indexes = [models.Index(fields=["trace_id", "span_id"], name="observability_score_trace")]

    def __str__(self) -> str:
        return f"{self.name} {self.text or self.value}"
