"""What makes a function a verb: one transaction, an actor, and history in that actor's name."""

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

from django.db import transaction

from audits.adminkit.history import acting
from audits.identity.actors import Actor

P = ParamSpec("P")
R = TypeVar("R")


def verb(function: Callable[P, R]) -> Callable[P, R]:
    """Runs a service atomically and lets history name its ``actor``, which must be given by keyword."""

    @wraps(function)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        actor = kwargs.get("actor")
        if args or not isinstance(actor, Actor):
            raise TypeError(f"{function.__name__} takes keywords only, and an actor.")
        with acting(actor.name, actor.user), transaction.atomic():
            return function(*args, **kwargs)

    return run
