"""What makes a function a verb: one transaction, an actor, and history in that actor's name."""

from collections.abc import Callable
from contextvars import ContextVar
from functools import wraps
from typing import ParamSpec, TypeVar

from django.db import transaction

from audits.adminkit.history import acting
from audits.identity.actors import Actor
from audits.ledger.services import close

_within: ContextVar[bool] = ContextVar("within a verb", default=False)
P = ParamSpec("P")
R = TypeVar("R")


def verb(function: Callable[P, R]) -> Callable[P, R]:
    """Runs a service atomically and lets history name its ``actor``, which must be given by keyword.

    Recorded rows that were written after the service's last entry get one of their own.
    """

    @wraps(function)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        actor = kwargs.get("actor")
        if args or not isinstance(actor, Actor):
            raise TypeError(f"{function.__name__} takes keywords only, and an actor.")
        outermost = not _within.get()
        token = _within.set(True)
        try:
            with acting(actor.name, actor.user), transaction.atomic():
                result = function(*args, **kwargs)
                if outermost:
                    close(actor)
                return result
        finally:
            _within.reset(token)

    return run
