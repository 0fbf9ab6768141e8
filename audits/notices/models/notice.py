"""What somebody is told in the portal, and how he wants to be told."""

from django.conf import settings
from django.db import models

from audits.notices.models.letter import Letter
from audits.notices.topics import MAILS, TOPICS


class Notice(models.Model):
    """One event told to one person, once. What it is about is text, as in the ledger: nothing points upward.

    ``subject`` is the prompt's name, by which a page asks whether the person may still see it, or empty for
    what is about no prompt; ``address`` is the page that a press on the notice opens. ``mail`` is how the
    person wanted it by e-mail when it was made (``once``, ``daily``, or empty), ``letter`` where it went.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="notices")
    event = models.UUIDField()
    kind = models.CharField(max_length=100)
    words = models.CharField(max_length=600)
    subject = models.CharField(max_length=400, blank=True)
    address = models.CharField(max_length=500)
    reason = models.CharField(max_length=300, blank=True)
    at = models.DateTimeField()
    read_at = models.DateTimeField(null=True, blank=True)
    mail = models.CharField(max_length=5, blank=True)
    letter = models.ForeignKey(
        Letter, null=True, blank=True, on_delete=models.SET_NULL, related_name="notices"
    )

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "event"], name="notices_once_per_event")]
        indexes = [
            models.Index(fields=["user", "-id"], name="notices_inbox"),
            models.Index(fields=["user"], condition=models.Q(read_at__isnull=True), name="notices_unread"),
            models.Index(
                fields=["mail", "user"], condition=models.Q(letter__isnull=True), name="notices_unmailed"
            ),
        ]

    def __str__(self) -> str:
        return self.words


class Preference(models.Model):
    """What one person chose for one topic; without a row, the topic's own answer holds.

    ``inbox`` false mutes the topic for prompts that are merely watched: neither inbox nor e-mail. What is
    addressed to the person, such as being asked to sign, is always told.
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="notice_preferences"
    )
    topic = models.CharField(max_length=20, choices=[(name, row.title) for name, row in TOPICS.items()])
    inbox = models.BooleanField(default=True)
    mail = models.CharField(max_length=5, choices=list(MAILS.items()))

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "topic"], name="notices_one_preference"),
            models.CheckConstraint(
                condition=models.Q(mail__in=["once", "daily", "never"]), name="notices_mail_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.topic} of {self.user}"


class Told(models.Model):
    """One row: up to which position of the ledger people and endpoints were told."""

    position = models.BigIntegerField(default=-1)

    class Meta:
        verbose_name_plural = "told"

    def __str__(self) -> str:
        return f"told up to {self.position}"
