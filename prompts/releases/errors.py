"""What verbs of this room answer besides success. Pure."""

from audits.identity.errors import Conflict
from prompts.releases.gates import Verdict


class GateClosed(Conflict):
    """The gate is shut; ``verdict`` says why."""

    code = "gate_closed"

    def __init__(self, message: str, verdict: Verdict) -> None:
        super().__init__(message)
        self.verdict = verdict


class PromptFrozen(GateClosed):
    """Somebody stopped the prompt."""

    code = "frozen"
    status = 423


class PromptRetired(GateClosed):
    """The prompt came to its end."""

    code = "retired"
    status = 410


class AlreadyLive(Conflict):
    """The version is live there; nothing to do."""

    code = "already_live"


def shut(verdict: Verdict) -> GateClosed:
    """The error of a shut gate: retired before frozen before everything else."""
    failed = {check.code: check for check in verdict.checks if not check.passed}
    kind = (
        PromptRetired if "not_retired" in failed else PromptFrozen if "not_frozen" in failed else GateClosed
    )
    first = failed.get("not_retired") or failed.get("not_frozen") or next(iter(failed.values()))
    more = f" {len(failed) - 1} more checks failed." if len(failed) > 1 else ""
    return kind(f"{first.title}: {first.reason}{more}", verdict)
