"""What a finding does: which rules there are, and what a new portal makes of them in each risk tier."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from prompts.registry.lint.findings import Finding

BLOCKING, ADVISORY, OFF = "blocking", "advisory", "off"
LEVELS = (BLOCKING, ADVISORY, OFF)


@dataclass(frozen=True, slots=True)
class Rule:
    """``at_save``: blocking refuses the save already, since what is stored is stored; else the submission."""

    code: str
    title: str
    at_save: bool = False


RULES = (
    Rule("secret", "Keys, passwords and private keys", at_save=True),
    Rule("entropy", "Long random texts that may be keys", at_save=True),
    Rule("personal-data", "Personal data", at_save=True),
    Rule("undelimited-input", "Input without delimiters"),
    Rule("undeclared-variable", "Variables that are used and not declared"),
    Rule("unused-variable", "Variables that are declared and not used"),
    Rule("contradiction", "Instructions that contradict each other"),
    Rule("length", "Length"),
    Rule("purpose", "Missing purpose"),
    Rule("limits", "Missing limits"),
)
CODES = tuple(rule.code for rule in RULES)
AT_SAVE = frozenset(rule.code for rule in RULES if rule.at_save)

_USUAL = {**dict.fromkeys(CODES, ADVISORY), "secret": BLOCKING}
DEFAULTS: dict[str, dict[str, str]] = {
    "minimal": _USUAL,
    "limited": _USUAL,
    "high": {**_USUAL, "purpose": BLOCKING},
}


def level_of(code: str, levels: Mapping[str, str]) -> str:
    """The level of a rule; one that the policy does not name, perhaps a newer one, advises."""
    return levels.get(code, ADVISORY)


def weigh(findings: Iterable[Finding], levels: Mapping[str, str]) -> list[Finding]:
    """The findings with their severity, blocking ones first; those of rules that are off fall away."""
    told = [replace(finding, severity=level_of(finding.code, levels)) for finding in findings]
    return sorted((each for each in told if each.severity != OFF), key=lambda each: each.severity != BLOCKING)


def blocking(findings: Iterable[Finding]) -> list[Finding]:
    """Those that refuse."""
    return [finding for finding in findings if finding.severity == BLOCKING]
