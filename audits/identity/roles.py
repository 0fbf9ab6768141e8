"""The roles, as groups that can be re-made at any time.

A role says which verbs a person may use at all; on which prompts, object permissions say. Two kinds of
rights stay apart from both: nobody signs what he wrote, and an administrator configures without approving.
"""

ENGINEER = "engineer"
STEWARD = "steward"
DOMAIN_EXPERT = "domain-expert"
ETHICS_OFFICER = "ethics-officer"
DOCUMENTATION_SPECIALIST = "documentation-specialist"
AUDITOR = "auditor"
ADMINISTRATOR = "administrator"

TITLES = {
    ENGINEER: "Engineer",
    STEWARD: "Steward",
    DOMAIN_EXPERT: "Domain expert",
    ETHICS_OFFICER: "Ethics officer",
    DOCUMENTATION_SPECIALIST: "Documentation specialist",
    AUDITOR: "Compliance auditor",
    ADMINISTRATOR: "Administrator",
}
ROLES = tuple(TITLES)

SEES_EVERYTHING = frozenset({ETHICS_OFFICER, AUDITOR, ADMINISTRATOR})
"""Roles that read the whole organisation: they look for harm, audit, or configure."""

WRITERS = frozenset({ENGINEER, STEWARD})
"""Roles that may write drafts, where an object permission lets them."""

RELEASERS = frozenset({ENGINEER, STEWARD})
"""Roles that may ask for and make releases, where an object permission lets them."""

EVALUATORS = frozenset({ENGINEER, STEWARD, DOMAIN_EXPERT, ETHICS_OFFICER})
"""Roles that may write cases and start runs on what they see."""

FREEZERS = frozenset({ETHICS_OFFICER, STEWARD})
"""Roles that may stop a prompt at once."""

SIGNERS = frozenset({DOMAIN_EXPERT, ETHICS_OFFICER, DOCUMENTATION_SPECIALIST, STEWARD})
"""Roles that an approval policy may ask to sign."""

CONFIRMERS = (ADMINISTRATOR, ETHICS_OFFICER, STEWARD)
"""Who can be the second person for what takes two: roles, policies, gates."""

READS_TRAIL = frozenset({AUDITOR, ETHICS_OFFICER, ADMINISTRATOR})
"""Roles that read and export the whole audit trail; others see that of the prompts they see."""


def title(slug: str) -> str:
    """The role's name for a reader; an unknown slug is shown as it is."""
    return TITLES.get(slug, slug)
