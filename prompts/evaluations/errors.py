"""What verbs of this room answer besides success."""

from audits.identity.errors import Conflict


class NotFrozen(Conflict):
    """A draft can still change, so a run on it would prove nothing."""

    code = "not_frozen"


class NothingToRun(Conflict):
    """The suite has no case in use, or no provider in use was named."""

    code = "nothing_to_run"
