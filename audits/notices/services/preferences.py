"""Choose how one hears of what: a person's own matter, so the ledger does not hear of it."""

from audits.identity.actors import Actor
from audits.identity.errors import Refused, Unacceptable
from audits.identity.verbs import verb
from audits.notices.models import Preference
from audits.notices.selectors import Choice, default
from audits.notices.topics import MAILS, TOPICS


@verb
def set_preferences(*, actor: Actor, choices: dict[str, Choice]) -> None:
    """Stores what differs from the default; raises ``Unacceptable`` for an unknown topic or way."""
    if actor.user is None:
        raise Refused("Only people have an inbox.")
    for topic, choice in choices.items():
        if topic not in TOPICS or choice.mail not in MAILS:
            raise Unacceptable("There is no such kind of notice, or no such way of sending.", field=topic)
        rows = Preference.objects.filter(user=actor.user, topic=topic)
        if choice == default(topic):
            rows.delete()
        else:
            values = {"inbox": choice.inbox, "mail": choice.mail}
            Preference.objects.update_or_create(user=actor.user, topic=topic, defaults=values)
