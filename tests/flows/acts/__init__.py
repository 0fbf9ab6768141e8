"""What random people try, by the services themselves; whoever may not, is refused."""

from tests.flows.acts.releasing import Releasing
from tests.flows.acts.ruling import Ruling
from tests.flows.acts.signing import Signing
from tests.flows.acts.world import TIED, World
from tests.flows.acts.writing import Writing


class Anybody(Writing, Signing, Releasing, Ruling, World):
    """All acts on one stage; each is a method that takes an actor and two numbers, which choose."""


__all__ = ["TIED", "Anybody"]
