"""Newcomers at the door, for whoever lets them in; what waits for a second person, deciding.py knows."""

from datetime import timedelta

from django.urls import reverse
from django.utils import timezone

from audits.identity.actors import Actor
from audits.identity.models import User
from audits.identity.roles import ADMINISTRATOR
from portal.selectors.home.parts import Link

RECENT = timedelta(days=30)
"""Whoever was not let in by then is no longer shown; the list of people has everybody."""


def newcomers() -> list[User]:
    """Who came by single sign-on lately and was never let in, the newest first; at most twenty."""
    since = timezone.now() - RECENT
    rows = User.objects.filter(is_active=False, last_login=None, identities__connected_at__gte=since)
    return list(rows.order_by("-date_joined")[:20])


def people_waiting(actor: Actor) -> list[Link]:
    """One line for an administrator, with the page where they are let in; empty for whoever has no say."""
    if not actor.has_role(ADMINISTRATOR) or not (new := newcomers()):
        return []
    names = ", ".join(str(user) for user in new[:3]) + (" and others" if len(new) > 3 else "")
    to = reverse("admin:identity_user_change", args=[new[0].pk])
    return [Link(f"Came by single sign-on and {'wait' if len(new) > 1 else 'waits'}: {names}", to)]
