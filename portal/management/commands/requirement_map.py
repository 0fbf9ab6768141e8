"""``manage.py requirement_map``: write the document of the requirement map from data and marks."""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from portal.requirements import SHOWN_BY, sources
from portal.requirements.document import document
from portal.requirements.marks import collect
from portal.selectors.standings import STANDINGS

ROOT = Path(__file__).parents[3]
DOCUMENT = ROOT / "docs" / "compliance.md"


class Command(BaseCommand):
    """Needs the sources with their tests; an installed portal has what was written then."""

    help = "Writes docs/compliance.md and what the page Requirements reads, from the marks in the tests."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--check", action="store_true", help="write nothing; 1 where it is out of date")

    def handle(self, *args: Any, **options: Any) -> None:
        if not (ROOT / "tests").is_dir():
            raise CommandError("The map is written where the tests are.", returncode=2)
        files = written()
        old = [path for path, text in files.items() if not path.exists() or path.read_text() != text]
        if options["check"] and old:
            raise CommandError(f"Out of date: {', '.join(path.name for path in old)}.", returncode=1)
        for path in old:
            path.write_text(files[path])
        self.stdout.write(f"{len(old)} of {len(files)} files written." if old else "Nothing has changed.")


def written() -> dict[Path, str]:
    """What each file of the map should hold now."""
    shown = collect(ROOT / "tests")
    asked = {name: words for name, (words, _) in STANDINGS.items()}
    return {SHOWN_BY: json.dumps(shown, indent=1) + "\n", DOCUMENT: document(sources(), shown, asked)}
