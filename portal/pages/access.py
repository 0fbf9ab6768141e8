"""Who may open which address: the one table. An address that is missing here fails a test.

The pages ask policies; this table says what the answer must be, and a test tries every address with every
kind of person. Names are those of the address book (``admin:prompts``); the addresses of programs have none
and stand under their path.
"""

OPEN = "open"
"""Anybody, signed in or not."""
PERSON = "person"
"""Whoever is signed in; what is shown is narrowed to what that person may see."""
SEES = "sees"
"""Whoever may see the prompt that it is about; for others it is not there."""
OWN = "own"
"""Whom it belongs to; for others it is not there."""
WRITES = "writes"
"""Whoever may write that prompt; others who see it are refused."""
CREATES = "creates"
"""Writers who hold the right to write in some collection."""
DOCUMENTS = "documents"
"""Whoever may write the prompt, and documentation specialists who see it."""
FREEZES = "freezes"
"""Ethics officers, and stewards, who see the prompt."""
EVALUATES = "evaluates"
"""Whoever writes suites and cases at all."""
TRAIL = "trail"
"""Auditors, ethics officers and administrators."""
POLICY = "policy"
"""Those who read the rules: auditors, ethics officers, stewards and administrators."""
STANDARDS = "standards"
"""Those who read the rules, and documentation specialists."""
CONFIG = "config"
"""Those who read the configuration: auditors and administrators."""
STEWARDS = "stewards"
"""Stewards, for the prompts that they see."""
HANDS_OVER = "hands over"
"""Administrators, and stewards for what they may write."""
ADMIN = "admin"
"""Administrators."""
CONFIRMS = "confirms"
"""Administrators, ethics officers and stewards: the second person for roles that sign, and keepers
of word lists."""
NOBODY = "nobody"
"""Nobody: the address exists in the framework and is shut here."""
KEY = "key"
"""Programs with a key; 401 without. The key's verbs and scope decide."""
SETUP = "setup"
"""Whoever holds the one-time token, as long as there are no people; then it is not there."""

PAGES = {
    "root": OPEN,
    "robots": OPEN,
    "setup": SETUP,
    "admin:login": OPEN,
    "admin:sign-in-code": OPEN,
    "admin:single-sign-on": OPEN,
    "admin:single-sign-on-back": OPEN,
    "admin:account": PERSON,
    "admin:set-password": OPEN,
    "admin:person-access": ADMIN,
    "admin:proposals": CONFIRMS,
    "admin:requirements": TRAIL,
    "admin:policies": POLICY,
    "admin:policy": POLICY,
    "admin:policy-new": ADMIN,
    "admin:policy-change": ADMIN,
    "admin:policy-proposal": POLICY,
    "admin:forms": PERSON,
    "admin:form": PERSON,
    "admin:form-people": CONFIG,
    "admin:second-factor": PERSON,
    "admin:logout": PERSON,
    "admin:password_change": PERSON,
    "admin:password_change_done": PERSON,
    "admin:jsi18n": PERSON,
    "admin:autocomplete": PERSON,
    "admin:index": PERSON,
    "admin:search-suggest": PERSON,
    "admin:prompts": PERSON,
    "admin:prompt-new": CREATES,
    "admin:fragments": PERSON,
    "admin:fragment-propose": SEES,
    "admin:prompt": SEES,
    "admin:prompt-edit": DOCUMENTS,
    "admin:prompt-access": SEES,
    "admin:prompt-archive": WRITES,
    "admin:prompt-rename": WRITES,
    "admin:comment": SEES,
    "admin:comment-settle": SEES,
    "admin:watch": SEES,
    "admin:inbox": PERSON,
    "admin:notice-open": OWN,
    "admin:notice-preferences": PERSON,
    "admin:deliveries": CONFIG,
    "admin:search-save": PERSON,
    "admin:search-forget": OWN,
    "admin:variant-new": SEES,
    "admin:variant-link": SEES,
    "admin:variant-unlink": SEES,
    "admin:variant-clauses": SEES,
    "admin:draft-new": SEES,
    "admin:draft": WRITES,
    "admin:draft-preview": SEES,
    "admin:submit": SEES,
    "admin:compare": SEES,
    "admin:version": SEES,
    "admin:duplicates": PERSON,
    "admin:merge": PERSON,
    "admin:fragment-put-in": SEES,
    "admin:beside": SEES,
    "admin:worklists": STEWARDS,
    "admin:hand-over": HANDS_OVER,
    "admin:desk": PERSON,
    "admin:desk-request": SEES,
    "admin:desk-read": SEES,
    "admin:desk-remind": SEES,
    "admin:desk-failure": SEES,
    "admin:desk-pace": POLICY,
    "admin:delegations": PERSON,
    "admin:documentation": PERSON,
    "admin:prompt-card": SEES,
    "admin:releases": PERSON,
    "admin:release": SEES,
    "admin:release-withdraw": SEES,
    "admin:freeze": FREEZES,
    "admin:release-history": SEES,
    "admin:schedule-cancel": SEES,
    "admin:emergency-new": SEES,
    "admin:emergency": SEES,
    "admin:inherited": PERSON,
    "admin:adopt": STEWARDS,
    "admin:second-person": PERSON,
    "admin:gate": POLICY,
    "admin:gate-new": ADMIN,
    "admin:evaluations": PERSON,
    "admin:suite": SEES,
    "admin:suite-upload": EVALUATES,
    "admin:recorded-outputs": ADMIN,
    "admin:suite-ready": EVALUATES,
    "admin:run-start": SEES,
    "admin:run": SEES,
    "admin:run-state": SEES,
    "admin:run-cancel": SEES,
    "admin:run-pause": SEES,
    "admin:run-resume": SEES,
    "admin:result": SEES,
    "admin:evaluation-costs": PERSON,
    "admin:result-output": SEES,
    "admin:result-received": SEES,
    "admin:run-matrix": SEES,
    "admin:run-results": SEES,
    "admin:graders": PERSON,
    "admin:run-grade": SEES,
    "admin:run-measures": SEES,
    "admin:run-measures-file": SEES,
    "admin:suite-by-group": SEES,
    "admin:suite-trend": SEES,
    "admin:result-override": SEES,
    "admin:use": PERSON,
    "admin:call": SEES,
    "admin:call-output": SEES,
    "admin:call-case": SEES,
    "admin:prompt-viewers": TRAIL,
    "admin:prompt-purpose": SEES,
    "admin:prompt-sensitive": SEES,
    "admin:prompt-viewers-file": TRAIL,
    "admin:trail": PERSON,
    "admin:trail-person": PERSON,
    "admin:trail-export": PERSON,
    "admin:trail-checkpoint": PERSON,
    "admin:trail-proof": PERSON,
    "admin:trail-consistency": PERSON,
    "admin:trail-verify": TRAIL,
    "admin:trail-verification": TRAIL,
    "admin:trail-check": TRAIL,
    "admin:erasures": POLICY,
    "admin:retention": POLICY,
    "admin:retention-kind": POLICY,
    "admin:holds": POLICY,
    "admin:exports": PERSON,
    "admin:exports-state": PERSON,
    "admin:evidence": PERSON,
    "admin:export-file": OWN,
    "admin:export-checkpoint": OWN,
    "admin:export-cancel": OWN,
    "admin:identity_serviceaccount_revoke": CONFIG,
}
"""Pages; where an address only takes forms, opening it leads back to the page for those who see the thing."""

MODELS = {
    "identity_user": (CONFIG, ADMIN, CONFIG),
    "identity_team": (CONFIG, ADMIN, CONFIG),
    "identity_serviceaccount": (CONFIG, ADMIN, CONFIG),
    "notices_endpoint": (CONFIG, ADMIN, CONFIG),
    "identity_requiredform": (CONFIG, ADMIN, CONFIG),
    "registry_environment": (CONFIG, ADMIN, CONFIG),
    "registry_collection": (PERSON, ADMIN, SEES),
    "registry_dimension": (PERSON, ADMIN, PERSON),
    "registry_documentationstandard": (STANDARDS, ADMIN, STANDARDS),
    "registry_prompt": (PERSON, PERSON, PERSON),
    "registry_lintpolicy": (POLICY, NOBODY, POLICY),
    "lifecycle_approvalpolicy": (POLICY, ADMIN, POLICY),
    "releases_gatepolicy": (POLICY, NOBODY, POLICY),
    "evaluations_provider": (CONFIG, ADMIN, CONFIG),
    "evaluations_collectionbudget": (CONFIG, ADMIN, CONFIG),
    "evaluations_wordlist": (PERSON, CONFIRMS, PERSON),
    "evaluations_suite": (PERSON, EVALUATES, SEES),
    "evaluations_case": (PERSON, EVALUATES, SEES),
    "evaluations_schedule": (PERSON, EVALUATES, SEES),
}
"""Models of the admin: who opens the list, the form for a new row, one row. Nobody deletes."""

HISTORY = {"registry_prompt": SEES}
"""Where the history is for others than the row."""

PROGRAMS = {"api/": KEY, "v1/": KEY, "metrics": KEY, "^(api|v1)/": KEY}
"""Addresses of programs by the beginning of their path."""


def table() -> dict[str, str]:
    """Every named address with who may open it."""
    rows = dict(PAGES)
    for name, (lists, adds, opens) in MODELS.items():
        history = HISTORY.get(name, opens)
        rows |= {
            f"admin:{name}_changelist": lists,
            f"admin:{name}_add": adds,
            f"admin:{name}_change": opens,
            f"admin:{name}_history": history,
            f"admin:{name}_simple_history": history,
            f"admin:{name}_delete": NOBODY,
        }
    return rows
