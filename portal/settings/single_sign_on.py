"""The organisation's own sign-in by OpenID Connect; without ``OIDC_ISSUER`` there is none."""

import json

from django.core.exceptions import ImproperlyConfigured

from portal.settings import env


def group_roles(name: str) -> dict[str, list[str]]:
    """A JSON object from groups of the provider to roles, each one role or a list of them."""
    raw = env.text(name, "{}").strip() or "{}"
    try:
        told = json.loads(raw)
        return {
            str(group): [roles] if isinstance(roles, str) else [str(role) for role in roles]
            for group, roles in told.items()
        }
    except (ValueError, TypeError, AttributeError):
        raise ImproperlyConfigured(
            f'{name} is no JSON object such as {{"prompt-stewards": "steward", "board": ["auditor"]}}.'
        ) from None


OIDC_ISSUER = env.text("OIDC_ISSUER").strip()
OIDC_CLIENT_ID = env.text("OIDC_CLIENT_ID").strip()
OIDC_CLIENT_SECRET = env.text("OIDC_CLIENT_SECRET").strip()
# What people call it: "Sign in with …".
OIDC_NAME = env.text("OIDC_NAME", "single sign-on").strip()
OIDC_SCOPES = env.text("OIDC_SCOPES", "openid profile email").split()
OIDC_USERNAME_CLAIM = env.text("OIDC_USERNAME_CLAIM", "preferred_username").strip()
OIDC_GROUPS_CLAIM = env.text("OIDC_GROUPS_CLAIM", "groups").strip()
OIDC_GROUPS = group_roles("OIDC_GROUPS")
# Whom the portal does not know yet: wait for an administrator; with-role, who has a role by a group, comes in
# at once; everybody.
OIDC_NEW_PEOPLE = env.text("OIDC_NEW_PEOPLE", "wait").strip()
# Whether people who are connected no longer have a use for a password.
OIDC_REPLACES_PASSWORDS = env.flag("OIDC_REPLACES_PASSWORDS", default=False)
# How long after proving at the provider who one is a signature may be made, in seconds.
OIDC_FRESH_SECONDS = env.number("OIDC_FRESH_SECONDS", 120, least=1)
# How far the provider's clock and ours may differ, in seconds.
OIDC_CLOCK_SKEW = env.number("OIDC_CLOCK_SKEW", 10)
# Levels of authentication, one of which the provider has to confirm before a signature counts.
OIDC_ACR_VALUES = env.text("OIDC_ACR_VALUES").split()
