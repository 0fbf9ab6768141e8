"""What a signature can mean, by role: the signer chooses one of these sentences. Pure."""

from audits.identity.roles import DOCUMENTATION_SPECIALIST, DOMAIN_EXPERT, ETHICS_OFFICER, STEWARD

MEANINGS: dict[str, tuple[str, ...]] = {
    DOMAIN_EXPERT: (
        "Correct and safe for the intended use",
        "Correct and safe within the limits named in my comment",
    ),
    ETHICS_OFFICER: (
        "Examined for bias and harm",
        "Examined for bias and harm; the remaining risk is acceptable",
    ),
    DOCUMENTATION_SPECIALIST: ("Documentation is complete and understandable",),
    STEWARD: ("Ready for use under my stewardship",),
}

DOCUMENTED = MEANINGS[DOCUMENTATION_SPECIALIST][0]
"""What a signature under the documentation of a version means."""

AUTHENTICATIONS = ("password", "password+totp", "sso")
"""How a signer can have proved, just before signing, who he is."""
