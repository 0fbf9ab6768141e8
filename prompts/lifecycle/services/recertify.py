"""Ask for an approval again before it expires."""

from datetime import datetime

from django.utils import timezone

from audits.identity.actors import Actor
from audits.identity.errors import NotThere, Refused
from audits.identity.verbs import verb
from prompts.lifecycle.models import ApprovalRequest
from prompts.lifecycle.selectors import approvals_of, policy_for
from prompts.lifecycle.services.requests import open_request
from prompts.registry.models import Version


@verb
def open_recertification(*, actor: Actor, version_id: int) -> ApprovalRequest | None:
    """Opens a request on the unchanged text of an approved version; None where one was opened since.

    Only the portal itself does so (people submit the version again). The version is locked, so that two
    sweeps at once open one request. Raises ``NotThere`` for a version without an approval.
    """
    if actor.kind != "system":
        raise Refused("The portal opens recertifications; a person submits the version again.")
    version = Version.objects.select_for_update(of=("self",)).select_related("prompt").get(pk=version_id)
    approval = approvals_of([version]).get(version.pk)
    policy = policy_for(version.prompt)
    if approval is None or approval.request is None or policy is None or policy.is_synthetic:
        raise NotThere(f"{version} has no approval that could be given again.")
    if ApprovalRequest.objects.filter(version=version, pk__gt=approval.request).exists():
        return None
    reason = (
        f"The approval of {_day(approval.approved_at)} {_ends(approval.expires_at)}; the text is unchanged."
    )
    return open_request(actor, version, policy, reason, is_recertification=True)


def _ends(at: datetime) -> str:
    return f"{'expires' if at > timezone.now() else 'expired'} on {_day(at)}"


def _day(at: datetime) -> str:
    return f"{at.day} {at:%B %Y}"
