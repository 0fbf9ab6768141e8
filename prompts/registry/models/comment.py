"""What people say to one another about a prompt, and who wants to hear of it."""

from django.conf import settings
from django.db import models

from audits.adminkit.querysets import Recorded
from prompts.registry.models.prompt import Prompt
from prompts.registry.models.version import Version


class Comment(Recorded):
    """One remark about a prompt, a version or a line of it; an answer has a ``parent``, which has none.

    Nobody changes or deletes a remark: it is resolved, which only a first remark is. ``quoted`` is the line
    as it stood, so that the remark is understood when the text has moved on.
    """

    prompt = models.ForeignKey(Prompt, on_delete=models.PROTECT, related_name="comments")
    version = models.ForeignKey(
        Version, on_delete=models.SET_NULL, null=True, blank=True, related_name="comments"
    )
    version_number = models.PositiveIntegerField(null=True, blank=True)
    message = models.PositiveIntegerField(null=True, blank=True)
    line = models.PositiveIntegerField(null=True, blank=True)
    quoted = models.CharField(max_length=300, blank=True)
    parent = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="answers"
    )
    text = models.TextField()
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="comments")
    written_at = models.DateTimeField()
    resolved_at = models.DateTimeField(null=True, blank=True)
    resolved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        indexes = [
            models.Index(fields=["prompt", "-id"], name="registry_comment_prompt"),
            models.Index(
                fields=["prompt"],
                condition=models.Q(resolved_at__isnull=True, parent__isnull=True),
                name="registry_comment_open",
            ),
        ]
        constraints = [
            models.CheckConstraint(condition=~models.Q(text=""), name="registry_comment_says_something"),
        ]

    def __str__(self) -> str:
        return f"comment on {self.prompt}"

    @property
    def place(self) -> str:
        """``version 3, message 2, line 4``, as far as it is about one."""
        parts = [("version", self.version_number), ("message", self.message), ("line", self.line)]
        return ", ".join(f"{word} {number}" for word, number in parts if number)


class Watch(models.Model):
    """Somebody wants to hear what happens to a prompt, or (not ``is_on``) answers for it and does not."""

    prompt = models.ForeignKey(Prompt, on_delete=models.CASCADE, related_name="watches")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="watches")
    is_on = models.BooleanField(default=True)

    class Meta:
        verbose_name_plural = "watches"
        constraints = [models.UniqueConstraint(fields=["prompt", "user"], name="registry_watch_once")]

    def __str__(self) -> str:
        return f"{self.user} and {self.prompt}"


class SavedSearch(models.Model):
    """A search of the prompt list under a name; ``query`` is what stands behind the ``?`` of its address."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="saved_searches"
    )
    name = models.CharField(max_length=80)
    query = models.CharField(max_length=2000)
    is_shared = models.BooleanField(default=False)

    class Meta:
        verbose_name_plural = "saved searches"
        constraints = [models.UniqueConstraint(fields=["user", "name"], name="registry_saved_search_once")]

    def __str__(self) -> str:
        return self.name
