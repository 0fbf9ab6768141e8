"""A suite from a file: uploaded, or named on a command line."""

from dataclasses import dataclass
from typing import Any

from audits.identity.actors import Actor
from audits.identity.errors import Conflict
from audits.identity.verbs import verb
from prompts.evaluations.models import Case, Suite
from prompts.evaluations.selectors import cases_in_use
from prompts.evaluations.services.cases import delete_case, save_case
from prompts.evaluations.services.suites import create_suite
from prompts.evaluations.suite_files import SuiteFile
from prompts.registry.models import Collection

SAME = ("vars", "assertions", "threshold", "weight", "tags", "description")


@dataclass(frozen=True, slots=True)
class Changes:
    """How many cases of a file are new to a suite, are written anew, stay, or are taken out."""

    new: int
    changed: int
    same: int
    gone: int


def name_in(file: SuiteFile, collection: Collection | None) -> str:
    """The name of the suite that the file makes where none is told."""
    return f"{file.name}-{collection.slug}"[:120] if collection else file.name


def changes_by(*, suite: Suite | None, file: SuiteFile) -> Changes:
    """What ``suite_from_file`` would do."""
    there = {case.name: case for case in cases_in_use(suite)} if suite else {}
    known = [case for case in file.cases if case["name"] in there]
    same = sum(_same(there[case["name"]], case) for case in known)
    gone = len(there.keys() - {case["name"] for case in file.cases})
    return Changes(len(file.cases) - len(known), len(known) - same, same, gone)


def _same(known: Case, case: dict[str, Any]) -> bool:
    return all(getattr(known, field) == case[field] for field in SAME)


@verb
def suite_from_file(
    *, actor: Actor, file: SuiteFile, collection: Collection | None, name: str = "", title: str = ""
) -> Suite:
    """The suite with exactly these cases: the one of that name, mended, or a new one.

    Without a name the file's content gives it, so that the same file is the same suite. Raises
    ``Unacceptable`` for a case that cannot be, ``Conflict`` where a suite elsewhere has the name.
    """
    name = name or name_in(file, collection)
    suite = Suite.objects.visible_to(actor).filter(name=name).first()
    if suite is None:
        suite = create_suite(
            actor=actor, name=name, title=title or file.title, collection=collection,
            description=file.description,
        )  # fmt: skip
    elif suite.collection != collection:
        raise Conflict(f"The suite {name} belongs to another collection.", field="name")
    there = {case.name: case for case in cases_in_use(suite)}
    for position, case in enumerate(file.cases, start=1):
        known = there.pop(case["name"], None)
        if known is None or not _same(known, case):
            save_case(actor=actor, suite_id=suite.pk, position=position, **case)
    for stray in there.values():
        delete_case(actor=actor, case_id=stray.pk, reason="It is not in the file.")
    return suite
