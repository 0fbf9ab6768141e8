"""What `manage.py check` says of a database that is too old, and of settings that are likely not meant."""

import sqlite3
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.checks import CheckMessage, Error, Warning, register
from django.db import connection

from audits.identity.roles import ROLES
from audits.identity.services.single_sign_on import EVERYBODY, NEW_PEOPLE

HERE = {"127.0.0.1", "::1", "localhost"}
OLDEST_SQLITE = (3, 35, 0)
"""Rows are given back by the statement that writes them (RETURNING), which Django itself can do without."""


@register()
def database(**_: Any) -> list[CheckMessage]:
    """An SQLite that Python was built with long ago."""
    if connection.vendor != "sqlite" or sqlite3.sqlite_version_info >= OLDEST_SQLITE:
        return []
    told = f"Python's SQLite is {sqlite3.sqlite_version}; {'.'.join(map(str, OLDEST_SQLITE))} is the oldest."
    return [Error(told, hint="Use a newer Python, or PostgreSQL.", id="imprimatur.E001")]


@register()
def mail_settings(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """E-mail that goes unencrypted over a network, or whose links lead nowhere."""
    if not settings.MAIL_CONFIGURED:
        return []
    found: list[CheckMessage] = []
    encrypted = settings.EMAIL_USE_TLS or settings.EMAIL_USE_SSL
    if not encrypted and settings.EMAIL_HOST not in HERE:
        hint = "Write smtp+tls:// or smtps:// in EMAIL_URL."
        found.append(Warning("E-mails go to the server unencrypted.", hint=hint, id="imprimatur.W001"))
    if urlsplit(settings.PUBLIC_URL).hostname in HERE:
        hint = "Set PUBLIC_URL to the address that people type."
        found.append(Warning("Links in e-mails lead to loopback.", hint=hint, id="imprimatur.W002"))
    return found


@register()
def single_sign_on(**_: Any) -> list[CheckMessage]:
    """Faults in the ``OIDC_…`` settings; nothing without ``OIDC_ISSUER``."""
    issuer = urlsplit(settings.OIDC_ISSUER)
    if not settings.OIDC_ISSUER:
        left = settings.OIDC_CLIENT_ID or settings.OIDC_GROUPS or settings.OIDC_REPLACES_PASSWORDS
        return (
            [Warning("OIDC_… is set without OIDC_ISSUER: nothing of it counts.", id="sso.W001")]
            if left
            else []
        )
    found: list[CheckMessage] = []
    safe = issuer.scheme == "https" or (issuer.scheme == "http" and issuer.hostname in HERE)
    if not safe or issuer.query or issuer.fragment:
        hint = "It is the provider's address without /.well-known/…, exactly as the provider writes it."
        found.append(Error("OIDC_ISSUER is no https address.", hint=hint, id="sso.E001"))
    if not settings.OIDC_CLIENT_ID:
        found.append(Error("OIDC_CLIENT_ID is missing.", id="sso.E002"))
    named = {role for roles in settings.OIDC_GROUPS.values() for role in roles}
    if unknown := sorted(named - set(ROLES)):
        hint = f"There are {', '.join(ROLES)}."
        found.append(Error(f"OIDC_GROUPS names the role {unknown[0]!r}.", hint=hint, id="sso.E003"))
    if settings.OIDC_NEW_PEOPLE not in NEW_PEOPLE:
        hint = f"Write one of {', '.join(NEW_PEOPLE)}."
        found.append(Error("OIDC_NEW_PEOPLE is none of its words.", hint=hint, id="sso.E004"))
    if "openid" not in settings.OIDC_SCOPES:
        found.append(Error("OIDC_SCOPES lacks openid.", id="sso.E005"))
    if settings.OIDC_FRESH_SECONDS > 900:
        found.append(Error("OIDC_FRESH_SECONDS is more than a quarter of an hour.", id="sso.E006"))
    if settings.OIDC_CLOCK_SKEW > 60:
        found.append(Error("OIDC_CLOCK_SKEW is more than a minute.", id="sso.E007"))
    if issuer.hostname not in HERE and not settings.PUBLIC_URL.startswith("https:"):
        hint = "The provider sends people back to PUBLIC_URL with a code in the address."
        found.append(Warning("PUBLIC_URL is no https address.", hint=hint, id="sso.W002"))
    if settings.OIDC_NEW_PEOPLE == EVERYBODY and not settings.OIDC_GROUPS:
        hint = "They hold no role, but see that there is a portal. OIDC_GROUPS or with-role narrows it."
        found.append(Warning("Whoever the provider knows comes in.", hint=hint, id="sso.W003"))
    return found
