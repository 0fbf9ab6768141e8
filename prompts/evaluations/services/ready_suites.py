"""Add a ready suite, or a public set of questions, to a collection."""

import re

from audits.identity.actors import Actor
from audits.identity.errors import Unacceptable
from audits.identity.verbs import verb
from prompts.evaluations.models import Suite
from prompts.evaluations.ready.reading import files_of
from prompts.evaluations.services.suite_from_file import name_in, suite_from_file
from prompts.evaluations.suite_files import SuiteFile
from prompts.registry.models import Collection

VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,59}")


def check_variable(name: str, field: str) -> str:
    """The name of a variable of a prompt."""
    if not VARIABLE.fullmatch(name):
        raise Unacceptable(f"{name[:60]!r} is no name of a variable.", field=field)
    return name


@verb
def add_ready_suite(
    *, actor: Actor, name: str, collection: Collection | None, message: str = "message", document: str = ""
) -> list[Suite]:
    """The suite of that name and the one by group, new or brought up to this portal's version of them.

    ``message`` and ``document`` are the variables of the prompts that they are run on. Raises
    ``Unacceptable``, ``Refused``, ``Conflict`` where a suite elsewhere has the name.
    """
    check_variable(message, "message")
    if document:
        check_variable(document, "document")
    return [
        suite_from_file(actor=actor, file=file, collection=collection, title=file.title)
        for file in files_of(name, message, document)
    ]


@verb
def add_set(*, actor: Actor, file: SuiteFile, collection: Collection | None, name: str = "") -> Suite:
    """The suite of a public set (``importers.read_set``), new or mended; raises as ``suite_from_file``."""
    name = name or name_in(file, collection)
    return suite_from_file(actor=actor, file=file, collection=collection, name=name, title=file.title)
