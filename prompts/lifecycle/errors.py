"""What verbs of this room answer besides success. Pure."""

from audits.identity.errors import Conflict, Refused, Unacceptable


class NotPossible(Conflict):
    """The request does not stand where this act begins."""

    code = "not_possible"


class AlreadyOpen(Conflict):
    """The version waits for signatures already."""

    code = "already_open"


class AlreadySigned(Conflict):
    """One person takes one seat."""

    code = "already_signed"


class StaleText(Conflict):
    """The text is not the one that was shown to the signer."""

    code = "stale_text"


class StaleEvidence(Conflict):
    """The evidence is not the one that was shown to the signer: look again, then sign."""

    code = "stale_evidence"


class NoPolicy(Conflict):
    """No approval policy covers the prompt, so nobody can approve it."""

    code = "no_policy"


class StaleDocumentation(Conflict):
    """The documentation is not the one that was shown to the signer: look again, then sign."""

    code = "stale_documentation"


class Undocumented(Conflict):
    """The documentation is below its standard, so nobody can sign that it is complete."""

    code = "undocumented"


class NotRead(Conflict):
    """Something that a signer must have opened was not: ``what`` tells it in words."""

    code = "not_read"


class TooSoon(Conflict):
    """The signers were reminded a short while ago."""

    code = "too_soon"


class Unsatisfiable(Unacceptable):
    """Nobody could ever satisfy the policy; the message says why."""

    code = "unsatisfiable"


class TooWeak(Refused):
    """The policy asks for a stronger proof of who signs than was given."""

    code = "too_weak"
