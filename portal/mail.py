"""Whether the portal sends e-mail at all, and to whom."""

from django.conf import settings

from audits.identity.models import User


def is_configured() -> bool:
    """Whether a mail server is set."""
    return bool(settings.MAIL_CONFIGURED)


def wants_mail(user: User) -> bool:
    """Whether the person can be written to."""
    return is_configured() and bool(user.email) and user.is_let_in
