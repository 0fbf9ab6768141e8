"""Write cases, and take them out of use."""

from collections.abc import Sequence
from typing import Any

from django.db.models import Max

from audits.identity.actors import Actor
from audits.identity.errors import NotThere
from audits.identity.verbs import verb
from audits.ledger.services import record
from prompts.evaluations.checks import as_stored, check_assertions, check_decimal, check_vars
from prompts.evaluations.events import CASE_REMOVED, CASE_SAVED
from prompts.evaluations.models import Case
from prompts.evaluations.policies import SuitePolicy
from prompts.evaluations.selectors import snapshot_of
from prompts.evaluations.services.case_texts import keep_words
from prompts.evaluations.services.suites import suite_for
from prompts.evaluations.trial import check_trial
from prompts.evaluations.webhook_hosts import check_hosts
from prompts.registry.models import Prompt
from prompts.registry.texts import check_tags, check_text


@verb
def save_case(
    *,
    actor: Actor,
    suite_id: int,
    name: str,
    vars: dict[str, Any] | None = None,
    assertions: list[dict[str, Any]] | None = None,
    threshold: Any = None,
    weight: Any = 1,
    tags: Sequence[str] = (),
    description: str = "",
    position: int | None = None,
    taken_from: Prompt | None = None,
) -> Case:
    """Creates the case of that name in the suite, or replaces it; a removed one comes back.

    ``assertions`` are written as promptfoo writes them; ``taken_from`` is the prompt of whose call the case
    is made, which stays when it is saved again. Raises ``Unacceptable`` naming the field at fault, also for
    an assertion that could never be asked, such as a pattern that is none.
    """
    suite = suite_for(actor, suite_id)
    SuitePolicy(actor).require("write", suite)
    check_text(name, "name", longest=200, required=True)
    case = Case.objects.filter(suite=suite, name=name).first() or Case(suite=suite, name=name)
    if position is not None:
        case.position = position
    elif case.pk is None:
        case.position = (suite.cases.aggregate(last=Max("position"))["last"] or 0) + 1
    if taken_from is not None:
        case.taken_from = taken_from
    digest = write_case(
        actor, case, vars=vars, assertions=assertions, threshold=threshold, weight=weight, tags=tags,
        description=description,
    )  # fmt: skip
    check_trial(case.assertions, case.vars, "assertions")
    keep_words([case])
    case.save()
    payload = {"case": name, "digest": digest, "version": case.version}
    record(event=CASE_SAVED, actor=actor, subject_type="suite", subject=suite.name, payload=payload)
    return case


def write_case(
    actor: Actor,
    case: Case,
    *,
    vars: dict[str, Any] | None = None,
    assertions: list[dict[str, Any]] | None = None,
    threshold: Any = None,
    weight: Any = 1,
    tags: Sequence[str] = (),
    description: str = "",
) -> str:
    """Checks the fields and sets them on the row; returns the case's digest.

    The caller keeps the words and saves the row. The version counts up, and the author is named, where the
    words change. Raises ``Unacceptable``.
    """
    before = snapshot_of(case).digest if case.pk else ""
    case.vars = as_stored(check_vars(vars or {}))
    case.assertions = as_stored(check_assertions(assertions or []))
    check_hosts(case.assertions)
    case.threshold = None if threshold is None else check_decimal(threshold, "threshold", most=1, places=4)
    case.weight = check_decimal(weight, "weight", most=100_000, places=3)
    case.tags = check_tags(list(tags))
    case.description = check_text(description, "description", longest=400)
    case.is_active = True
    digest = snapshot_of(case).digest
    if digest != before:
        case.version, case.author = (case.version + 1 if before else 1), actor.name
    return digest


@verb
def delete_case(*, actor: Actor, case_id: int, reason: str = "") -> Case:
    """Takes a case out of use: it runs no more, and the results that name it stay."""
    case = Case.objects.filter(pk=case_id, is_active=True).select_related("suite").first()
    if case is None:
        raise NotThere("There is no such case.")
    suite = suite_for(actor, case.suite_id)
    SuitePolicy(actor).require("write", suite)
    case.is_active = False
    case.save()
    record(
        event=CASE_REMOVED,
        actor=actor,
        subject_type="suite",
        subject=suite.name,
        reason=reason,
        payload={"case": case.name},
    )
    return case
