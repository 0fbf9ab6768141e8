"""From a file to the cases of a suite: tests, defaults, scenarios. Pure."""

import json
import re
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import Any

from prompts.evaluations.suite_files.asserted import CODE
from prompts.evaluations.suite_files.cases import Maker
from prompts.evaluations.suite_files.expected import rows_of
from prompts.evaluations.suite_files.folder import Folder
from prompts.evaluations.suite_files.source import TREES, Source
from prompts.evaluations.suite_files.told import ENDINGS, Place, SuiteFile, names_in

KNOWN = {
    "description", "prompts", "providers", "targets", "tests", "scenarios", "defaultTest",
    "assertionTemplates", "$schema",
}  # fmt: skip
WHY_NOT = {
    "evaluateOptions": "repeats and concurrency are told when a run is started",
    "env": "a file sets no environment",
    "extensions": "code is never run",
    "nunjucksFilters": "code is never run",
    "derivedMetrics": "metrics are means of assertions; others are not computed",
    "redteam": "attacks are tested by suites of their own",
    "outputPath": "results are stored, and downloaded from the run's page",
    "commandLineOptions": "the command's own options are used",
}
USUAL = {"promptfooconfig", "tests", "test", "cases", "suite"}
"""Names that tell nothing of what is in the file."""
LONGEST_TITLE = 160
Test = tuple[Place, dict[str, Any]]


def read_suite(path: Path) -> SuiteFile:
    """Reads ``.yaml``, ``.yml``, ``.json``, ``.jsonl`` or ``.csv`` and the files beside it that it names.

    Raises ``Unacceptable`` with the file and the place for what is broken; what is only not supported is
    listed in the answer.
    """
    return read_from(Folder(path.parent), path.name)


def read_from(folder: Folder, name: str) -> SuiteFile:
    """Reads the file of that name in a folder; see ``read_suite``."""
    top = Place(name)
    if not name.lower().endswith(ENDINGS):
        top.refuse(f"a suite's file ends in {', '.join(ENDINGS)}.")
    source = Source(folder)
    config: dict[str, Any] = {}
    if name.lower().endswith(TREES):
        found = source.tree(name, top)
        config = found if isinstance(found, dict) else {"tests": found}
        if not isinstance(config.get("tests") or config.get("scenarios") or [], list | str | dict) or not (
            {"tests", "scenarios"} & config.keys()
        ):
            top.refuse("there is no list of tests.")
        tests = _listed(source, config.get("tests"), top)
    else:
        tests = _in_file(source, name, top)
    source.top = config
    for key in config.keys() - KNOWN:
        source.left_out.note(top, str(key)[:60], WHY_NOT.get(key, "is not known here"))
    maker = Maker(source, _default(source, config.get("defaultTest"), top), config.get("description"))
    for place, test in tests:
        maker.add(place, test)
    for place, data, test in _scenarios(source, config.get("scenarios"), top):
        maker.add(place, test, data)
    unsupported = list(source.left_out.found.values())
    if not maker.cases:
        told = f": {unsupported[0]}" if unsupported else "."
        top.refuse(f"it holds no case that can be run{told}" if unsupported else "it holds no case.")
    stem = re.sub(r"[^a-z0-9]+", "-", PurePosixPath(name).stem.lower()).strip("-")[:80] or "suite"
    return SuiteFile(
        name=f"{stem}-{folder.digest[:10]}",
        title=_title(config.get("description"), name),
        cases=maker.cases,
        unsupported=unsupported,
        prompts=names_in(config.get("prompts")),
        providers=names_in(config.get("providers") or config.get("targets")),
        description=str(config.get("description") or ""),
    )


def _title(description: Any, name: str) -> str:
    """The first line of what the file says of itself, else its name as people write names."""
    told = description.strip().partition("\n")[0].strip() if isinstance(description, str) else ""
    path = PurePosixPath(name)
    words = re.sub(r"[\W_]+", " ", path.stem).strip()
    if path.stem.lower() in USUAL or not words:
        words = f"Suite from {path.name}"
    found = told or f"{words[0].upper()}{words[1:]}"
    return found if len(found) <= LONGEST_TITLE else f"{found[: LONGEST_TITLE - 1]}…"


def _default(source: Source, told: Any, place: Place) -> dict[str, Any]:
    told = source.followed(told, place.within("defaultTest"))
    if isinstance(told, str):
        told = source.tree(told.removeprefix("file://"), place.within("defaultTest"))
    if told is not None and not isinstance(told, dict):
        place.refuse("defaultTest is a test, or the file that holds it.")
    return told or {}


def _listed(source: Source, told: Any, place: Place) -> Iterator[Test]:
    """Tests, and files of tests, out of ``tests``."""
    items = told if isinstance(told, list) else [] if told is None else [told]
    for number, item in enumerate(items, start=1):
        at = place.within(f"test {number}")
        item = source.followed(item, at)
        if isinstance(item, dict) and not isinstance(item.get("path"), str):
            yield at, item
        elif isinstance(item, dict):
            source.left_out.note(at, str(item["path"])[:100], "tests made by code are never run")
        elif isinstance(item, str):
            yield from _named(source, item, at)
        else:
            at.refuse("a test is a mapping, or the name of a file.")


def _named(source: Source, word: str, place: Place) -> Iterator[Test]:
    bare = word.removeprefix("file://")
    if "://" in bare:
        source.left_out.note(place, word[:100], "tests are read from files beside this one, not over the net")
        return
    for name in source.folder.names(bare, place):
        ending = PurePosixPath(name.partition(":")[0].partition("#")[0]).suffix.lower()
        if ending in ENDINGS:
            yield from _in_file(source, name, place)
        else:
            code = ending in CODE
            reason = "tests made by code are never run" if code else f"is none of {', '.join(ENDINGS)}"
            source.left_out.note(place, name[:100], reason)


def _in_file(source: Source, name: str, place: Place) -> Iterator[Test]:
    ending = PurePosixPath(name).suffix.lower()
    if ending == ".csv":
        yield from rows_of(source.folder.text(name, place), name, source.left_out)
    elif ending == ".jsonl":
        for number, line in enumerate(source.folder.text(name, place).split("\n"), start=1):
            at = Place(name, f"line {number}")
            if line.strip():
                try:
                    item = json.loads(line)
                except (ValueError, RecursionError) as error:
                    at.refuse(f"{error}.")
                yield at, item if isinstance(item, dict) else at.refuse("a test is an object.")
    else:
        found = source.tree(name, place)
        for number, item in enumerate(found if isinstance(found, list) else [found], start=1):
            at = Place(name, f"test {number}")
            yield at, item if isinstance(item, dict) else at.refuse("a test is a mapping.")


def _scenarios(source: Source, told: Any, place: Place) -> Iterator[tuple[Place, dict[str, Any], Any]]:
    """Every test of a scenario with every set of its ``config``.

    https://www.promptfoo.dev/docs/configuration/scenarios
    """
    waiting = [(place.within(f"scenario {n}"), one) for n, one in enumerate(_items(told), start=1)]
    for at, item in waiting:
        if isinstance(item, str):
            for name in source.folder.names(item.removeprefix("file://"), at):
                inner = enumerate(_items(source.tree(name, at)), start=1)
                yield from _scenario_list(source, [(Place(name, f"scenario {n}"), one) for n, one in inner])
        else:
            yield from _scenario_list(source, [(at, item)])


def _scenario_list(source: Source, told: list[tuple[Place, Any]]) -> Iterator[tuple[Place, Any, Any]]:
    for place, item in told:
        if not isinstance(item, dict):
            place.refuse("a scenario is a mapping with config and tests.")
        tests = list(_listed(source, item.get("tests"), place))
        for number, data in enumerate(_sets(source, item.get("config"), place), start=1):
            if not isinstance(data, dict):
                place.refuse(f"set {number} of its config is no mapping.")
            for at, test in tests:
                yield at.within(f"set {number}"), data, test


def _sets(source: Source, told: Any, place: Place) -> Iterator[Any]:
    for item in _items(told):
        named = item if isinstance(item, str) else None
        if isinstance(item, dict):
            named = item.get("$values") or item.get("$expand")
        if isinstance(named, str):
            for name in source.folder.names(named.removeprefix("file://"), place):
                yield from _items(source.tree(name, place))
        else:
            yield item


def _items(told: Any) -> list[Any]:
    return told if isinstance(told, list) else [] if told is None else [told]
