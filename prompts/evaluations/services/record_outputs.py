"""Outputs that were made elsewhere become the answers of a recorded provider, case by case."""

from collections.abc import Iterable

from audits.identity.actors import Actor
from audits.identity.errors import NotThere, Unacceptable
from audits.identity.verbs import verb
from prompts.evaluations.errors import NotFrozen
from prompts.evaluations.policies import ProviderPolicy
from prompts.evaluations.providers.answers import Answer
from prompts.evaluations.rendering import question_for
from prompts.evaluations.safety.canaries import planted, with_hidden_line
from prompts.evaluations.selectors import cases_in_use, snapshot_of
from prompts.evaluations.services.record_answers import record_answers
from prompts.evaluations.services.suites import suite_for
from prompts.registry.models import Version


@verb
def record_outputs(
    *,
    actor: Actor,
    version_id: int,
    suite_id: int,
    provider_id: int,
    outputs: Iterable[tuple[int, str, Answer]],
) -> int:
    """Stores each output as the answer to exactly what this version asks in the case; returns how many.

    ``outputs`` are line, case and answer, as ``recorded_files`` reads them. Raises ``Unacceptable`` with the
    line for a case that the suite has not, ``NotFrozen``, ``NotThere``.
    """
    ProviderPolicy(actor).require("configure")
    version = Version.objects.visible_to(actor).select_related("prompt").filter(pk=version_id).first()
    if version is None:
        raise NotThere("There is no such version.")
    if not version.is_frozen:
        raise NotFrozen("Submit the draft first: only a frozen version is evaluated.")
    suite = suite_for(actor, suite_id)
    cases = {case.name: case for case in cases_in_use(suite)}
    pairs = []
    for line, name, answer in outputs:
        if name not in cases:
            raise Unacceptable(f"Line {line}: {suite.name} has no case {name[:80]!r} in use.", field="file")
        case = planted(snapshot_of(cases[name]))
        question = with_hidden_line(question_for(actor, version, case.vars), case)
        pairs.append((question.messages, answer))
    if not pairs:
        raise Unacceptable("The file holds no output.", field="file")
    return record_answers(actor=actor, provider_id=provider_id, answers=pairs)
