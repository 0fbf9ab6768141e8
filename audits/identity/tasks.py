"""What the scheduler has this room do."""

from celery import shared_task

from audits.identity.actors import Actor
from audits.identity.services.key_uses import tell_uses
from audits.identity.services.people import end_access
from audits.identity.services.refusals import tell_counts
from audits.identity.services.trips import forget_trips


@shared_task(name="identity.sweep", soft_time_limit=60, time_limit=90)
def sweep() -> None:
    """Shuts out whose access has ended, tells how often addresses were refused and keys were used,
    forgets old trips to the provider; may run twice."""
    actor = Actor.system("scheduler")
    end_access(actor=actor)
    tell_counts(actor=actor)
    tell_uses(actor=actor)
    forget_trips()
