"""Who sets up where notices go."""

from audits.identity.policies import ConfigurationPolicy


class EndpointPolicy(ConfigurationPolicy):
    """Administrators set up webhooks, and see what was sent; auditors read it."""
