"""Note what somebody opens at the desk. No governed act: the ledger hears of it with the signature."""

from django.utils import timezone

from audits.identity.actors import Actor
from audits.identity.errors import NotThere, Unacceptable
from audits.identity.verbs import verb
from prompts.lifecycle import readings
from prompts.lifecycle.models import ApprovalRequest, Reading
from prompts.registry.models import Prompt

LONGEST_WHAT = 80
MOST = 5000
"""Things of one request that are kept for one person."""


@verb
def note_reading(
    *, actor: Actor, request_id: int, kind: str = Reading.Kind.PAGE, what: str = "", is_opening: bool = False
) -> int:
    """Keeps that the person opened this, and counts the time on the page; returns its seconds.

    Only people read, and only open requests are noted; for others nothing happens and 0 is returned.
    ``is_opening`` says that the page was opened just now. Raises ``NotThere`` and ``Unacceptable``.
    """
    if kind not in Reading.Kind.values or len(what) > LONGEST_WHAT or "\0" in what:
        raise Unacceptable("There is nothing of that kind to open.", field="kind")
    visible = Prompt.objects.visible_to(actor).values("pk")
    request = ApprovalRequest.objects.filter(pk=request_id, prompt__in=visible).first()
    if request is None:
        raise NotThere("There is no such request.")
    if request.state != ApprovalRequest.State.OPEN or actor.user is None:
        return 0
    if kind != Reading.Kind.PAGE:
        _opened(actor, request, kind, what)
    return tick(actor, request, is_opening=is_opening)


def tick(actor: Actor, request: ApprovalRequest, *, is_opening: bool = False) -> int:
    """Counts the time since the last sign of life; the row is locked, so that two tabs count it once."""
    now = timezone.now()
    rows = Reading.objects.select_for_update()
    row, made = rows.get_or_create(
        request=request,
        user=actor.user,
        kind=Reading.Kind.PAGE,
        what="",
        defaults={"first_at": now, "last_at": now},
    )
    if not made:
        row.seconds = readings.counted(row.seconds, row.last_at, now, is_opening=is_opening)
        row.last_at = max(now, row.last_at)
        row.save(update_fields=["seconds", "last_at"])
    return int(row.seconds)


def _opened(actor: Actor, request: ApprovalRequest, kind: str, what: str) -> None:
    if Reading.objects.filter(request=request, user=actor.user).count() >= MOST:
        raise Unacceptable("So much cannot be opened in one request.", field="what")
    now = timezone.now()
    row, made = Reading.objects.get_or_create(
        request=request, user=actor.user, kind=kind, what=what, defaults={"first_at": now, "last_at": now}
    )
    if not made and now > row.last_at:
        row.last_at = now
        row.save(update_fields=["last_at"])
