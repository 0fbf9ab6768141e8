"""Examine prompts by rules: those of the portal, or files before they come into it."""

import json
import re
from argparse import ArgumentParser
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db.models import Max

from audits.identity.actors import Actor
from audits.identity.commands import actor_from, add_actor_argument
from prompts.registry.inclusion import split
from prompts.registry.library import FORMATS, Fault, Row, read_path
from prompts.registry.lint import Finding, Subject, examine, weigh
from prompts.registry.lint.levels import BLOCKING
from prompts.registry.lint.syntax import find_faults
from prompts.registry.linting import faults_of, findings_of, levels_of
from prompts.registry.live_versions import served_at
from prompts.registry.models import Prompt, RiskTier, Version
from prompts.registry.services.sensitivity import note_command

EVERY = 500


@dataclass(frozen=True, slots=True)
class Examined:
    """One text: how it is told (a label, or file and line), and what was found in it."""

    where: dict[str, Any]
    told: str
    findings: list[Finding]


class Command(BaseCommand):
    """Writes nothing but entries of sensitive texts that it read. A stored prompt is weighed by the policy of
    its own risk tier.
    """

    help = (
        "Examine prompts by rules: secrets, personal data, variables, delimiters, contradictions, length, "
        "syntax and fragments. Names may have a version (a/b@3, a/b:3) or an environment (a/b@production); a "
        "name alone is the newest text, drafts included. What exists as a file or folder is read as "
        "import_prompts reads it. Exit 1 where something blocks."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """What to examine, and how strictly."""
        parser.add_argument("targets", nargs="*", metavar="NAME|PATH", help="prompts, files or folders")
        parser.add_argument("--collection", action="append", default=[], help="all prompts of a collection")
        parser.add_argument(
            "--tier", choices=RiskTier.values, default="limited", help="whose policy weighs files (limited)"
        )
        parser.add_argument("--format", default="auto", choices=["auto", *FORMATS], help="of files")
        parser.add_argument("--strict", action="store_true", help="advice fails as well")
        parser.add_argument("--json", action="store_true", help="print one JSON object")
        add_actor_argument(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        """Exit 0; 1 where a finding blocks (with --strict any); 2 where something could not be read."""
        actor = actor_from(options)
        if not options["targets"] and not options["collection"]:
            raise CommandError("Name prompts, files or a --collection.", returncode=2)
        errors: list[str] = []
        counts = {"texts": 0, "blocking": 0, "advisory": 0}
        told: list[dict[str, Any]] = []
        for found in self._examined(actor, options, errors):
            counts["texts"] += 1
            for finding in found.findings:
                counts["blocking" if finding.severity == BLOCKING else "advisory"] += 1
                if options["json"]:
                    told.append({**found.where, **finding.as_dict()})
                else:
                    self.stdout.write(
                        f"{found.told}: {finding.severity}: {finding} [{finding.code}]\n    {finding.reason}"
                    )
        if options["json"]:
            self.stdout.write(json.dumps({**counts, "findings": told, "errors": errors}))
        else:
            texts = "1 text" if counts["texts"] == 1 else f"{counts['texts']:,} texts"
            self.stdout.write(f"{texts}: {counts['blocking']:,} blocking, {counts['advisory']:,} advisory")
        if errors:
            raise CommandError("\n".join(errors), returncode=2)
        if counts["blocking"] or (options["strict"] and counts["advisory"]):
            raise CommandError("The texts have findings.", returncode=1)

    def _examined(self, actor: Actor, options: dict[str, Any], errors: list[str]) -> Iterator[Examined]:
        for slug in options["collection"]:
            yield from self._collection(actor, slug, errors)
        for target in options["targets"]:
            if Path(target).exists():
                yield from _files(Path(target), options["format"], options["tier"], errors)
            elif (version := _version(actor, target)) is not None:
                note_command(actor=actor, prompts=Prompt.objects.filter(pk=version.prompt_id), command="lint")
                yield _stored(actor, version)
            else:
                errors.append(f"There is no prompt, version or file {target!r}.")

    def _collection(self, actor: Actor, slug: str, errors: list[str]) -> Iterator[Examined]:
        prompts = Prompt.objects.visible_to(actor).in_use().filter(collection__slug=slug)
        newest = list(
            prompts.annotate(last=Max("versions__number")).order_by("name").values_list("pk", "last")
        )
        if not newest:
            errors.append(f"There is no prompt in a collection {slug!r}.")
        note_command(actor=actor, prompts=prompts, command="lint")
        for number, (key, last) in enumerate(newest, start=1):
            rows = Version.objects.filter(prompt=key, number=last).select_related("prompt")
            if (version := rows.first()) is not None:
                yield _stored(actor, version)
            if number % EVERY == 0:
                self.stderr.write(f"{number:,} of {len(newest):,}")


def _version(actor: Actor, target: str) -> Version | None:
    """The version that a name means; None where there is none that the actor may see."""
    name, which = split(re.sub(r":([1-9]\d{0,8})$", r"@\1", target))
    rows = Version.objects.visible_to(actor).select_related("prompt").filter(prompt__name=name)
    if isinstance(which, str):
        key = served_at({(name, which)}).get((name, which))
        return rows.filter(pk=key).first() if key else None
    return (rows if which is None else rows.filter(number=which)).order_by("-number").first()


def _stored(actor: Actor, version: Version) -> Examined:
    label = f"{version.prompt.name}@{version.number}"
    where = {"name": version.prompt.name, "version": version.number}
    return Examined(where, label, [*faults_of(actor, version), *findings_of(actor, version)])


def _files(path: Path, format: str, tier: str, errors: list[str]) -> Iterator[Examined]:
    levels, read = levels_of(tier), 0
    for found in read_path(path, format, {}, "files"):
        read += 1
        if isinstance(found, Fault):
            errors.append(f"{found.file}:{found.line}: {found.reason}")
            continue
        where = {"file": found.file, "row": found.line, "name": found.name}
        yield Examined(where, f"{found.file}:{found.line}: {found.name}", _in_row(found, levels))
    if not read:
        errors.append(f"{path}: holds no prompts.")


def _in_row(row: Row, levels: Any) -> list[Finding]:
    """The findings in a row's last text; what a file says of no prompt is not asked for."""
    text = row.texts[-1]
    beside = {"config": row.config if text.config is None else text.config, "purpose": row.description}
    subject = Subject(messages=text.messages, format=text.format, beside=beside)
    return [*find_faults(text.messages, text.format), *weigh(examine(subject), levels)]
