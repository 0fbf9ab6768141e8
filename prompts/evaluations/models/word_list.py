"""Word lists that an organisation keeps beside those that come with the portal."""

from django.db import models

from audits.adminkit.history import GovernedHistory
from audits.adminkit.querysets import Recorded


class WordList(Recorded):
    """``text`` is YAML as ``fairness/word_lists.py`` reads it: language, forms, names and ages.

    Suites that were made with it hold their own cases: a change of the list changes none of them.
    """

    name = models.SlugField(max_length=80, unique=True)
    text = models.TextField()
    note = models.CharField(max_length=300, blank=True)
    is_active = models.BooleanField("in use", default=True)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    history = GovernedHistory()

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name
