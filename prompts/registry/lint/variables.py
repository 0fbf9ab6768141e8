"""Variables against the schema that the version declares, if it declares any."""

from collections.abc import Iterable, Mapping
from typing import Any

from prompts.registry import templating
from prompts.registry.lint.findings import MOST, Finding, Passage, Place
from prompts.registry.lint.tags import first_places

UNUSED, UNDECLARED = "unused-variable", "undeclared-variable"
_UNUSED = "The schema declares it and no message asks for it: whoever calls the prompt prepares it in vain."
_UNDECLARED = (
    "The text asks for it and the schema does not know it: a caller who follows the schema leaves it out, "
    "and its place in the text stays empty."
)


def asked_for(format: str, text: str) -> list[str]:
    """The names that a text asks for; a text that is no template asks for none."""
    try:
        return templating.find_variables(format, text)
    except templating.TemplateFault:
        return []


def declared(variables: Mapping[str, Any]) -> dict[str, Any]:
    """The variables that a schema declares, by name."""
    found = variables.get("properties") if isinstance(variables, Mapping) else None
    return dict(found) if isinstance(found, Mapping) else {}


def find_variables(
    passages: list[Passage],
    names: Mapping[int, list[str]],
    variables: Mapping[str, Any],
    others: Iterable[str],
) -> list[Finding]:
    """``names`` holds what each message asks for, ``others`` what fragments and placeholders ask for."""
    known = declared(variables)
    if not known:
        return []
    used = {*others, *(name for found in names.values() for name in found)}
    findings = [
        Finding(
            UNUSED, f"{name[:60]} is declared and never used", _UNUSED, Place("variables", excerpt=name[:60])
        )
        for name in [name for name in known if name not in used][:MOST]
    ]
    told: set[str] = set()
    for passage in passages:
        strange = [
            name for name in names.get(passage.message or 0, []) if name not in known and name not in told
        ]
        if not strange:
            continue
        places = first_places(passage.text)
        for name in strange[:MOST]:
            place = passage.place(*places.get(name, (0, 0)))
            findings.append(Finding(UNDECLARED, f"{name[:60]} is used and not declared", _UNDECLARED, place))
        told |= set(strange)
    return findings
