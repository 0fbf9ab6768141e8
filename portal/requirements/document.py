"""The map as a document: ``docs/compliance.md``."""

from collections.abc import Mapping
from itertools import groupby

from portal.requirements import Clause, Source

HEAD = """\
# Requirement map

*Written by `manage.py requirement_map` from `portal/requirements/map.json` and the marks in the tests;
a test fails where it is out of date.*

For each clause three questions: what does the portal do by itself, and which tests show it; what depends on
how it is set up, which the page *Requirements* answers for your installation as it stands; what stays outside
of it. The portal gives evidence. Whether an organisation fulfils a rule is for the organisation and its
counsel to say. Clauses are told in our own words: read the original.
"""


def document(sources: tuple[Source, ...], shown: Mapping[str, list[str]], asked: Mapping[str, str]) -> str:
    """The whole text; ``asked`` says in words what each standing looks at."""
    parts = [HEAD]
    for source in sources:
        note = f" {source.note}" if source.note else ""
        parts.append(f"\n## {source.title}\nEdition: {source.edition}.{note}\n")
        parts += [_clause(clause, shown.get(clause.id, []), asked) for clause in source.clauses]
    return "".join(parts)


def _clause(clause: Clause, tests: list[str], asked: Mapping[str, str]) -> str:
    lines = [f"\n**{clause.where}** (`{clause.id}`): {clause.asks}\n"]
    if clause.product:
        lines.append(f"- In the product: {clause.product} {_tests(tests)}\n")
    if clause.settings:
        lines.append(f"- By configuration: {'; '.join(asked[name] for name in clause.settings)}.\n")
    if clause.outside:
        lines.append(f"- Outside the product: {clause.outside}\n")
    return "".join(lines)


def _tests(tests: list[str]) -> str:
    files = [
        f"`{file}` ({', '.join(name.partition('::')[2] for name in names)})"
        for file, names in groupby(tests, key=lambda test: test.partition("::")[0])
    ]
    return f"Shown by {'; '.join(files)}."
