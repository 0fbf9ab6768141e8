"""Remind those who can sign, and tell of approvals that end."""

from datetime import datetime, timedelta

from django.utils import timezone

from audits.adminkit.wording import span
from audits.identity.actors import Actor
from audits.identity.errors import Refused
from audits.identity.verbs import verb
from audits.ledger.services import record
from prompts.lifecycle.errors import NotPossible, TooSoon
from prompts.lifecycle.events import APPROVAL_ENDS, SIGNERS_REMINDED
from prompts.lifecycle.models import ApprovalRequest, Reminder
from prompts.lifecycle.policies import DeskPolicy
from prompts.lifecycle.selectors import open_seats
from prompts.lifecycle.services.requests import locked_request
from prompts.registry.selectors import label_of

PAUSE = timedelta(days=1)
"""Signers of a request are reminded once within it, whoever asks."""
LYING = (Reminder.About.ASKED, Reminder.About.WAITING)


@verb
def remind_signers(*, actor: Actor, request_id: int) -> Reminder:
    """Reminds whoever can take an open seat; the notice is made of the event.

    The request is locked, so that of two at once one comes too soon. Raises ``NotThere``, ``Refused``,
    ``NotPossible`` for a closed request, ``TooSoon`` within a day.
    """
    request = locked_request(actor, request_id)
    DeskPolicy(actor).require("remind", request)
    if request.state != ApprovalRequest.State.OPEN:
        raise NotPossible(f"This request is {request.get_state_display().lower()}; nobody is reminded of it.")
    last = request.reminders.filter(about__in=LYING).order_by("-at").first()
    if last is not None and timezone.now() - last.at < PAUSE:
        ago = span((timezone.now() - last.at).total_seconds())
        raise TooSoon(f"The signers were reminded {ago} ago; once a day is enough.")
    about = Reminder.About.WAITING if actor.kind == "system" else Reminder.About.ASKED
    reminder = _keep(actor, request, about)
    record(
        event=SIGNERS_REMINDED,
        actor=actor,
        subject_type="version",
        subject=label_of(request.version),
        payload={"request": request.pk, "seats": [seat.as_dict() for seat in open_seats(request)]},
    )
    return reminder


@verb
def tell_of_end(
    *, actor: Actor, request_id: int, about: Reminder.About, expires_at: datetime
) -> Reminder | None:
    """Tells once that the approval which this request gave ends; None where that was told before."""
    if actor.kind != "system":
        raise Refused("The portal tells of approvals that end.")
    request = locked_request(actor, request_id)
    if request.reminders.filter(about=about).exists():
        return None
    reminder = _keep(actor, request, about)
    record(
        event=APPROVAL_ENDS,
        actor=actor,
        subject_type="version",
        subject=label_of(request.version),
        payload={"request": request.pk, "about": str(about), "expires_at": expires_at.isoformat()},
    )
    return reminder


def _keep(actor: Actor, request: ApprovalRequest, about: Reminder.About) -> Reminder:
    return Reminder.objects.create(
        request=request, about=about, at=timezone.now(), by=actor.user, by_name=actor.name
    )
