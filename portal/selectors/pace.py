"""How long people looked before they signed: a signature after a few seconds says little."""

from dataclasses import dataclass
from datetime import timedelta
from statistics import median
from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.utils import timezone

from audits.identity.actors import Actor
from prompts.lifecycle.models import SignOff
from prompts.registry.models import Prompt

DAYS = 90
MOST = 5000
SHOWN = 60


@dataclass(frozen=True, slots=True)
class Pace:
    """One person's signatures of the last 90 days: how many, the median of seconds, how many were rapid."""

    name: str
    signatures: int
    seconds: int
    rapid: int


def _measured(actor: Actor) -> QuerySet[Any]:
    seen = Prompt.objects.visible_to(actor).values("pk")
    since = timezone.now() - timedelta(days=DAYS)
    return SignOff.objects.filter(
        version__prompt__in=seen, reading_seconds__isnull=False, signed_at__gte=since
    )


def pace(actor: Actor) -> dict[str, Any]:
    """The rapid signatures on prompts that the reader sees, the newest first, and each person's pace."""
    rows = _measured(actor)
    rapid = rows.filter(reading_seconds__lt=settings.RAPID_SECONDS)
    shown = rapid.select_related("version__prompt", "on_behalf_of").defer("evidence").order_by("-signed_at")
    return {
        "rapid": list(shown[:SHOWN]),
        "count": rapid.count(),
        "people": people(
            rows.order_by("-pk").values_list("username", "printed_name", "reading_seconds")[:MOST]
        ),
        "threshold": settings.RAPID_SECONDS,
        "days": DAYS,
    }


def people(rows: Any) -> list[Pace]:
    """The pace of each signer, the fastest first; rows are (user name, printed name, seconds)."""
    found: dict[str, list[int]] = {}
    names: dict[str, str] = {}
    for username, printed, seconds in rows:
        found.setdefault(username, []).append(seconds)
        names.setdefault(username, printed)
    told = [
        Pace(names[key], len(all_), round(median(all_)), sum(one < settings.RAPID_SECONDS for one in all_))
        for key, all_ in found.items()
    ]
    return sorted(told, key=lambda row: (row.seconds, row.name))
