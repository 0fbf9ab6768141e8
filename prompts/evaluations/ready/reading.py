"""From a ready suite's file to the suites that it makes. Pure.

A case says ``message`` and perhaps ``document``: into which variables of a prompt these go is told when the
suite is added. ``refuse`` and ``answer`` are pairs of what must be refused and what only looks like it;
``question`` joins wordings of one question; ``canary`` hides a word in the system message; cases of
``people`` mark words and become a suite by group of their own.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from audits.identity.errors import Unacceptable
from prompts.evaluations.fairness.expansion import expand
from prompts.evaluations.fairness.word_lists import lists_in
from prompts.evaluations.measures.refusals import MUST_ANSWER, MUST_REFUSE
from prompts.evaluations.safety.canaries import KIND, MARK
from prompts.evaluations.suite_files import SuiteFile
from prompts.registry.library.yaml_texts import load_yaml

FOLDER = Path(__file__).parent / "suites"
LOOK_AT = "Please look at this:\n\n"


@dataclass(frozen=True, slots=True)
class Ready:
    """What is told of a ready suite before it is added; ``cases`` and ``by_group`` are numbers of cases."""

    name: str
    title: str
    description: str
    version: int
    cases: int
    by_group: int


def names() -> list[str]:
    """The names of all ready suites."""
    return sorted(path.stem for path in FOLDER.glob("*.yaml"))


def told(name: str) -> Ready:
    """One of them; raises ``Unacceptable`` for a name that is none."""
    found, files = _document(name), files_of(name)
    by_group = len(files[1].cases) if len(files) > 1 else 0
    return Ready(name, found["title"], found["description"], found["version"], len(files[0].cases), by_group)


def files_of(name: str, message: str = "message", document: str = "") -> list[SuiteFile]:
    """The suite, and that by group where it has one; ``message`` and ``document`` name a prompt's variables.

    Without one for documents they are written into the message.
    """
    found = _document(name)
    mark = f"ready:{name}@{found['version']}"
    plain = [_case(one, mark, message, document) for one in found.get("cases", [])]
    people = [_case(one, mark, message, document) for one in found.get("people", [])]
    lists = lists_in(found.get("language", "en"))
    varied = [variant for case in people for variant in expand(case, lists)]
    text = f"{found['description'].strip()} Version {found['version']} of the portal's own."
    files = [SuiteFile(name, found["title"], plain, description=text)]
    if varied:
        files.append(SuiteFile(f"{name}-by-group", f"{found['title']}, by group", varied, description=text))
    return files


def _document(name: str) -> dict[str, Any]:
    if name not in names():
        raise Unacceptable(f"The ready suites are {', '.join(names())}.", field="name")
    found: dict[str, Any] = load_yaml((FOLDER / f"{name}.yaml").read_text(encoding="utf-8"))
    return found


def _case(one: dict[str, Any], mark: str, message: str, document: str) -> dict[str, Any]:
    tags, assertions = [*one.get("tags", []), mark], list(one.get("assert", []))
    if one.get("refuse"):
        tags.append(MUST_REFUSE)
        assertions.append({"type": "is-refusal"})
    if one.get("answer"):
        tags.append(MUST_ANSWER)
        assertions.append({"type": "not-is-refusal"})
    if one.get("question"):
        tags.append(f"question:{one['question']}")
    text, paper = str(one["message"]), str(one.get("document", ""))
    values = {message: text if document or not paper else f"{text}\n\n{LOOK_AT}{paper}"}
    if document:
        values[document] = paper
    if one.get("canary"):
        hidden = MARK in text + paper
        assertions.append({"type": KIND, **({} if hidden else {"config": {"plant": "system"}})})
        tags.append("canary")
    return {
        "name": str(one["name"]), "vars": values, "assertions": assertions, "threshold": None, "weight": 1,
        "tags": tags, "description": str(one.get("why", "")),
    }  # fmt: skip
