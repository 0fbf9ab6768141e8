"""Open an approval request, and close it without an approval."""

from django.utils import timezone

from audits.identity.actors import Actor
from audits.identity.errors import Conflict, NotThere, Unacceptable
from audits.identity.verbs import verb
from audits.ledger.events import EventKind
from audits.ledger.services import record
from prompts.lifecycle import events, transitions
from prompts.lifecycle.errors import AlreadyOpen, NoPolicy, NotPossible
from prompts.lifecycle.models import ApprovalPolicy, ApprovalRequest
from prompts.lifecycle.policies import DeskPolicy
from prompts.lifecycle.selectors import policy_for
from prompts.registry.models import Prompt, Version
from prompts.registry.selectors import label_of
from prompts.registry.services.freeze import freeze_version
from prompts.registry.texts import check_text

CLOSING = ("state", "closed_at", "closed_by", "closed_by_name", "closing_comment")
"""What is written when a request is closed."""


@verb
def submit_version(
    *, actor: Actor, version_id: int, why: str, seen_revision: int | None = None
) -> ApprovalRequest:
    """Freezes a draft and asks for its approval; a frozen version is submitted again to be recertified.

    ``seen_revision`` is the edit that the submitter looked at. Open requests on older versions are superseded
    and their signatures dismissed, except where they certify again what was approved before. Raises
    ``Unacceptable`` without a reason, ``StaleDraft`` for another revision, ``NoPolicy``, ``AlreadyOpen``, and
    ``NotPossible`` for a version that was rejected.
    """
    version = _locked_version(actor, version_id)
    DeskPolicy(actor).require("submit", version)
    reason = _told(why, "why", "Say why this version is wanted.")
    if version.prompt.archived_at is not None:
        raise Conflict(f"{version.prompt.name} is archived.")
    policy = policy_for(version.prompt)
    if policy is None:
        raise NoPolicy(f"No approval policy covers {version.prompt.name}.")
    if policy.is_synthetic:
        raise NoPolicy(f"{version.prompt.name} is synthetic bulk data; nobody is asked to approve it.")
    earlier = ApprovalRequest.objects.filter(version=version)
    if earlier.filter(state=transitions.OPEN).exists():
        raise AlreadyOpen(f"{version} waits for signatures already.")
    if earlier.filter(state=transitions.REJECTED).exists():
        raise NotPossible(f"{version} was rejected. Make a new draft from it.")
    if not version.is_frozen:
        version = freeze_version(actor=actor, version_id=version.pk, seen_revision=seen_revision)
    again = earlier.filter(state=transitions.APPROVED).exists()
    request = open_request(actor, version, policy, reason, is_recertification=again)
    _supersede_older(actor, request)
    return request


def open_request(
    actor: Actor, version: Version, policy: ApprovalPolicy, reason: str, *, is_recertification: bool
) -> ApprovalRequest:
    """The row and its entry; what may be asked for, the verbs have checked."""
    request = ApprovalRequest.objects.create(
        prompt=version.prompt,
        version=version,
        policy=policy,
        policy_version=policy.version,
        **policy.demands.as_dict(),
        text_digest=version.digest,
        reason=reason,
        requested_by=actor.user,
        requested_by_name=actor.name,
        opened_at=timezone.now(),
        is_recertification=is_recertification,
    )
    by_portal = actor.kind == "system"
    payload = {"digest": version.digest, "policy": policy.label, "request": request.pk}
    payload |= policy.demands.as_dict() | {"is_recertification": is_recertification}
    record(
        event=events.RECERTIFICATION_OPENED if by_portal else events.REQUEST_OPENED,
        actor=actor,
        subject_type="version",
        subject=label_of(version),
        reason=reason,
        payload=payload,
    )
    return request


def _supersede_older(actor: Actor, newer: ApprovalRequest) -> None:
    """Closes what older versions wait for; each row is locked, so a signature comes before or after."""
    older = ApprovalRequest.objects.select_for_update(of=("self",)).select_related("version__prompt")
    older = older.filter(prompt=newer.prompt_id, state=transitions.OPEN, is_recertification=False)
    for request in older.filter(version__number__lt=newer.version.number).order_by("pk"):
        request.state = transitions.step(request.state, "supersede").target
        request.closed_at = timezone.now()
        request.closed_by, request.closed_by_name = actor.user, actor.name
        request.closing_comment = f"Version {newer.version.number} was submitted."
        request.superseded_by = newer
        request.save(update_fields=[*CLOSING, "superseded_by"])
        record(
            event=events.REQUEST_SUPERSEDED,
            actor=actor,
            subject_type="version",
            subject=label_of(request.version),
            reason=request.closing_comment,
            payload={
                "digest": request.text_digest,
                "request": request.pk,
                "newer": newer.pk,
                "dismissed": [row.pk for row in request.sign_offs.order_by("pk")],
            },
        )


@verb
def request_changes(*, actor: Actor, request_id: int, comment: str) -> ApprovalRequest:
    """Sends the version back with what should change. Signatures given so far count no more."""
    return _close(actor, request_id, "request_changes", comment, events.CHANGES_REQUESTED)


@verb
def reject(*, actor: Actor, request_id: int, comment: str) -> ApprovalRequest:
    """Refuses the version for good: the same text is not submitted again under its number."""
    return _close(actor, request_id, "reject", comment, events.REQUEST_REJECTED)


@verb
def withdraw(*, actor: Actor, request_id: int, comment: str = "") -> ApprovalRequest:
    """Takes the request back; the version may be submitted again."""
    return _close(actor, request_id, "withdraw", comment, events.REQUEST_WITHDRAWN)


def locked_request(actor: Actor, request_id: int) -> ApprovalRequest:
    """The request, locked; raises ``NotThere`` where it is missing or the actor may not know of it."""
    visible = Prompt.objects.visible_to(actor).values("pk")
    rows = ApprovalRequest.objects.select_for_update(of=("self",))
    rows = rows.select_related("version__prompt", "prompt", "policy")
    request = rows.filter(pk=request_id, prompt__in=visible).first()
    if request is None:
        raise NotThere("There is no such request.")
    return request


def _close(actor: Actor, request_id: int, act: str, comment: str, event: EventKind) -> ApprovalRequest:
    request = locked_request(actor, request_id)
    DeskPolicy(actor).require("withdraw" if act == "withdraw" else "send_back", request)
    arrow = transitions.step(request.state, act)
    if arrow.needs_comment:
        comment = _told(comment, "comment", "Say why, so that the authors can act on it.")
    request.state = arrow.target
    request.closed_at = timezone.now()
    request.closed_by, request.closed_by_name = actor.user, actor.name
    request.closing_comment = check_text(comment, "comment").strip()
    request.save(update_fields=CLOSING)
    record(
        event=event,
        actor=actor,
        subject_type="version",
        subject=label_of(request.version),
        reason=request.closing_comment,
        payload={"digest": request.text_digest, "request": request.pk},
    )
    return request


def _locked_version(actor: Actor, version_id: int) -> Version:
    rows = Version.objects.select_for_update(of=("self",)).visible_to(actor).select_related("prompt")
    version = rows.filter(pk=version_id).first()
    if version is None:
        raise NotThere("There is no such version.")
    return version


def _told(text: str, field: str, message: str) -> str:
    if not text.strip():
        raise Unacceptable(message, field=field)
    return check_text(text, field).strip()
