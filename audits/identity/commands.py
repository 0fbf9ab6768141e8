"""Who runs a management command: a named person, or whoever sits at the shell."""

import argparse
import getpass
import os
from typing import Any

from django.core.management.base import CommandError

from audits.identity.actors import Actor
from audits.identity.models import User

VARIABLE = "IMPRIMATUR_ACTOR"


def add_actor_argument(parser: argparse.ArgumentParser) -> None:
    """Adds ``--as USERNAME`` to a command that writes governed records or exports."""
    parser.add_argument(
        "--as",
        dest="acting_as",
        metavar="USERNAME",
        default=None,
        help=f"the person who acts, judged by that person's rights (or the variable {VARIABLE}); "
        "without it the shell acts, which may set up, seed, verify and import drafts",
    )


def actor_from(options: dict[str, Any]) -> Actor:
    """The actor of a command: the person of ``--as`` or of the environment, the system's user noted beside.

    Without either it is ``shell:<os user>``. Raises ``CommandError`` (exit 2) for a name that is nobody's, or
    that of a person who was deactivated.
    """
    told = options.get("acting_as")
    username = os.environ.get(VARIABLE, "") if told is None else told
    if not username and told is None:
        return Actor.shell()
    person = User.objects.filter(username=username).first()
    if person is None:
        raise CommandError(f"There is no person with the user name {username!r}.", returncode=2)
    if not person.is_let_in:
        raise CommandError(f"{username} is deactivated, or the access has ended: no acting.", returncode=2)
    return Actor.for_user(person, os_user=getpass.getuser())
