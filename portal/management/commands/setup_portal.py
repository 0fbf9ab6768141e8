"""``manage.py setup_portal``: roles, environments, policies and timed work."""

from typing import Any

from django.core.management.base import BaseCommand

from audits.identity.actors import Actor
from portal.services.setup_portal import setup_portal


class Command(BaseCommand):
    help = "Makes what is missing of roles, environments, policies, gates and timed work; safe to run again."

    def handle(self, *args: Any, **options: Any) -> None:
        setup_portal(actor=Actor.shell())
        self.stdout.write("The portal is set up.")
