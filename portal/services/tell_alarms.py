"""Tell of alarms about the log: inbox, e-mail and webhooks, each alarm once.

Not by way of the ledger as everything else: a log that stands still, or whose end is gone, would tell nobody.
"""

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from audits.identity.models import User
from audits.identity.roles import ADMINISTRATOR, AUDITOR
from audits.ledger.events import ALARM_RAISED
from audits.ledger.models import Alarm
from audits.notices.models import Delivery, Notice
from audits.notices.services.deliveries import envelope, queue
from audits.notices.services.inbox import give
from audits.notices.services.letters import address_to
from audits.notices.topics import ALARMS
from portal.audience import Audience
from portal.mail import wants_mail
from portal.webhook_bodies import Routes

WHO = (AUDITOR, ADMINISTRATOR)
MOST = 500
"""People that one alarm is told to."""


@transaction.atomic
def tell_alarms() -> int:
    """Tells what was not told yet; returns how many alarms that were."""
    rows = list(Alarm.objects.select_for_update().filter(told_at__isnull=True, noted=True).order_by("pk"))
    if not rows:
        return 0
    people = User.objects.filter(groups__name__in=WHO, is_active=True).distinct().order_by("pk")
    users = [user for user in people[:MOST] if user.is_let_in]
    audience, routes = Audience(), Routes()
    audience.meet(users)
    for row in rows:
        notices = [_notice(row, user, audience) for user in users]
        address_to(notices)
        give(notices)
        queue(_deliveries(row, routes))
        row.told_at = timezone.now()
        row.save(update_fields=["told_at"])
    return len(rows)


def _notice(row: Alarm, user: User, audience: Audience) -> Notice:
    mail = audience.choice(user, ALARMS).mail
    return Notice(
        user=user,
        event=row.event,
        kind=str(ALARM_RAISED),
        words=f"{row.title}: {row.reason}"[:600],
        address=reverse("admin:trail"),
        at=row.raised_at,
        mail=mail if mail != "never" and wants_mail(user) else "",
    )


def _deliveries(row: Alarm, routes: Routes) -> list[Delivery]:
    """What is wrong in a fixed word and a title; the reason may name what somebody wrote."""
    data = {
        "event": str(row.event),
        "alarm": row.kind,
        "title": row.title,
        "url": f"{settings.PUBLIC_URL}{reverse('admin:trail')}",
    }
    kind = str(ALARM_RAISED)
    body = envelope(kind, row.raised_at, data)
    return [
        Delivery(endpoint=to, kind=kind, event=row.event, subject=row.title, body=body)
        for to in routes.hearing(kind)
    ]
