"""What verbs of this room answer besides success."""

from collections.abc import Sequence
from datetime import datetime

from audits.identity.errors import Conflict, GovernedError, Unacceptable
from prompts.registry.lint import Finding

MOST_TOLD = 10
PURPOSE_HEADER = "X-Imprimatur-Purpose"


class NameTaken(Conflict):
    """There is a prompt of that name, perhaps in another spelling of case."""

    code = "name_taken"


class StaleDraft(Conflict):
    """Somebody saved the draft after the editor had read it; nothing was overwritten."""

    code = "stale_draft"

    def __init__(self, *, who: str, when: datetime, revision: int) -> None:
        super().__init__(
            f"{who} saved this draft at {when:%Y-%m-%d %H:%M:%S} UTC, after you opened it. "
            "Nothing was overwritten.",
            field="revision",
        )
        self.who, self.when, self.revision = who, when, revision


class FrozenVersion(Conflict):
    """The version is frozen: its text is never changed, a new draft can be made from it."""

    code = "frozen_version"


class LintRefusal(Unacceptable):
    """The text has findings that the policy blocks; ``findings`` lists them, without any secret."""

    code = "lint"

    def __init__(self, findings: Sequence[Finding], *, consequence: str) -> None:
        told = "; ".join(str(finding) for finding in findings[:MOST_TOLD])
        more = f"; and {len(findings) - MOST_TOLD} more" if len(findings) > MOST_TOLD else ""
        super().__init__(f"{consequence} {told}{more}.", field=findings[0].place.field)
        self.findings = list(findings)


class FragmentTrouble(Conflict):
    """A fragment that the text includes cannot be pinned."""

    code = "fragment"


class PurposeNeeded(GovernedError):
    """The prompt is sensitive: its text is read only with a purpose (RFC 6585, 428)."""

    code = "purpose_needed"
    status = 428

    def __init__(self, name: str) -> None:
        super().__init__(
            f"{name} is sensitive: say what you read it for. Programs send it in the header "
            f"{PURPOSE_HEADER}, commands take --purpose; each read becomes an entry of the audit trail.",
            field="purpose",
        )
