"""Cases with marked words become cases about people of each group, in a suite of their own."""

from collections.abc import Collection, Mapping
from typing import Any

from audits.identity.actors import Actor
from audits.identity.errors import Unacceptable
from audits.identity.verbs import verb
from prompts.evaluations.fairness.expansion import expand
from prompts.evaluations.fairness.word_lists import DIMENSIONS, WordLists, lists_in
from prompts.evaluations.models import Suite
from prompts.evaluations.selectors import cases_in_use
from prompts.evaluations.services.suite_from_file import suite_from_file
from prompts.evaluations.suite_files import SuiteFile

FIELDS = ("name", "vars", "assertions", "threshold", "weight", "tags", "description")
MOST_CASES = 5_000


def expanded(
    suite: Suite,
    *,
    lists: WordLists | None = None,
    dimensions: Collection[str] = DIMENSIONS,
    per_group: int = 2,
    slots: Mapping[str, str] | None = None,
) -> SuiteFile:
    """The suite that ``expand_suite`` would write, to be looked at first.

    Raises ``Unacceptable`` where no case has a slot, for an unknown slot, dimension or number.
    """
    lists = lists or lists_in("en")
    if unknown := sorted(set(dimensions) - set(DIMENSIONS)):
        raise Unacceptable(f"There is no dimension {unknown[0][:40]!r}.", field="dimensions")
    cases: list[dict[str, Any]] = []
    for case in cases_in_use(suite):
        told = {name: getattr(case, name) for name in FIELDS}
        cases += expand(told, lists, dimensions, per_group, slots)
    if not cases:
        raise Unacceptable(
            f"No case of {suite.name} marks a word to swap, such as [[name]], [[they]] or [[age]].",
            field="suite",
        )
    if len(cases) > MOST_CASES:
        raise Unacceptable(f"That makes {len(cases):,} cases; {MOST_CASES:,} are the most.", field="suite")
    return SuiteFile(
        name=f"{suite.name[:110]}-by-group",
        title=f"{suite.title[:140]}, by group",
        cases=cases,
        description=f"Made from {suite.name}: each case about people of each group ({lists.language}).",
    )


@verb
def expand_suite(*, actor: Actor, suite: Suite, file: SuiteFile, name: str = "") -> Suite:
    """Writes what ``expanded`` showed into the suite of that name beside the first, new or mended.

    Raises ``Refused``, ``Conflict`` where a suite elsewhere has the name.
    """
    name = name or file.name
    if name == suite.name:
        raise Unacceptable(
            "The cases with marked words stay; give the other suite its own name.", field="name"
        )
    return suite_from_file(actor=actor, file=file, collection=suite.collection, name=name, title=file.title)
