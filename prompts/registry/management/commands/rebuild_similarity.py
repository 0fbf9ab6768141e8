"""The search for near-duplicates, made anew for the whole library."""

from typing import Any

from django.core.management.base import BaseCommand
from django.db import transaction

from prompts.registry.duplicates import keep_newest
from prompts.registry.models import LikePair, Prompt

BATCH = 200


class Command(BaseCommand):
    """Safe to run at any time and again; it changes no prompt, so it leaves no entry in the audit trail."""

    help = "Compare the newest texts of all prompts anew (after an upgrade, or bulk data from elsewhere)."

    def handle(self, *args: Any, **options: Any) -> None:
        """Goes through all prompts by their key, a few hundred in one transaction."""
        keys = list(Prompt.objects.order_by("pk").values_list("pk", flat=True))
        for start in range(0, len(keys), BATCH):
            with transaction.atomic():
                keep_newest(keys[start : start + BATCH])
        self.stdout.write(f"Compared {len(keys):,} prompts: {LikePair.objects.count():,} pairs are alike.")
