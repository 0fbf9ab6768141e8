"""What happened to a prompt since a page about it was shown."""

from datetime import datetime, timedelta

from django.utils import timezone
from django.utils.dateparse import parse_datetime

from portal.selectors.timeline import Happening, happenings
from prompts.registry.models import Prompt

MOST = 6
LOOKED_THROUGH = 30
OLDEST = timedelta(days=1)


def meanwhile(prompt: Prompt, shown_at: str) -> list[Happening]:
    """The ledger's events about it since then, the newest first; ``shown_at`` is what a form sent back."""
    since = _moment(shown_at)
    if since is None:
        return []
    return [told for told in happenings(prompt, limit=LOOKED_THROUGH) if told.at >= since][:MOST]


def _moment(text: str) -> datetime | None:
    """The moment, not older than a day; None for what is none."""
    try:
        moment = parse_datetime(text[:40])
    except ValueError:
        return None
    if moment is None or timezone.is_naive(moment):
        return None
    return max(moment, timezone.now() - OLDEST)
