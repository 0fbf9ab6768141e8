"""What a verb may answer besides success. Each room derives its own errors from these.

``code`` is stable and for programs, the message is for people, ``status`` is what HTTP says.
"""


class GovernedError(Exception):
    """An expected failure of a verb: the caller shows the message, nothing was written."""

    code = "refused"
    status = 400

    def __init__(self, message: str, *, field: str = "", code: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.field = field
        if code:
            self.code = code


class Unacceptable(GovernedError):
    """The input has a fault; ``field`` names the place."""

    code = "invalid"
    status = 400


class Refused(GovernedError):
    """The actor may not do this to this thing."""

    code = "forbidden"
    status = 403


class NotThere(GovernedError):
    """There is no such thing, or none that the actor may know of."""

    code = "not_found"
    status = 404


class Conflict(GovernedError):
    """The thing is no longer as the actor saw it, or its state does not allow the act."""

    code = "conflict"
    status = 409
