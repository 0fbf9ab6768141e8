"""What happened to a prompt, as people tell it: the ledger's events about it, newest first."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q
from django.urls import reverse

from audits.identity.models import User
from audits.ledger.events import kinds
from audits.ledger.models import Event
from prompts.registry.former_names import former_names_of
from prompts.registry.models import Environment, Prompt

VERSIONS_TOLD = 60

ICONS = (
    ("emergency", "warn", "binding"),
    ("inherited", "warn", "wait"),
    ("adoption", "warn", "wait"),
    ("schedule.stopped", "stopped", "bad"),
    ("retirement", "clock", "wait"),
    ("version.signed", "seal", "binding"),
    ("approved", "pass", "ok"),
    ("prompt.unfrozen", "pass", "ok"),
    ("prompt.frozen", "frozen", "binding"),
    ("frozen", "lock", ""),
    ("retire", "stopped", "binding"),
    ("stopped", "stopped", "bad"),
    ("refused", "stopped", "bad"),
    ("reject", "stopped", "bad"),
    ("returned", "restore", "wait"),
    ("withdrawn", "restore", ""),
    ("superseded", "restore", ""),
    ("delegation", "seal", ""),
    ("reminded", "clock", ""),
    ("approval.ends", "clock", "wait"),
    ("rolled", "released", "ok"),
    ("release", "released", "ok"),
    ("request", "awaiting", "wait"),
    ("run", "chart", ""),
    ("right", "lock", ""),
    ("gate", "lock", ""),
    ("policy", "seal", ""),
    ("key", "key", ""),
    ("session", "user", ""),
    ("user", "user", ""),
    ("team", "people", ""),
    ("trail", "shield", ""),
    ("export", "download", ""),
    ("suite", "queue", ""),
    ("case", "queue", ""),
    ("schedule", "clock", ""),
    ("changed", "draft", ""),
    ("draft", "draft", ""),
)
"""What stands in a kind's name after its room: the first that fits gives icon and tone."""


@dataclass(frozen=True, slots=True)
class Happening:
    """One event for the timeline; ``told`` is the sentence with printed names."""

    pk: int
    at: datetime
    told: str
    reason: str
    meaning: str
    icon: str
    tone: str
    event: str
    role: str
    digest: str
    evidence: tuple[tuple[str, str], ...] = ()


def subjects_of(prompt: Prompt) -> dict[str, list[str]]:
    """The names under which the ledger speaks of the prompt, by their type: its own and its former ones, its
    newest versions', and the releases' of these.
    """
    numbers = prompt.versions.order_by("-number").values_list("number", flat=True)[:VERSIONS_TOLD]
    places = list(Environment.objects.values_list("slug", flat=True))
    names = [prompt.name, *former_names_of([prompt.pk]).get(prompt.pk, [])]
    versions = [f"{name}@{number}" for name in names for number in numbers]
    releases = [f"{version} to {place}" for version in versions for place in places]
    releases += [f"{name} in {place}" for name in names for place in places]
    return {"prompt": names, "version": versions, "release": releases}


def events_of(prompt: Prompt) -> Any:
    """The queryset of the prompt's events, newest first."""
    about = Q(pk__in=())
    for kind, subjects in subjects_of(prompt).items():
        about |= Q(subject_type=kind, subject__in=subjects)
    return Event.objects.filter(about).order_by("-pk")


def happenings(prompt: Prompt, *, start: int = 0, limit: int = 8) -> list[Happening]:
    """A stretch of the prompt's events: four queries, whatever happened."""
    rows = list(events_of(prompt)[start : start + limit])
    names = dict(
        User.objects.filter(username__in={row.actor for row in rows}).values_list("username", "full_name")
    )
    return [_told(row, prompt, names) for row in rows]


def _told(row: Event, prompt: Prompt, names: dict[str, str]) -> Happening:
    known = kinds().get(row.event)
    sentence = known.sentence if known else "{actor} did " + row.event + " to {subject}"
    subject = row.subject.replace(f"{prompt.name}@", "version ").replace(prompt.name, "the prompt")
    if subject == "the prompt":  # some sentences say the word themselves
        sentence = sentence.replace("the prompt {subject}", "{subject}")
    told = sentence.format(actor=names.get(row.actor, row.actor), subject=subject)
    icon, tone = next(((i, t) for word, i, t in ICONS if word in row.event.partition(".")[2]), ("doc", ""))
    payload = json.loads(row.payload) if row.payload else {}
    digest = str(payload.get("digest") or payload.get("text_digest") or "")
    return Happening(
        pk=row.pk,
        at=row.recorded_at,
        told=told,
        reason=row.reason,
        meaning=str(payload.get("meaning", "")),
        icon=icon,
        tone=tone,
        event=row.event,
        role=row.role,
        digest=digest if len(digest) == 64 else "",
        evidence=_evidence(payload),
    )


def _evidence(payload: dict[str, Any]) -> tuple[tuple[str, str], ...]:
    """What an event says it rested on: words and the address, of runs only, since signatures stand in the
    list.
    """
    told = payload.get("evidence")
    references = [str(item) for item in told] if isinstance(told, list) else []
    runs = [item.partition("/")[2] for item in references if item.startswith("run/")]
    signs = sum(item.startswith("sign-off/") for item in references)
    rows = [(f"run {key}", reverse("admin:run", args=[int(key)])) for key in runs[:6] if key.isdigit()]
    return (*rows, *([(f"{signs} signature{'' if signs == 1 else 's'}", "")] if signs else []))
