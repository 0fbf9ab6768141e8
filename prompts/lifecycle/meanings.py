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

PASSWORD, SECOND_FACTOR, SINGLE_SIGN_ON = "password", "password+totp", "sso"
AUTHENTICATIONS = (PASSWORD, SECOND_FACTOR, SINGLE_SIGN_ON)
"""How a signer can have proved, just before signing, who he is."""

STRONG = f"{SECOND_FACTOR}/{SINGLE_SIGN_ON}"
ACCEPTED: dict[str, tuple[str, ...]] = {
    PASSWORD: AUTHENTICATIONS,
    STRONG: (SECOND_FACTOR, SINGLE_SIGN_ON),
    SECOND_FACTOR: (SECOND_FACTOR,),
    SINGLE_SIGN_ON: (SINGLE_SIGN_ON,),
}
"""What a policy can demand at signing, and by which authentications that is met."""

DEMANDS = {
    PASSWORD: "the password once more",
    STRONG: "a second factor or a new single sign-on",
    SECOND_FACTOR: "a second factor",
    SINGLE_SIGN_ON: "a new single sign-on",
}
"""The same in words."""
