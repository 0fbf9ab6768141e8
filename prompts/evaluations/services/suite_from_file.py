"""A suite from a file: uploaded, or named on a command line."""

from dataclasses import dataclass
from typing import Any

from django.utils import timezone
from simple_history.utils import bulk_update_with_history

from audits.adminkit.bulk import insert_with_history
from audits.adminkit.history import current
from audits.identity.actors import Actor
from audits.identity.errors import Conflict
from audits.identity.verbs import verb
from audits.ledger.services import record
from prompts.evaluations.events import CASES_WRITTEN
from prompts.evaluations.models import Case, Suite
from prompts.evaluations.policies import SuitePolicy
from prompts.evaluations.selectors import cases_in_use, snapshot_of
from prompts.evaluations.services.case_texts import keep_words
from prompts.evaluations.services.cases import write_case
from prompts.evaluations.services.suites import create_suite, suite_for
from prompts.evaluations.snapshots import digest_of_list
from prompts.evaluations.suite_files import SuiteFile
from prompts.registry.models import Collection
from prompts.registry.texts import check_text

SAME = ("vars", "assertions", "threshold", "weight", "tags", "description")
WRITTEN = (*SAME, "position", "version", "author")
PIECE = 500


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

    Without a name the file's content gives it, so that the same file is the same suite. All cases are one
    entry of the trail, each with a row of its history. Raises ``Unacceptable`` for a case that cannot be,
    ``Conflict`` where a suite elsewhere has the name.
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
    suite = suite_for(actor, suite.pk)
    SuitePolicy(actor).require("write", suite)
    changes, digest = _write(actor, suite, file)
    if any(changes.values()):
        payload = {**changes, "cases": digest}
        record(event=CASES_WRITTEN, actor=actor, subject_type="suite", subject=suite.name, payload=payload)
    return suite


def _write(actor: Actor, suite: Suite, file: SuiteFile) -> tuple[dict[str, int], str]:
    """Writes what is new or other than in the file and takes the rest out of use.

    Returns how many of each, and the digest of all cases that are in use now.
    """
    there = {case.name: case for case in suite.cases.all()}
    new: list[Case] = []
    changed: list[Case] = []
    digests: list[str] = []
    for position, told in enumerate(file.cases, start=1):
        known = there.pop(told["name"], None)
        if known is not None and known.is_active and _same(known, told):
            digests.append(snapshot_of(known).digest)
            continue
        name = check_text(told["name"], "name", longest=200, required=True)
        case = known or Case(suite=suite, name=name)
        case.position = position
        digests.append(write_case(actor, case, **{field: told[field] for field in SAME}))
        (changed if known else new).append(case)
    gone = [case for case in there.values() if case.is_active]
    for case in gone:
        case.is_active = False
    for start in range(0, len(new), PIECE):
        keep_words(new[start : start + PIECE])
        insert_with_history(new[start : start + PIECE], current().user)
    if moved := changed + gone:
        for case in moved:
            case.updated_at = timezone.now()
        for start in range(0, len(changed), PIECE):
            keep_words(changed[start : start + PIECE])
        bulk_update_with_history(moved, Case, [*WRITTEN, "text", "is_active", "updated_at"], batch_size=PIECE)
    counts = {"new": len(new), "changed": len(changed), "gone": len(gone)}
    return counts, digest_of_list(sorted(digests))
