"""A person grades an answer without seeing the grader's verdict."""

from audits.identity.actors import Actor
from audits.identity.errors import Conflict, NotThere, Refused
from audits.identity.verbs import verb
from audits.ledger.services import record
from prompts.evaluations.calibration.graders import judged_in
from prompts.evaluations.events import RESULT_GRADED
from prompts.evaluations.models import HumanGrade, Result
from prompts.evaluations.policies import GradePolicy
from prompts.evaluations.snapshots import digest_of
from prompts.registry.texts import check_text


@verb
def grade_by_hand(*, actor: Actor, result_id: int, grader: str, passed: bool, reason: str = "") -> HumanGrade:
    """Says whether the answer meets what ``grader`` (its digest) was told to look for.

    The ledger keeps a digest of the grade: whoever grades the same answer later does not read it there.
    Raises ``NotThere``, ``Refused`` (among others for an author of the version, and for who overruled the
    verdict), ``Conflict`` where the actor graded it before.
    """
    row = (
        Result.objects.visible_to(actor)
        .select_for_update(of=("self",))
        .select_related("run__prompt", "run__version")
        .filter(pk=result_id)
        .first()
    )
    judged = {one.grader: one for one in judged_in(row.assertions, row.judged_by)} if row else {}
    if row is None or grader not in judged:
        raise NotThere("There is no such verdict of a model.")
    GradePolicy(actor).require("grade", row)
    if actor.user is None:
        raise Refused("Only people grade, by name.")
    if HumanGrade.objects.filter(result=row, grader=grader, by=actor.user).exists():
        raise Conflict("You graded this answer before.")
    one = judged[grader]
    made = HumanGrade.objects.create(
        result=row,
        grader=grader,
        kind=one.kind,
        rubric=one.rubric,
        judge=one.judge,
        grader_passed=one.passed,
        passed=passed,
        reason=check_text(reason, "reason", longest=1000),
        by=actor.user,
        by_name=actor.name,
    )
    record(
        event=RESULT_GRADED,
        actor=actor,
        subject_type="run",
        subject=str(row.run),
        payload=told_of(made),
    )
    return made


def told_of(row: HumanGrade) -> dict[str, object]:
    """What the ledger keeps of it."""
    covered = [row.result_id, row.grader, row.grader_passed, row.passed, row.reason, row.by_name]
    return {
        "grade": row.pk,
        "result": row.result_id,
        "prompt": row.result.run.prompt.name,
        "grader": row.grader,
        "digest": digest_of(covered),
    }
