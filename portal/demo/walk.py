"""Walk the demo's prompts through the real services, each step by the person who may do it.

Every step looks first whether it was done: a walk that was cut off goes on where it stopped.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass

from audits.identity.actors import Actor
from audits.identity.models import User
from portal.demo.script import DemoPrompt, DemoVersion
from portal.evidence import collect
from portal.selectors.failures import failures_of
from portal.services.sign_version import MEANINGS, sign_version
from prompts.evaluations.dispatch import send_run
from prompts.evaluations.models import Provider, Run, Suite
from prompts.evaluations.services.start_run import start_run
from prompts.lifecycle.models import ApprovalRequest
from prompts.lifecycle.services.readings import note_reading
from prompts.lifecycle.services.requests import request_changes, submit_version
from prompts.registry.models import Comment, Prompt, Version
from prompts.registry.services.comments import write_comment
from prompts.registry.services.drafts import create_draft
from prompts.registry.services.prompts import create_prompt
from prompts.registry.services.variants import create_variant, set_clauses
from prompts.releases.errors import GateClosed
from prompts.releases.models import Freeze, Release, ReleaseRequest
from prompts.releases.services.attempt import attempt_release
from prompts.releases.services.freeze import freeze_prompt

AUTHOR, STEWARD = "ines", "selma"
SIGNERS = {
    "domain-expert": "ada",
    "ethics-officer": "runa",
    "steward": "selma",
    "documentation-specialist": "diego",
}
SIGNED = {"approved", "released", "stopped"}
RUN_SECONDS = 120


@dataclass(frozen=True)
class Stage:
    """What the walk needs at hand."""

    passwords: dict[str, str]
    recorded: Provider
    say: Callable[[str], None]

    def actor(self, username: str) -> Actor:
        """The actor of a person of the demo."""
        return Actor.for_user(User.objects.get(username=username))


def walk(stage: Stage, told: DemoPrompt, suite: Suite | None, prepare: Callable[[Version], None]) -> Prompt:
    """Makes the prompt and brings each of its versions as far as the script says.

    ``prepare`` is called with each version as soon as it is frozen, before it is evaluated.
    """
    prompt = Prompt.objects.filter(name=told.name).first() or _create(stage, told)
    for number, version in enumerate(told.versions, start=1):
        row = prompt.versions.filter(number=number).first() or create_draft(  # type: ignore[misc]
            actor=stage.actor(AUTHOR),
            prompt_id=prompt.pk,
            messages=version.messages,
            change_note=version.note,
        )
        if version.state != "draft":
            _approve(stage, version, row, suite, prepare)
            _release(stage, version, row)
    return prompt


def _create(stage: Stage, told: DemoPrompt) -> Prompt:
    first = told.versions[0]
    if told.variant_of:
        base = Prompt.objects.get(name=told.variant_of)
        return create_variant(
            actor=stage.actor(AUTHOR),
            base_id=base.pk,
            dimensions=told.dimensions,
            name=told.name,
            messages=first.messages,
            change_note=first.note,
        ).prompt
    prompt = create_prompt(
        actor=stage.actor(AUTHOR),
        name=told.name,
        kind=told.kind,
        messages=first.messages,
        change_note=first.note,
        tags=told.tags,
        risk_tier=told.risk_tier,
        owner=User.objects.get(username=STEWARD),
        **told.documentation,
    )
    if told.clauses:
        set_clauses(actor=stage.actor(STEWARD), base_id=prompt.pk, clauses=told.clauses)
    return prompt


def _approve(
    stage: Stage,
    told: DemoVersion,
    version: Version,
    suite: Suite | None,
    prepare: Callable[[Version], None],
) -> None:
    """Submit, evaluate, and sign as far as told."""
    request = ApprovalRequest.objects.filter(version=version).first() or submit_version(
        actor=stage.actor(AUTHOR), version_id=version.pk, why=told.why
    )
    version.refresh_from_db()
    prepare(version)
    _discuss(stage, told, version)
    if suite is not None:
        _evaluate(stage, version, suite)
    if request.state != "open":
        return
    if told.state == "changes_requested":
        request_changes(actor=stage.actor(STEWARD), request_id=request.pk, comment=told.comment)
        return
    for seat in request.seats:
        signer = SIGNERS[seat["role"]]
        wanted = told.state in SIGNED or seat["role"] in told.signed_by
        if wanted and not request.sign_offs.filter(username=signer).exists():
            _sign(stage, request, seat["role"], signer)


def _discuss(stage: Stage, told: DemoVersion, version: Version) -> None:
    """Remarks on lines of the version, with their answers."""
    if Comment.objects.filter(version=version).exists():
        return
    for said in told.remarks:
        where = {"version": version.number, "message": said["message"], "line": said["line"]}
        first = write_comment(
            actor=stage.actor(said["by"]), prompt_id=version.prompt_id, text=said["text"], **where
        )
        if said.get("answer"):
            write_comment(
                actor=stage.actor(AUTHOR),
                prompt_id=version.prompt_id,
                text=said["answer"],
                parent_id=first.pk,
            )


def _sign(stage: Stage, request: ApprovalRequest, role: str, signer: str) -> None:
    actor, evidence = stage.actor(signer), collect(request.version)
    opened = [("page", ""), ("diff", str((evidence.compared_with or {}).get("digest", "")))]
    opened += [("failure", str(row.pk)) for row in failures_of(request.version)]
    for kind, what in opened:
        note_reading(actor=actor, request_id=request.pk, kind=kind, what=what)
    sign_version(
        actor=actor,
        request_id=request.pk,
        role=role,
        meaning=MEANINGS[role][0],
        comment="",
        seen_text_digest=request.text_digest,
        seen_evidence_digest=evidence.digest,
        password=stage.passwords[signer],
    )


def _evaluate(stage: Stage, version: Version, suite: Suite) -> None:
    """One run by the worker on recorded answers; waits for its end."""
    run = start_run(
        actor=stage.actor(AUTHOR),
        version_id=version.pk,
        suite_id=suite.pk,
        providers=[stage.recorded.pk],
        trigger="manual",
        key=f"demo/{version.digest}/{suite.name}",
    )
    if not run.is_over:
        send_run(run)
        wait_for(run)


def wait_for(run: Run) -> None:
    """Returns when the run is over; raises ``TimeoutError`` after two minutes."""
    end = time.monotonic() + RUN_SECONDS
    while not run.is_over:
        if time.monotonic() > end:
            raise TimeoutError(f"No worker finished {run} within {RUN_SECONDS} seconds.")
        time.sleep(0.1)
        run.refresh_from_db(fields=["state"])


def _release(stage: Stage, told: DemoVersion, version: Version) -> None:
    """Release where told; a stopped version is tried, and the gate says no."""
    steward = stage.actor(STEWARD)
    for environment in told.environments:
        rows = {"version": version, "environment__slug": environment}
        if Release.objects.filter(**rows).exists() or ReleaseRequest.objects.filter(**rows).exists():
            continue
        try:
            attempt_release(actor=steward, version_id=version.pk, environment=environment, reason=told.note)
        except GateClosed as closed:
            stage.say(f"the gate to {environment} stopped {version}: {closed.verdict.failed[0].reason}")
    if told.frozen and not Freeze.objects.filter(prompt=version.prompt).exists():
        freeze_prompt(actor=stage.actor("runa"), prompt_id=version.prompt_id, reason=told.frozen)
