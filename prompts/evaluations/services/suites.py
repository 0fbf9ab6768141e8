"""Create and edit suites."""

import re
from decimal import Decimal
from typing import Any

from audits.identity.actors import Actor
from audits.identity.errors import Conflict, NotThere, Unacceptable
from audits.identity.verbs import verb
from audits.ledger.services import record
from prompts.evaluations.checks import check_decimal
from prompts.evaluations.events import SUITE_SAVED
from prompts.evaluations.models import Suite
from prompts.evaluations.policies import SuitePolicy
from prompts.registry.models import Collection
from prompts.registry.texts import check_text

SLUG = re.compile(r"[a-z0-9][a-z0-9_-]{0,119}")
EDITABLE = {"title", "description", "least_pass_rate", "most_difference", "is_active"}
LEAST_DIFFERENCE = Decimal("0.0001")


def check_slug(name: object, what: str, longest: int = 120) -> str:
    """A name of small letters, digits, hyphens and underscores."""
    if not isinstance(name, str) or not SLUG.fullmatch(name) or len(name) > longest:
        raise Unacceptable(
            f"The name of a {what} has small letters, digits, - and _, at most {longest}.", field="name"
        )
    return name


def suite_for(actor: Actor, suite_id: int) -> Suite:
    """The suite, locked; raises ``NotThere`` for one that the actor may not know of."""
    suite = Suite.objects.visible_to(actor).select_for_update().filter(pk=suite_id).first()
    if suite is None:
        raise NotThere("There is no such suite.")
    return suite


def _set(suite: Suite, changes: dict[str, Any]) -> None:
    if unknown := changes.keys() - EDITABLE:
        raise Unacceptable(f"A suite has no {sorted(unknown)[0]!r} to change.", field=sorted(unknown)[0])
    if "title" in changes:
        suite.title = check_text(changes["title"], "title", longest=160, required=True)
    if "description" in changes:
        suite.description = check_text(changes["description"], "description")
    if "least_pass_rate" in changes:
        suite.least_pass_rate = check_decimal(changes["least_pass_rate"], "least_pass_rate", most=1, places=4)
    if "most_difference" in changes:
        told = changes["most_difference"]
        suite.most_difference = (
            None if told in (None, "")
            else check_decimal(told, "most_difference", least=LEAST_DIFFERENCE, most=1, places=4)
        )  # fmt: skip
    if "is_active" in changes:
        suite.is_active = bool(changes["is_active"])


def _record(actor: Actor, suite: Suite) -> None:
    payload = {
        "title": suite.title,
        "collection": suite.collection.slug if suite.collection else "",
        "least_pass_rate": format(suite.least_pass_rate, "f"),
        "in_use": suite.is_active,
        **(
            {"most_difference": format(suite.most_difference, "f")}
            if suite.most_difference is not None
            else {}
        ),
    }
    record(event=SUITE_SAVED, actor=actor, subject_type="suite", subject=suite.name, payload=payload)


@verb
def create_suite(
    *,
    actor: Actor,
    name: str,
    title: str = "",
    collection: Collection | None = None,
    description: str = "",
    least_pass_rate: Any = 1,
    most_difference: Any = None,
) -> Suite:
    """Creates an empty suite; both numbers are 0…1. Raises ``Conflict`` where the name is taken."""
    SuitePolicy(actor).require("create", collection)
    check_slug(name, "suite")
    if Suite.objects.filter(name=name).exists():
        raise Conflict(f"There is a suite named {name!r} already.", field="name")
    suite = Suite(name=name, collection=collection)
    given = {
        "title": title or name, "description": description, "least_pass_rate": least_pass_rate,
        "most_difference": most_difference,
    }  # fmt: skip
    _set(suite, given)
    suite.save()
    _record(actor, suite)
    return suite


@verb
def edit_suite(*, actor: Actor, suite_id: int, changes: dict[str, Any]) -> Suite:
    """Changes title, description, least pass rate, or takes the suite out of use."""
    suite = suite_for(actor, suite_id)
    SuitePolicy(actor).require("write", suite)
    _set(suite, changes)
    suite.save()
    _record(actor, suite)
    return suite
