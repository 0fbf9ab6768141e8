"""The page that a pack opens with: why did the assistant say this, in plain language, and then everything."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime

from django.template.loader import render_to_string

from audits.exports.collectors import Part
from audits.exports.packs import Document
from audits.identity.roles import title
from audits.ledger.events import kinds
from audits.ledger.models import Event
from audits.ledger.selectors import place_of
from portal.packs.records import text_file
from portal.packs.scope import FROZEN, PackScope
from portal.packs.summary import summary
from portal.selectors.names import printed
from prompts.evaluations.models import Result, Run
from prompts.lifecycle.models import ApprovalRequest, DocumentationSignature, SignOff
from prompts.observability.models import Call
from prompts.registry.documentation import SECTIONS
from prompts.registry.models import Comment, Prompt, Version
from prompts.registry.selectors import label_of, sections_of
from prompts.releases.models import Freeze, Release, Retirement

FAILURES_SHOWN = 20
ENTRIES_SHOWN = 500
TEXT_SHOWN = 100_000


@dataclass(frozen=True, slots=True)
class Tested:
    """A run, and its first results that did not pass."""

    run: Run
    failures: list[Result]
    more: int


@dataclass(slots=True)
class Story:
    """One version: who wrote, tested, signed and released it, and on what evidence."""

    version: Version
    label: str
    writers: list[str]
    frozen_by: str
    file: str
    signs: list[SignOff] = field(default_factory=list)
    documented: list[DocumentationSignature] = field(default_factory=list)
    runs: list[Tested] = field(default_factory=list)
    releases: list[Release] = field(default_factory=list)
    requests: list[ApprovalRequest] = field(default_factory=list)

    releasers: dict[str, str] = field(default_factory=dict)

    @property
    def live(self) -> list[Release]:
        """Where it is served now."""
        return [release for release in self.releases if release.state == "live"]

    @property
    def released(self) -> list[tuple[Release, str]]:
        """Its releases, each with the printed name of who made it."""
        return [
            (row, self.releasers.get(row.released_by_name, row.released_by_name)) for row in self.releases
        ]

    @property
    def tested(self) -> list[Tested]:
        """Runs that were finished."""
        return [told for told in self.runs if told.run.state == "finished"]


@dataclass(frozen=True, slots=True)
class Called:
    """A call of a trace with the release by which its application got the text, if it was released at all."""

    call: Call
    release: Release | None
    by: str


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of the log as a sentence."""

    position: int | None
    at: datetime
    told: str
    reason: str


def page_one(scope: PackScope) -> Iterator[Part]:
    """``index.html``: self-contained, without script; and its beginning for paper, ``summary.pdf``."""
    made_at = datetime.now(UTC)
    stories = [_story(scope, version) for version in scope.versions]
    focus = [story for story in stories if story.live] if scope.whole else stories
    entries = scope.events.select_related("leaf").order_by("-pk")
    keys = [prompt.pk for prompt in scope.prompts]
    context = {
        "scope": scope,
        "stories": stories,
        "focus": focus or stories[:1],
        "calls": [_called(call, stories) for call in scope.calls],
        "prompts": [(prompt, _sections(prompt)) for prompt in scope.prompts],
        "freezes": Freeze.objects.filter(prompt__in=keys).select_related("prompt", "safe_version"),
        "retirements": Retirement.objects.filter(prompt__in=keys).select_related("prompt", "successor"),
        "comments": Comment.objects.filter(prompt__in=keys).select_related("author", "prompt").order_by("pk"),
        "fragments": [(row, label_of(row), text_file(row)) for row in scope.fragments],
        "pins": sorted({(p["name"], p["version"]) for v in scope.versions for p in v.fragments}),
        "entries": [_told(event) for event in entries[:ENTRIES_SHOWN]],
        "entry_count": scope.events.count(),
        "made_at": made_at,
    }
    page = render_to_string("packs/index.html", context)
    yield Document("index.html", [page])
    yield Document("summary.pdf", [summary(page, made_at)])


def _called(call: Call, stories: list[Story]) -> Called:
    """The release of the call's version that was live in its environment when it began."""
    for story in stories:
        for release, by in story.released if story.version.pk == call.version_id else []:
            ended = release.ended_at is not None and release.ended_at <= call.started_at
            if (
                release.environment.slug == call.environment
                and release.released_at <= call.started_at
                and not ended
            ):
                return Called(call, release, by)
    return Called(call, None, "")


def _story(scope: PackScope, version: Version) -> Story:
    frozen = Event.objects.filter(subject__in=scope.labels(version), event=FROZEN).first()
    writers = [version.author_name, *version.authors.values_list("name", flat=True)]
    releases = list(version.releases.select_related("environment").order_by("released_at"))
    by = [row.released_by_name for row in releases]
    names = printed([*writers, *by, frozen.actor if frozen else ""])
    return Story(
        version=version,
        label=label_of(version),
        writers=list(dict.fromkeys(names.get(name, name) for name in writers if name)),
        frozen_by=names.get(frozen.actor, frozen.actor) if frozen else "",
        file=text_file(version) if version.is_frozen else "",
        signs=list(version.sign_offs.select_related("request__policy").order_by("signed_at")),
        documented=list(version.documentation_signatures.order_by("signed_at")),
        runs=[_tested(run) for run in scope.runs.filter(version=version)],
        releases=releases,
        releasers=names,
        requests=list(version.approval_requests.select_related("policy").order_by("opened_at")),
    )


def _tested(run: Run) -> Tested:
    failed = Result.objects.filter(run=run).exclude(state="pass").select_related("provider")
    count = failed.count()
    rows = list(failed.order_by("case_name", "pk")[:FAILURES_SHOWN])
    return Tested(run, rows, max(0, count - FAILURES_SHOWN))


def _sections(prompt: Prompt) -> list[tuple[str, str]]:
    told = sections_of(prompt)
    return [(title, told[name]) for name, title in SECTIONS.items()]


def _told(event: Event) -> Entry:
    kind, leaf = kinds().get(event.event), place_of(event)
    sentence = kind.sentence if kind else "{actor}: " + event.event + " {subject}"
    who = f"{event.actor} ({', '.join(map(title, event.role.split(',')))})" if event.role else event.actor
    told = sentence.replace("{actor}", who).replace("{subject}", event.subject)
    return Entry(leaf.position if leaf else None, event.recorded_at, told, event.reason)
