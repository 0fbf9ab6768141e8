"""Passages that several texts share, and a passage replaced by the fragment that holds it. Pure."""

import re
from collections.abc import Iterable, Sequence

from prompts.registry.templating import TemplateFault, check_syntax, find_variables, render

LEAST = 40
"""Characters from which on a passage is worth a fragment."""
MOST_UNITS = 2_000
"""Sentences of the shortest text that are looked at, from its beginning."""
LARGEST = 200_000
"""Characters of each text that are looked at."""
MOST_PASSAGES = 20

_UNIT = re.compile(r"[^.!?\n]*[.!?]*[ \t]*\n*")
_TAG = {
    "mustache": "{{> %s}}",
    "handlebars": "{{> %s}}",
    "jinja2": '{%% include "%s" %%}',
}


def common_passages(texts: Sequence[str]) -> list[str]:
    """Runs of whole sentences that stand in all texts, the longest first, without white space around them.

    Takes time in proportion to the number of sentences times the size of the texts; both are bounded.
    """
    if len(texts) < 2:
        return []
    shortest, *others = sorted((text[:LARGEST] for text in texts), key=len)
    units = [unit for unit in _UNIT.findall(shortest) if unit][:MOST_UNITS]
    found: list[str] = []
    run = ""
    for unit in [*units, None]:
        longer = run + unit if unit is not None else ""
        if unit is not None and all(longer.strip() in other for other in others):
            run = longer
            continue
        found.append(run.strip())
        run = unit if unit is not None and all(unit.strip() in other for other in others) else ""
    kept = {passage: None for passage in found if len(passage) >= LEAST}
    return sorted(kept, key=len, reverse=True)[:MOST_PASSAGES]


def is_whole(format: str, passage: str) -> bool:
    """Whether a passage can stand alone: it cuts through no tag and no section."""
    try:
        check_syntax(format, passage)
    except TemplateFault:
        return False
    return True


def put_in_place(format: str, text: str, passage: str, name: str) -> str:
    """``text`` with the passage included from the fragment ``name``; empty where that would say otherwise.

    A tag alone on its line takes the line's end with it in Mustache and Handlebars, so the text with one line
    end more is tried as well. What is given back was rendered, with every variable filled and with none, and
    was the same as before.
    """
    if format not in _TAG or passage not in text or not is_whole(format, passage):
        return ""
    tag = _TAG[format] % name
    for replacement in (tag, f"{tag}\n"):
        changed = text.replace(passage, replacement)
        if _same(format, text, changed, {name: passage}):
            return changed
    return ""


def _same(format: str, before: str, after: str, partials: dict[str, str]) -> bool:
    try:
        names = find_variables(format, before)
        return all(
            render(format, before, values, partials) == render(format, after, values, partials)
            for values in _values(names)
        )
    except TemplateFault:
        return False


def _values(names: Iterable[str]) -> list[dict[str, str]]:
    return [{name: f"<{name}>" for name in names}, {}]
