"""What people have opened of a request."""

from audits.identity.models import User
from prompts.lifecycle.models import ApprovalRequest, Reading
from prompts.lifecycle.readings import Opened


def opened_by(user: User | None, request: ApprovalRequest) -> Opened:
    """What this person has opened of the request: one query."""
    if user is None:
        return Opened()
    rows = list(Reading.objects.filter(request=request, user=user))
    page = next((row for row in rows if row.kind == Reading.Kind.PAGE), None)
    return Opened(
        diffs=frozenset(row.what for row in rows if row.kind == Reading.Kind.DIFF),
        failures=frozenset(row.what for row in rows if row.kind == Reading.Kind.FAILURE),
        seconds=page.seconds if page is not None else 0,
        last_at=page.last_at if page is not None else None,
    )
