"""What the prompt's own description leaves out."""

from prompts.registry.lint.findings import Finding, Place

PURPOSE, LIMITS = "purpose", "limits"
_TOLD = (
    (PURPOSE, "The purpose is missing", "Nobody can judge a text without knowing what it is for."),
    (LIMITS, "The known limits are missing", "Whoever uses the prompt should know where it fails."),
)


def find_gaps(purpose: str | None, limits: str | None) -> list[Finding]:
    """A finding for each that is empty; None is not examined."""
    given = {PURPOSE: purpose, LIMITS: limits}
    return [
        Finding(code, title, reason, Place(code))
        for code, title, reason in _TOLD
        if given[code] is not None and not str(given[code]).strip()
    ]
