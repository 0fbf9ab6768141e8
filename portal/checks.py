"""What `manage.py check` says of settings that work and are likely not meant."""

from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.checks import CheckMessage, Warning, register

HERE = {"127.0.0.1", "::1", "localhost"}


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
