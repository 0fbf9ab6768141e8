"""Machine-readable files of a pack: records as JSON lines, exact documents, and which entries name them."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.utils.text import slugify

from audits.exports.collectors import Part
from audits.exports.packs import Binding, Document
from audits.exports.proofs import line
from audits.ledger.canonical import canonical_json, sha256_hex
from audits.ledger.services.record_event import timestamp
from portal.packs.scope import PackScope
from prompts.evaluations.models import Result, Run
from prompts.evaluations.selectors import asked_in_order
from prompts.lifecycle.models import ApprovalRequest, DocumentationSignature, SignOff
from prompts.observability.models import Call
from prompts.registry.models import Comment, Version
from prompts.registry.selectors import label_of
from prompts.releases.models import (
    AdoptedText,
    Emergency,
    Freeze,
    Release,
    ReleaseRequest,
    Retirement,
    ScheduledRelease,
)

SIGN_OFF_MORE = ("zone", "role_by", "ties", "forms", "reading_seconds", "on_behalf_of")
SIGN_OFF_FIELDS = ("role", "meaning", "printed_name", "authenticated_by", "text_digest", "evidence_digest")
DOCUMENTATION_FIELDS = (*SIGN_OFF_FIELDS[:5], "standard", "documentation_digest")
SIGNED = (("username", "actor"), ("comment", "reason"), ("signed_at", "time"))
RELEASED = (("released_by_name", "actor"), ("reason", "reason"), ("released_at", "time"))
WRITTEN = (("author", "actor"), ("written_at", "time"))
"""By whom, why and when: what stands in the entry itself, not in its payload."""


def plain(value: Any) -> Any:
    """A column's value as JSON: times in UTC, decimals as text."""
    if isinstance(value, datetime):
        return timestamp(value)
    return format(value, "f") if isinstance(value, Decimal) else value


def record(row: Any, *names: str, **more: Any) -> dict[str, Any]:
    """These columns of a row; ``a__b`` reads along a relation and is told as ``a``."""
    told: dict[str, Any] = {"id": row.pk}
    for name in names:
        value = row
        for step in name.split("__"):
            value = getattr(value, step, None)
        told[name.partition("__")[0]] = plain(value)
    return told | {name: plain(value) for name, value in more.items()}


def lines(name: str, rows: Iterable[dict[str, Any]]) -> Document:
    """A file of records, one to a line."""
    return Document(name, (line(row) for row in rows))


def text_file(version: Version) -> str:
    """Where a frozen version's canonical document stands."""
    name = slugify(version.prompt.name.replace("/", " "))[:60] or "prompt"
    return f"texts/{name}-{version.number}-{version.pk}.canonical.json"


def texts(scope: PackScope) -> Iterator[Part]:
    """Versions and pinned fragments: their records, the exact bytes that are hashed, and who froze them."""
    every = [*scope.versions, *scope.fragments]
    names: tuple[str, ...] = (
        "number",
        "format",
        "messages",
        "variables",
        "model_settings",
        "tools",
        "output_schema",
        "config",
    )
    names = (
        *names,
        "fragments",
        "change_note",
        "author_name",
        "edited_by",
        "written_at",
        "frozen_at",
        "digest",
    )
    yield lines(
        "data/versions.jsonl",
        (
            record(
                version,
                *names,
                label=label_of(version),
                written_by=list(version.authors.values_list("name", flat=True)),
                canonical=text_file(version) if version.is_frozen else None,
                entry=getattr(scope.frozen(version), "position", None),
            )
            for version in every
        ),
    )
    for version in every:
        if version.is_frozen:
            yield Document(text_file(version), [version.canonical])
            if bound := scope.frozen(version):
                yield Binding(text_file(version), bound.position, "digest")


def signatures(scope: PackScope) -> Iterator[Part]:
    """Requests for approval, and signatures with the evidence that was signed."""
    requests = ApprovalRequest.objects.filter(version__in=scope.version_ids).select_related("policy")
    names: tuple[str, ...] = (
        "state",
        "reason",
        "requested_by_name",
        "opened_at",
        "closed_at",
        "closed_by_name",
    )
    names = (*names, "closing_comment", "policy_label", "seats", "validity_days", "text_digest")
    labels = {version.pk: label_of(version) for version in scope.versions}
    yield lines(
        "data/approval-requests.jsonl",
        (
            record(row, *names, version=labels[row.version_id])
            for row in requests.order_by("pk").iterator(100)
        ),
    )
    rows = SignOff.objects.filter(version__in=scope.version_ids).order_by("pk").defer("evidence")
    names = (
        *SIGN_OFF_FIELDS,
        *SIGN_OFF_MORE[:-1],
        "role_since",
        "username",
        "comment",
        "signed_at",
        "request_id",
    )
    signs = list(rows.select_related("on_behalf_of"))
    told = [
        record(
            row,
            *names,
            version=labels[row.version_id],
            evidence=_evidence(row),
            on_behalf_of=row.on_behalf_of.username if row.on_behalf_of else None,
        )
        for row in signs
    ]
    yield lines("data/sign-offs.jsonl", told)
    files = {version.pk: text_file(version) for version in scope.versions}
    for number, row in enumerate(signs):
        yield Document(_evidence(row), [canonical_json(row.evidence).decode()])
        if bound := scope.entry("sign_off", row.pk):
            yield Binding(_evidence(row), bound.position, "evidence_digest")
            yield Binding(files[row.version_id], bound.position, "text_digest")
            fields = bound.fields(*SIGN_OFF_FIELDS, *SIGN_OFF_MORE)
            yield Binding("data/sign-offs.jsonl", bound.position, line=number, fields=fields, said=SIGNED)


def _evidence(row: SignOff) -> str:
    return f"sign-offs/{row.pk}.evidence.json"


def documentation(scope: PackScope) -> Iterator[Part]:
    """The prompts' descriptions, every edit of them, and signatures under the documentation."""
    names = [field.attname for field in scope.prompts[0]._meta.concrete_fields] if scope.prompts else []
    yield lines(
        "data/prompts.jsonl",
        (
            record(
                prompt,
                *names,
                owner=prompt.owner.username if prompt.owner else "",
                collection=prompt.collection.slug,
                stewards=[str(row.user.username) for row in prompt.stewards.select_related("user")],
            )
            for prompt in scope.prompts
        ),
    )
    edits = (row for prompt in scope.prompts for row in prompt.history.order_by("history_id").iterator(200))
    about = ("history_id", "history_date", "history_actor", "history_type", "history_change_reason")
    yield lines("data/prompt-edits.jsonl", (record(row, *about, *names) for row in edits))
    labels = {version.pk: label_of(version) for version in scope.versions}
    signs = list(DocumentationSignature.objects.filter(version__in=scope.version_ids).order_by("pk"))
    told = ("username", "comment", "signed_at")
    yield lines(
        "data/documentation-signatures.jsonl",
        (record(row, *DOCUMENTATION_FIELDS, *told, version=labels[row.version_id]) for row in signs),
    )
    for number, row in enumerate(signs):
        name = f"documentation/{row.pk}.json"
        yield Document(name, [canonical_json(row.documentation).decode()])
        if bound := scope.entry("signature", row.pk):
            at, fields = bound.position, DOCUMENTATION_FIELDS
            yield Binding(name, at, "documentation_digest")
            yield Binding("data/documentation-signatures.jsonl", at, line=number, fields=fields, said=SIGNED)


def runs(scope: PackScope) -> Iterator[Part]:
    """Runs with what was asked of whom, and every result."""
    names: tuple[str, ...] = (
        "suite__name",
        "version_digest",
        "case_digest",
        "providers",
        "trigger",
        "state",
    )
    names = (*names, "requested_by_name", "repeats", "total", "passed", "failed", "errors", "score", "cost")
    names = (*names, "results_digest", "created_at", "started_at", "finished_at", "note")
    yield lines(
        "data/runs.jsonl",
        (record(row, *names, version=label_of(row.version), cases=_asked(row)) for row in scope.runs),
    )
    for run in scope.runs:
        name = f"runs/{run.pk}.results.jsonl"
        yield lines(name, _results(run))
        if bound := scope.ran(run):
            yield Binding(name, bound.position, "results", how="results")


def _asked(run: Run) -> list[dict[str, Any]]:
    """The cases as the run asked them."""
    return [case.as_dict() for piece in asked_in_order(run) for case in piece]


def _results(run: Run) -> Iterator[dict[str, Any]]:
    rows = Result.objects.filter(run=run).select_related("provider")
    names: tuple[str, ...] = (
        "case_digest",
        "repeat",
        "state",
        "score",
        "output",
        "reasoning",
        "tool_calls",
        "error",
    )
    names = (*names, "assertions", "named_scores", "latency_ms", "input_tokens", "output_tokens", "cost")
    names = (*names, "finish_reason", "response_model", "judged_by", "judge_cost", "created_at")
    # In the order in which the digest of a run's results is taken.
    for row in rows.order_by("case_name", "provider_id", "repeat").iterator(200):
        yield {"case": row.case_name, "provider": row.provider.name, **record(row, *names)}


def releases(scope: PackScope) -> Iterator[Part]:
    """Releases with their gates' verdicts, and what was asked for and stopped."""
    labels = {version.pk: label_of(version) for version in scope.versions}
    rows = list(
        Release.objects.filter(version__in=scope.version_ids)
        .select_related("environment", "version__prompt", "replaced")
        .order_by("pk")
    )
    names: tuple[str, ...] = (
        "state",
        "is_rollback",
        "inherited",
        "released_by_name",
        "reason",
        "released_at",
        "ended_at",
    )
    names = (*names, "ended_by_name", "verdict", "environment__slug")
    told = [
        record(
            row,
            *names,
            release=row.pk,
            version=labels[row.version_id],
            digest=row.version.digest,
            to=row.version.number,
            **{"from": row.replaced.number if row.replaced else None},
        )
        for row in rows
    ]
    yield lines("data/releases.jsonl", told)
    for number, row in enumerate(rows):
        if bound := scope.entry("release", row.pk):
            at = bound.position
            fields = ("release", "digest", "to", "from", "environment")
            yield Binding("data/releases.jsonl", at, line=number, fields=fields, said=RELEASED)
            yield Binding(text_file(row.version), at, "digest")
    asked = ReleaseRequest.objects.filter(version__in=scope.version_ids).select_related("environment")
    names = ("state", "verdict", "reason", "asked_by_name", "asked_at", "decided_at", "environment__slug")
    yield lines(
        "data/release-requests.jsonl",
        (record(row, *names, version=labels[row.version_id]) for row in asked.order_by("pk").iterator(100)),
    )


def lives(scope: PackScope) -> Iterator[Part]:
    """Freezes, retirement and what people said about the prompts."""
    keys = [prompt.pk for prompt in scope.prompts]
    freezes = Freeze.objects.filter(prompt__in=keys).select_related("prompt", "safe_version").order_by("pk")
    names: tuple[str, ...] = ("prompt__name", "reason", "by_name", "by_role", "at", "safe_version__number")
    names = (*names, "lifted_at", "lifted_by_name", "lifting_reason")
    yield lines("data/freezes.jsonl", (record(row, *names) for row in freezes))
    ended = Retirement.objects.filter(prompt__in=keys).select_related("prompt", "successor")
    names = ("prompt__name", "successor__name", "reason", "by_name", "at", "sunset_at")
    yield lines("data/retirements.jsonl", (record(row, *names) for row in ended))
    rows = Comment.objects.filter(prompt__in=keys).select_related("prompt", "author", "resolved_by")
    said = list(rows.order_by("pk"))
    names = ("prompt__name", "version_number", "message", "line", "quoted", "place", "text")
    names = (*names, "author__username", "written_at", "resolved_at", "resolved_by__username")
    yield lines(
        "data/comments.jsonl",
        (
            record(
                row,
                *names,
                comment=row.pk,
                answers=row.parent_id or 0,
                text_digest=sha256_hex(row.text.encode()),
            )
            for row in said
        ),
    )
    for number, row in enumerate(said):
        if bound := scope.entry("comment", row.pk):
            fields = bound.fields("comment", "place", "answers", "text_digest")
            yield Binding("data/comments.jsonl", bound.position, line=number, fields=fields, said=WRITTEN)


def ways_past(scope: PackScope) -> Iterator[Part]:
    """Emergencies, scheduled releases, texts taken on as inherited, and names that the prompts had."""
    keys = scope.version_ids
    labels = {version.pk: label_of(version) for version in scope.versions}
    names: tuple[str, ...] = ("state", "reason", "hours", "asked_by__username", "asked_role", "asked_at")
    names = (*names, "confirmed_by__username", "confirmed_role", "confirmed_at", "verdict", "release_id")
    names = (*names, "ends_at", "ended_at", "review_due_at", "reviewed_by__username", "reviewed_at")
    names = (*names, "outcome", "review", "environment__slug")
    broken = Emergency.objects.filter(version__in=keys).select_related(
        "environment", "asked_by", "confirmed_by", "reviewed_by"
    )
    yield lines(
        "data/emergencies.jsonl",
        (record(row, *names, version=labels[row.version_id]) for row in broken.order_by("pk")),
    )
    names = ("due_at", "zone", "reason", "state", "by__username", "scheduled_at", "decided_at")
    names = (*names, "decided_by_name", "outcome", "release_id", "environment__slug")
    due = ScheduledRelease.objects.filter(version__in=keys).select_related("environment", "by")
    yield lines(
        "data/scheduled-releases.jsonl",
        (record(row, *names, version=labels[row.version_id]) for row in due.order_by("pk")),
    )
    taken = AdoptedText.objects.filter(version__in=keys).select_related(
        "adoption__environment", "adoption__proposed_by", "adoption__decided_by"
    )
    names = ("reason", "recertify_by", "state", "proposed_by__username", "proposed_at")
    names = (*names, "decided_by__username", "decided_at", "decision_reason", "environment__slug")
    yield lines(
        "data/adoptions.jsonl",
        (
            record(row.adoption, *names, version=labels[row.version_id], digest=row.digest)
            for row in taken.order_by("pk")
        ),
    )
    yield lines(
        "data/former-names.jsonl",
        (
            {"prompt": prompt.name, "name": name}
            for prompt in scope.prompts
            for name in scope.former.get(prompt.pk, [])
        ),
    )


def calls(scope: PackScope) -> Iterator[Part]:
    """The calls of a trace, with what was asked and answered, and what was thought of it."""
    if not scope.asked.trace:
        return
    names = [field.attname for field in Call._meta.concrete_fields]
    marks = ("name", "value", "text", "comment", "source", "account", "scored_at")
    yield lines(
        "data/calls.jsonl",
        (
            record(call, *names, scores=[record(score, *marks) for score in call.scores.all()])
            for call in scope.calls
        ),
    )
