"""What can be wrong between the portal and the provider."""

from audits.identity.errors import GovernedError


class ProviderTrouble(GovernedError):
    """The provider cannot be reached, or does not answer as its standard says; the log tells more."""

    code = "provider_trouble"
    status = 502


class NotGenuine(GovernedError):
    """An answer that is not the provider's, not for this portal, or not for what was asked."""

    code = "not_genuine"
    status = 400
