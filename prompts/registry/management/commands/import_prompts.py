"""Real prompt libraries in as drafts."""

import hashlib
import json
import os
from argparse import ArgumentParser
from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from audits.identity.commands import actor_from, add_actor_argument
from audits.identity.errors import GovernedError, Refused
from prompts.registry.langfuse_instance import BrokenOff, Gone, families
from prompts.registry.library import FIELDS, FORMATS, Fault, Row, read_path
from prompts.registry.library.langfuse import rows_of
from prompts.registry.services.import_library import Library, Summary, note_import, open_collection

EVERY = 250


class Command(BaseCommand):
    """Reads everything first, histories before plain rows, then writes in batches."""

    help = (
        "Import prompt libraries as drafts. Rows with revisions become versions in order; the same text "
        "under the same name is imported once; another text under a taken name gets -2, -3 and so on. "
        "A running Langfuse instance is read with the key in LANGFUSE_PUBLIC_KEY and LANGFUSE_SECRET_KEY."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Files, where to and how to read."""
        parser.add_argument(
            "paths",
            nargs="+",
            metavar="PATH",
            help="a file, a folder of files, or the address of a Langfuse instance",
        )
        parser.add_argument(
            "--collection", default="imported", help="into which (default: imported); made if missing"
        )
        parser.add_argument(
            "--format", default="auto", choices=["auto", *FORMATS], help="default: by the ending"
        )
        parser.add_argument(
            "--map",
            action="append",
            default=[],
            metavar="FIELD=COLUMN",
            help=f"which column is what; fields are {', '.join(FIELDS)}",
        )
        parser.add_argument("--json", action="store_true", help="print a summary as JSON")
        add_actor_argument(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        """Exit 0; 1 if rows were skipped or refused; 2 if nothing could be read."""
        mapping = self._mapping(options["map"])
        actor, summary = actor_from(options), Summary()
        given, collection_slug = options["paths"], options["collection"]
        paths = [Path(name) for name in given if not _is_address(name)]
        rows: list[Row] = []
        instances = [name for name in given if _is_address(name)]
        if instances and options["format"] not in {"auto", "langfuse"}:
            raise CommandError("An address is read as --format langfuse.", returncode=2)
        read = chain(
            self._read(paths, options["format"], mapping, collection_slug),
            *(self._read_instance(name, mapping, collection_slug) for name in instances),
        )
        for found in read:
            if isinstance(found, Fault):
                summary.add(found)
            else:
                rows.append(found)
        try:
            if rows:
                collection = open_collection(actor, collection_slug)
                # A plain row may be the last text of a history: histories go first, so that it is recognised.
                rows.sort(key=lambda row: not row.is_history)
                for number, result in enumerate(Library(actor, collection).take(rows), start=1):
                    summary.add(result)
                    self._progress(number, len(rows))
                note_import(actor, collection, summary, _digests(paths))
        except GovernedError as error:
            raise CommandError(error.message, returncode=1 if isinstance(error, Refused) else 2) from None
        self._report(summary, as_json=options["json"])
        if not summary.rows:
            raise CommandError("Nothing could be read.", returncode=2)
        if summary.errors:
            raise CommandError(f"{len(summary.errors)} rows were skipped.", returncode=1)

    def _mapping(self, given: list[str]) -> dict[str, str]:
        mapping = {}
        for pair in given:
            field, equals, column = pair.partition("=")
            if field not in FIELDS or not equals or not column:
                raise CommandError(
                    f"--map {pair}: write FIELD=COLUMN, with a field of {', '.join(FIELDS)}.", returncode=2
                )
            mapping[field] = column
        return mapping

    def _read(
        self, paths: list[Path], format: str, mapping: dict[str, str], collection: str
    ) -> Iterator[Row | Fault]:
        for path in paths:
            if path.exists():
                yield from read_path(path, format, mapping, collection)
            else:
                yield Fault(str(path), 0, "there is no such file")

    def _read_instance(self, address: str, mapping: dict[str, str], collection: str) -> Iterator[Row | Fault]:
        """All prompts of a running instance; what was read before it broke off comes in whole."""
        keys = [os.environ.get(f"LANGFUSE_{part}_KEY", "") for part in ("PUBLIC", "SECRET")]
        if not all(keys):
            raise CommandError(
                "Set LANGFUSE_PUBLIC_KEY and LANGFUSE_SECRET_KEY to a key of the instance.", returncode=2
            )
        records: list[dict[str, Any]] = []
        try:
            for number, family in enumerate(families(address, *keys), start=1):
                if isinstance(family, Gone):
                    yield Fault(address, number, str(family))
                else:
                    records += family
                if number % EVERY == 0:
                    self.stderr.write(f"{number:,} read")
        except BrokenOff as error:
            yield Fault(address, 0, str(error))
        yield from rows_of(records, address, collection, mapping)

    def _progress(self, done: int, total: int) -> None:
        if self.stderr.isatty():
            self.stderr.write(f"\r{done:,} of {total:,}", ending="" if done < total else "\n")
        elif done % EVERY == 0 or done == total:
            self.stderr.write(f"{done:,} of {total:,}")

    def _report(self, summary: Summary, *, as_json: bool) -> None:
        if as_json:
            self.stdout.write(json.dumps(summary.as_dict()))
            return
        for error in summary.errors:
            self.stderr.write(f"{error['file']}:{error['line']}: {error['reason']}")
        self.stdout.write(
            f"{summary.created:,} created, {summary.updated:,} updated, {summary.unchanged:,} unchanged, "
            f"{len(summary.errors):,} skipped"
            + (f"; {summary.findings:,} findings of secrets or personal data" if summary.findings else "")
        )


def _is_address(name: str) -> bool:
    return name.startswith(("https://", "http://"))


def _digests(paths: list[Path]) -> dict[str, str]:
    """The SHA-256 of each file by its name, for the ledger."""
    digests = {}
    for path in paths:
        for file in [path] if path.is_file() else sorted(path.rglob("*"))[:100]:
            if file.is_file():
                with file.open("rb") as opened:
                    digests[file.name] = hashlib.file_digest(opened, "sha256").hexdigest()
    return digests
