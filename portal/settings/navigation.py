"""What stands in the sidebar: for each role at most three groups of at most seven entries.

An entry is (title, icon, name of its address, what waits there). The address is also what makes an entry
current: a page belongs to the entry whose address is the longest beginning of its own.
"""

from typing import NamedTuple

from audits.identity.roles import (
    ADMINISTRATOR,
    AUDITOR,
    DOCUMENTATION_SPECIALIST,
    DOMAIN_EXPERT,
    ENGINEER,
    ETHICS_OFFICER,
    STEWARD,
)


class Entry(NamedTuple):
    """One line of the sidebar; ``waits`` names a counter of ``portal.waiting``."""

    title: str
    icon: str
    to: str
    waits: str = ""


HOME = Entry("Home", "home", "admin:index")
PROMPTS = Entry("Prompts", "doc", "admin:prompts")
UNDOCUMENTED = Entry("Undocumented", "queue", "admin:documentation")
FRAGMENTS = Entry("Fragments", "puzzle", "admin:fragments")
DESK = Entry("Approval desk", "desk", "admin:desk", "desk")
WORKLISTS = Entry("Work lists", "flag", "admin:worklists")
DUPLICATES = Entry("Near-duplicates", "copy", "admin:duplicates")
EVALUATIONS = Entry("Evaluations", "chart", "admin:evaluations")
SUITES = Entry("Suites", "queue", "admin:evaluations_suite_changelist")
RELEASES = Entry("Releases", "released", "admin:releases")
USE = Entry("Use", "pulse", "admin:use")
TRAIL = Entry("Audit trail", "shield", "admin:trail")
REQUIREMENTS = Entry("Requirements", "pass", "admin:requirements")
EXPORTS = Entry("My exports", "download", "admin:exports")

PEOPLE = Entry("People", "user", "admin:identity_user_changelist")
TEAMS = Entry("Teams", "people", "admin:identity_team_changelist")
KEYS = Entry("Keys", "key", "admin:identity_serviceaccount_changelist")
COLLECTIONS = Entry("Collections", "folder", "admin:registry_collection_changelist")
ENVIRONMENTS = Entry("Environments", "box", "admin:registry_environment_changelist")
APPROVAL_POLICIES = Entry("Approval policies", "seal", "admin:policies")
STANDARDS = Entry("Standards", "doc", "admin:registry_documentationstandard_changelist")
LINT = Entry("Lint", "search", "admin:registry_lintpolicy_changelist")
DIMENSIONS = Entry("Dimensions", "queue", "admin:registry_dimension_changelist")
GATES = Entry("Gates", "lock", "admin:releases_gatepolicy_changelist")
PROVIDERS = Entry("Providers", "term", "admin:evaluations_provider_changelist")
WEBHOOKS = Entry("Webhooks", "send", "admin:notices_endpoint_changelist")
SCHEDULES = Entry("Schedules", "clock", "admin:evaluations_schedule_changelist")

Group = tuple[str, tuple[Entry, ...]]

SIGNER: tuple[Group, ...] = (
    ("Waiting for me", (HOME, DESK)),
    ("Look into", (PROMPTS, EVALUATIONS, SUITES, RELEASES, USE)),
    ("Prove", (TRAIL, EXPORTS, REQUIREMENTS, APPROVAL_POLICIES)),
)

NAVIGATION: dict[str, tuple[Group, ...]] = {
    ENGINEER: (
        ("Write", (HOME, PROMPTS, FRAGMENTS)),
        ("Try", (EVALUATIONS, SUITES)),
        ("Run", (RELEASES, USE)),
    ),
    STEWARD: (
        ("Write", (HOME, PROMPTS, FRAGMENTS, DESK, UNDOCUMENTED, WORKLISTS, DUPLICATES)),
        ("Try", (EVALUATIONS, SUITES, SCHEDULES)),
        ("Run", (RELEASES, USE, APPROVAL_POLICIES, EXPORTS)),
    ),
    DOMAIN_EXPERT: (
        ("Waiting for me", (HOME, DESK)),
        ("Look into", (PROMPTS, EVALUATIONS, SUITES)),
    ),
    ETHICS_OFFICER: SIGNER,
    DOCUMENTATION_SPECIALIST: (
        ("Waiting for me", (HOME, UNDOCUMENTED, DESK)),
        ("Look into", (PROMPTS, EVALUATIONS, STANDARDS)),
    ),
    AUDITOR: (
        ("Prove", (HOME, TRAIL, EXPORTS, REQUIREMENTS)),
        ("Look into", (PROMPTS, DESK, EVALUATIONS, RELEASES, USE)),
        ("Rules", (APPROVAL_POLICIES, STANDARDS, GATES, KEYS, PEOPLE)),
    ),
    ADMINISTRATOR: (
        ("Configure", (HOME, PEOPLE, TEAMS, KEYS, COLLECTIONS, ENVIRONMENTS, DIMENSIONS)),
        ("Rules", (APPROVAL_POLICIES, STANDARDS, LINT, GATES, PROVIDERS, SUITES, SCHEDULES)),
        ("Look into", (PROMPTS, EVALUATIONS, RELEASES, USE, TRAIL, EXPORTS, WEBHOOKS)),
    ),
}

NOBODY: tuple[Group, ...] = (("Look into", (HOME, PROMPTS)),)
"""For somebody who holds no role."""

FIRST = (ADMINISTRATOR, AUDITOR, ETHICS_OFFICER, STEWARD, ENGINEER, DOMAIN_EXPERT, DOCUMENTATION_SPECIALIST)
"""Which role's sidebar somebody with several roles gets; the other roles' entries are added to it."""
