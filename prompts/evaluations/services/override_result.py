"""A person overrules a grader."""

from audits.identity.actors import Actor
from audits.identity.errors import Conflict, NotThere, Refused, Unacceptable
from audits.identity.verbs import verb
from audits.ledger.services import record
from prompts.evaluations.events import RESULT_OVERRIDDEN
from prompts.evaluations.models import Override, Result
from prompts.evaluations.policies import OverridePolicy
from prompts.registry.texts import check_text


@verb
def override_result(*, actor: Actor, result_id: int, verdict: str, reason: str) -> Override:
    """Says that a result passed or failed after all; the result keeps its own verdict.

    ``verdict`` is ``pass`` or ``fail``. Raises ``NotThere``, ``Refused`` (among others for an author of the
    version), ``Unacceptable`` without a reason, ``Conflict`` where that is the verdict already.
    """
    row = (
        Result.objects.visible_to(actor)
        .select_for_update(of=("self",))
        .select_related("run__prompt", "run__version")
        .filter(pk=result_id)
        .first()
    )
    if row is None:
        raise NotThere("There is no such result.")
    OverridePolicy(actor).require("override", row)
    if actor.user is None:
        raise Refused("Only people overrule a verdict, by name.")
    if verdict not in Override.Verdict.values:
        raise Unacceptable("A verdict is pass or fail.", field="verdict")
    check_text(reason, "reason", longest=1000, required=True)
    newest = row.overrides.order_by("-pk").first()
    if verdict == (newest.verdict if newest else row.state):
        raise Conflict("That is the verdict already.", field="verdict")
    made = Override.objects.create(
        result=row, verdict=verdict, original=row.state, reason=reason, by=actor.user, by_name=actor.name
    )
    record(
        event=RESULT_OVERRIDDEN,
        actor=actor,
        subject_type="run",
        subject=str(row.run),
        reason=reason,
        payload=told_of(made),
    )
    return made


def told_of(row: Override) -> dict[str, object]:
    """What the ledger keeps of it."""
    return {
        "override": row.pk,
        "result": row.result_id,
        "prompt": row.result.run.prompt.name,
        "case": row.result.case_name,
        "verdict": str(row.verdict),
        "original": row.original,
    }
