"""What about people waits for the reader: proposals for his yes, and newcomers at the door."""

from datetime import timedelta

from django.urls import reverse
from django.utils import timezone

from audits.identity.actors import Actor
from audits.identity.models import AccessProposal, User
from audits.identity.roles import ADMINISTRATOR, CONFIRMERS
from audits.identity.services.roles import why_not_confirm
from portal.selectors.home.parts import Link

RECENT = timedelta(days=30)
"""Whoever was not let in by then is no longer shown; the list of people has everybody."""


def newcomers() -> list[User]:
    """Who came by single sign-on lately and was never let in, the newest first; at most twenty."""
    since = timezone.now() - RECENT
    rows = User.objects.filter(is_active=False, last_login=None, identities__connected_at__gte=since)
    return list(rows.order_by("-date_joined")[:20])


def people_waiting(actor: Actor) -> list[Link]:
    """One line for each kind, with the page where it is done; empty for whoever has no say."""
    lines = []
    if actor.has_role(*CONFIRMERS):
        rows = AccessProposal.objects.filter(state="open").select_related("user")[:100]
        mine = [row for row in rows if not why_not_confirm(actor, row)]
        if mine:
            names = ", ".join(dict.fromkeys(str(row.user) for row in mine[:3]))
            more = f" and {len(mine) - 3} more" if len(mine) > 3 else ""
            lines.append(Link(f"Your yes or no is asked for {names}{more}", reverse("admin:proposals")))
    if actor.has_role(ADMINISTRATOR) and (new := newcomers()):
        names = ", ".join(str(user) for user in new[:3]) + (" and others" if len(new) > 3 else "")
        to = reverse("admin:identity_user_change", args=[new[0].pk])
        lines.append(Link(f"Came by single sign-on and {'wait' if len(new) > 1 else 'waits'}: {names}", to))
    return lines
