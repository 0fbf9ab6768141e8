"""What an evidence pack is about, for one reader: prompts, versions, releases, calls, and their entries."""

import json
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from django.db.models import Q, QuerySet, Value
from django.db.models.functions import Left
from django.db.models.lookups import Exact

from audits.exports.collectors import PackAsk
from audits.identity.actors import Actor
from audits.identity.errors import NotThere
from audits.ledger.models import Event
from portal.selectors.trail_rows import ABOUT_PROMPTS, visible_events
from prompts.evaluations.models import Run
from prompts.observability.models import Call
from prompts.observability.selectors import calls_visible_to
from prompts.registry.former_names import former_names_of
from prompts.registry.models import Environment, Prompt, Version
from prompts.registry.selectors import label_of
from prompts.releases.models import Release

MOST_CALLS = 1000
NOTHING = "There is no such {}, or you may not see it."


@dataclass(frozen=True)
class PackScope:
    """``versions`` are those that the pack is about, newest first; ``whole`` where all of a prompt's are."""

    actor: Actor
    asked: PackAsk
    subject: str
    prompts: list[Prompt]
    versions: list[Version]
    whole: bool
    release: Release | None = None
    calls: list[Call] = field(default_factory=list)

    @cached_property
    def version_ids(self) -> list[int]:
        """Their keys."""
        return [version.pk for version in self.versions]

    @cached_property
    def fragments(self) -> list[Version]:
        """The frozen fragments that are pinned in these versions and that the reader may see."""
        pins = {(str(pin["name"]), int(pin["version"])) for v in self.versions for pin in v.fragments}
        seen = Version.objects.frozen().visible_to(self.actor).select_related("prompt")
        rows = seen.filter(prompt__name__in={name for name, _ in pins}).order_by("prompt__name", "number")
        return [row for row in rows if (row.prompt.name, row.number) in pins]

    @cached_property
    def runs(self) -> "QuerySet[Run]":
        """All runs on these versions, oldest first."""
        rows = Run.objects.filter(version__in=self.version_ids).select_related("suite", "version__prompt")
        return rows.order_by("pk")

    @cached_property
    def former(self) -> dict[int, list[str]]:
        """Names that the prompts and fragments had before; the log speaks of them under these as well."""
        return former_names_of(row.prompt_id for row in [*self.versions, *self.fragments])

    def labels(self, version: Version) -> list[str]:
        """How the log may name a version: by the present name, and by former ones."""
        names = [version.prompt.name, *self.former.get(version.prompt_id, [])]
        return [f"{name}@{version.number}" for name in names]

    @cached_property
    def events(self) -> QuerySet[Event]:
        """The entries about all of this that the reader may see, in no order."""
        places = list(Environment.objects.values_list("slug", flat=True))
        about = Q(pk__in=())
        for prompt in self.prompts:
            for name in [prompt.name, *self.former.get(prompt.pk, [])]:
                about |= Q(subject__in=[name, *(f"{name} in {place}" for place in places)])
                if self.whole:
                    about |= _named(f"{name}@")
        for version in [*self.fragments, *([] if self.whole else self.versions)]:
            for label in self.labels(version):
                about |= Q(subject=label) | _named(f"{label} to ")
        runs = [f"run {pk}" for pk in self.runs.values_list("pk", flat=True)]
        of_runs = Q(subject_type="run", subject__in=runs)
        return visible_events(self.actor).filter(of_runs | Q(about, subject_type__in=ABOUT_PROMPTS))

    @cached_property
    def bound(self) -> dict[tuple[str, Any], "Bound"]:
        """Entries that name digests, by (what names the record, its value); the first one counts."""
        found: dict[tuple[str, Any], Bound] = {}
        rows = self.events.filter(event__in=BINDING, leaf__isnull=False).order_by("leaf__position")
        for event, subject, position, payload in rows.values_list(
            "event", "subject", "leaf__position", "payload"
        ).iterator(500):
            key = BINDING[event]
            told = json.loads(payload) if payload else {}
            value = told.get(key) if key in told else (event, subject)
            found.setdefault((key, value), Bound(position, frozenset(told)))
        return found

    def entry(self, key: str, value: Any) -> "Bound | None":
        """The entry about the record that ``key`` in its payload names."""
        return self.bound.get((key, value))

    def frozen(self, version: Version) -> "Bound | None":
        """The entry of a version's freeze, under whatever name it had then."""
        found = (self.bound.get(("", (FROZEN, label))) for label in self.labels(version))
        return next((bound for bound in found if bound), None)

    def ran(self, run: Run) -> "Bound | None":
        """The entry of a run's end."""
        return self.bound.get(("", (RAN, str(run))))


@dataclass(frozen=True, slots=True)
class Bound:
    """An entry of the log, and the names of what its payload tells."""

    position: int
    names: frozenset[str]

    def fields(self, *wanted: str) -> tuple[str, ...]:
        """Those of the wanted names that this entry tells; older entries tell less."""
        return tuple(name for name in wanted if name in self.names)


FROZEN, RAN = "registry.version.frozen", "evaluations.run.finished"
BINDING = {
    FROZEN: "",
    RAN: "",
    "lifecycle.version.signed": "sign_off",
    "lifecycle.documentation.signed": "signature",
    "registry.comment.written": "comment",
    "releases.release.made": "release",
    "releases.release.rolled_back": "release",
    "releases.emergency.released": "release",
    "releases.release.inherited": "release",
}
"""Kinds of entries that name digests, and by what in their payload they name the record (empty: subject)."""


def _named(start: str) -> Q:
    """Subjects that begin so. Not startswith: SQLite's LIKE ignores case."""
    return Q(Exact(Left("subject", len(start)), Value(start)))


def scope_of(actor: Actor, asked: PackAsk) -> PackScope:
    """Finds what was asked about; raises ``NotThere``."""
    if asked.trace:
        return _trace(actor, asked)
    if asked.release is not None:
        return _release(actor, asked)
    prompt = Prompt.objects.visible_to(actor).filter(name=asked.prompt).first()
    if prompt is None:
        raise NotThere(NOTHING.format("prompt"), field="prompt")
    rows = Version.objects.filter(prompt=prompt).select_related("prompt", "author")
    if asked.version is None:
        return PackScope(actor, asked, prompt.name, [prompt], list(rows.order_by("-number")), whole=True)
    versions = list(rows.filter(number=asked.version))
    if not versions:
        raise NotThere(NOTHING.format("version"), field="version")
    return PackScope(actor, asked, label_of(versions[0]), [prompt], versions, whole=False)


def _release(actor: Actor, asked: PackAsk) -> PackScope:
    seen = Release.objects.filter(prompt__in=Prompt.objects.visible_to(actor).values("pk"))
    rows = seen.select_related("prompt", "version__prompt", "version__author", "environment")
    release = rows.filter(pk=asked.release or 0).first()
    if release is None:
        raise NotThere(NOTHING.format("release"), field="release")
    return PackScope(
        actor, asked, str(release), [release.prompt], [release.version], whole=False, release=release
    )


def _trace(actor: Actor, asked: PackAsk) -> PackScope:
    rows = calls_visible_to(actor).filter(trace_id=asked.trace).prefetch_related("scores")
    calls = list(rows.order_by("started_at", "pk")[:MOST_CALLS])
    if not calls:
        raise NotThere(NOTHING.format("trace"), field="trace")
    keys: list[int] = [call.version_id for call in calls if call.version_id is not None]
    versions = Version.objects.filter(pk__in=keys).visible_to(actor).select_related("prompt", "author")
    found: list[Version] = list(versions.order_by("prompt__name", "-number"))
    named: list[int] = [call.prompt_id for call in calls if call.prompt_id is not None]
    named += [row.prompt_id for row in found]
    prompts = list(Prompt.objects.visible_to(actor).filter(pk__in=named).order_by("name"))
    return PackScope(actor, asked, f"trace {asked.trace}", prompts, found, whole=False, calls=calls)
