"""Take a library of prompts in as drafts: new ones, new versions of known ones, and nothing twice."""

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from django.db import transaction

from audits.adminkit.history import acting
from audits.identity.actors import Actor
from audits.identity.errors import GovernedError
from audits.ledger.services import record
from prompts.registry import events
from prompts.registry.duplicates import keep_newest
from prompts.registry.library import Fault, Row, Text
from prompts.registry.lint import find_sensitive
from prompts.registry.models import Collection, FormerName, Prompt, Version
from prompts.registry.names import check_name, slug_of
from prompts.registry.policies import PromptPolicy
from prompts.registry.querysets import collections_with
from prompts.registry.services.collections import create_collection
from prompts.registry.services.drafts import create_draft, edit_draft
from prompts.registry.services.prompts import create_prompt
from prompts.registry.texts import check_text

BATCH = 200
"""Rows in one transaction; each row has a savepoint of its own."""


@dataclass(slots=True)
class Taken:
    """What became of one row; ``findings`` counts what looks like secrets and personal data."""

    row: Row
    name: str
    outcome: str
    versions: int
    findings: int = 0


@dataclass(slots=True)
class Summary:
    """Counts, and what the command tells about rows and errors."""

    created: int = 0
    updated: int = 0
    unchanged: int = 0
    findings: int = 0
    rows: list[dict[str, Any]] = field(default_factory=list)
    errors: list[dict[str, Any]] = field(default_factory=list)

    def add(self, result: Taken | Fault) -> None:
        """Counts a result."""
        if isinstance(result, Fault):
            self.errors.append({"file": result.file, "line": result.line, "reason": result.reason})
            return
        setattr(self, result.outcome, getattr(self, result.outcome) + 1)
        self.findings += result.findings
        row = result.row
        self.rows.append(
            {"file": row.file, "line": row.line, "name": result.name, "versions": result.versions}
        )

    def as_dict(self) -> dict[str, Any]:
        """The shape that the command prints."""
        counts = {"created": self.created, "updated": self.updated, "unchanged": self.unchanged}
        told = {"skipped": len(self.errors), "findings": self.findings}
        return {**counts, **told, "rows": self.rows, "errors": self.errors}


@dataclass(slots=True)
class Known:
    """A prompt that is there: its versions' digests, lowest number first, and whether it may be prefixed."""

    prompt_id: int
    name: str
    digests: list[str]
    lone_draft: Version | None


def _digest(messages: Any) -> str:
    return hashlib.sha256(json.dumps(messages, sort_keys=True).encode()).hexdigest()


def _findings(row: Row) -> int:
    """How many secrets and personal data are in a row. A library comes in whole; the freeze asks again."""
    texts: list[dict[str, Any]] = [
        {"messages": text.messages, "change_note": text.note} for text in row.texts
    ]
    beside = {"purpose": row.description, "config": row.config}
    return sum(len(find_sensitive(fields)) for fields in [beside, *texts])


class Library:
    """Imports rows into one collection, remembering what it met."""

    def __init__(self, actor: Actor, collection: Collection) -> None:
        self.actor, self.collection = actor, collection
        rows = Prompt.objects.filter(collection=collection)
        former = FormerName.objects.filter(prompt__collection=collection)
        self._names = dict(former.values_list("name", "prompt")) | dict(rows.values_list("name", "pk"))
        self._families: dict[str, list[Known]] = {}
        self._written: set[int] = set()

    def take(self, rows: Iterable[Row]) -> Iterator[Taken | Fault]:
        """What became of each row; a batch is written when all its results are out."""
        waiting = iter(rows)
        while batch := list(islice(waiting, BATCH)):
            results: list[Taken | Fault] = []
            with acting(self.actor.name, self.actor.user), transaction.atomic():
                for row in batch:
                    results.append(self._one(row))
                keep_newest(self._written)
                self._written.clear()
            yield from results

    def _one(self, row: Row) -> Taken | Fault:
        base = f"{self.collection.slug}/{slug_of(row.name)}"
        try:
            check_text(row.name, "name", longest=255)
            check_name(base)
            with transaction.atomic():
                taken = self._place(row, base)
        except GovernedError as error:
            self._families.pop(base, None)
            return Fault(row.file, row.line, error.message)
        if taken.outcome != "unchanged":
            taken.findings = _findings(row)
        return taken

    def _place(self, row: Row, base: str) -> Taken:
        digests = [_digest(text.messages) for text in row.texts]
        family = self._family(base)
        for known in family:
            have = known.digests
            if digests == have[: len(digests)] or (not row.is_history and digests[0] in have):
                return Taken(row, known.name, "unchanged", len(have))
            if row.is_history and have == digests[: len(have)]:
                self._append(known, row.texts[len(have) :])
                return Taken(row, known.name, "updated", len(known.digests))
            if row.is_history and known.lone_draft and have[0] == digests[-1]:
                self._prefix(known, known.lone_draft, row.texts)
                return Taken(row, known.name, "updated", len(known.digests))
        name = base if not family else f"{base}-{len(family) + 1}"
        family.append(self._create(row, name, digests))
        return Taken(row, name, "created", len(digests))

    def _family(self, base: str) -> list[Known]:
        """The prompts named base, base-2, base-3 … as far as they go."""
        if base not in self._families:
            family, name = [], base
            while name in self._names:
                family.append(self._known(name))
                name = f"{base}-{len(family) + 1}"
            self._families[base] = family
        return self._families[base]

    def _known(self, name: str) -> Known:
        prompt = Prompt.objects.get(pk=self._names[name])
        versions = list(Version.objects.filter(prompt=prompt).order_by("number"))
        lone = versions[0] if len(versions) == 1 and not versions[0].is_frozen else None
        return Known(prompt.pk, prompt.name, [_digest(version.messages) for version in versions], lone)

    def _create(self, row: Row, name: str, digests: list[str]) -> Known:
        first, *later = row.texts
        prompt = create_prompt(
            actor=self.actor,
            name=check_name(name),
            collection=self.collection,
            kind=row.kind or ("chat" if any(text.is_chat for text in row.texts) else "text"),
            messages=first.messages,
            format=first.format,
            change_note=first.note,
            written_at=first.written_at,
            content={"config": row.config if first.config is None else first.config, **row.content},
            as_it_is=True,
            purpose=row.description,
            tags=row.tags,
        )
        self._written.add(prompt.pk)
        known = Known(prompt.pk, name, digests[:1], None)
        self._append(known, later)
        self._names[name] = prompt.pk
        return known

    def _append(self, known: Known, texts: list[Text]) -> None:
        self._written.add(known.prompt_id)
        for text in texts:
            content: dict[str, Any] = {} if text.config is None else {"config": text.config}
            create_draft(
                actor=self.actor,
                prompt_id=known.prompt_id,
                messages=text.messages,
                format=text.format,
                change_note=text.note,
                written_at=text.written_at,
                as_it_is=True,
                **content,
            )
            known.digests.append(_digest(text.messages))
        known.lone_draft = None if texts else known.lone_draft

    def _prefix(self, known: Known, draft: Version, texts: list[Text]) -> None:
        """A lone draft that is the last text of a history becomes the first of that history."""
        first, *later = texts
        changes = {"messages": first.messages, "format": first.format, "change_note": first.note}
        edit_draft(
            actor=self.actor,
            version_id=draft.pk,
            seen_revision=draft.revision,
            changes=changes,
            written_at=first.written_at,
            as_it_is=True,
        )
        known.digests, known.lone_draft = [_digest(first.messages)], None
        self._append(known, later)


def open_collection(actor: Actor, slug: str) -> Collection:
    """The collection to import into, made where it is missing; raises ``Refused`` where the actor may not."""
    collection = collections_with(actor, "view").filter(slug=slug).first()
    if collection is None:
        return create_collection(actor=actor, slug=slug, title=slug.replace("-", " ").capitalize())
    PromptPolicy(actor).require("create", collection)
    return collection


def note_import(actor: Actor, collection: Collection, summary: Summary, files: dict[str, str]) -> None:
    """Leaves the import as one event, with the files' digests, where it changed anything."""
    if not summary.created and not summary.updated:
        return
    payload = {
        "created": summary.created,
        "updated": summary.updated,
        "unchanged": summary.unchanged,
        "skipped": len(summary.errors),
        "findings": summary.findings,
        "files": files,
    }
    with transaction.atomic():
        record(
            event=events.PROMPTS_IMPORTED,
            actor=actor,
            subject_type="collection",
            subject=collection.slug,
            payload=payload,
        )
