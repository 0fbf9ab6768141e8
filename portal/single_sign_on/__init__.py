"""The relying party of OpenID Connect: where the provider is, what it answers, whether that is genuine."""
