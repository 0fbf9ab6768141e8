"""Send e-mails that are due. Their words are made here, at the last moment: of unread notices about what the
person may still see. Safe to call twice, at once, and after a kill at any moment.
"""

import logging
import time
from dataclasses import dataclass
from smtplib import SMTPException, SMTPRecipientsRefused, SMTPResponseException
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone

from audits.identity.actors import Actor
from audits.ledger.notes import parse
from audits.ledger.selectors import newest_checkpoint
from audits.notices.models import Letter, Notice
from audits.notices.selectors import due_letters
from audits.notices.services.letters import claim, postpone, settle
from audits.notices.webhooks import excerpt
from portal.mail import is_configured, wants_mail
from portal.selectors.inbox_rows import still_seen

log = logging.getLogger("imprimatur.portal")

BATCH = 50
BUDGET_SECONDS = 40.0
SHOWN = 100
"""Notices that one e-mail tells; of more it gives the number."""


def send_letters(*, budget: float = BUDGET_SECONDS) -> int:
    """Sends what is due over one connection; returns how many went out. Nothing without a mail server."""
    if not is_configured():
        return 0
    letters = list(due_letters(timezone.now()).select_related("user")[:BATCH])
    if not letters:
        return 0
    deadline, sent, connection = time.monotonic() + budget, 0, get_connection()
    try:
        for letter in letters:
            if time.monotonic() > deadline:
                break
            sent += _one(connection, letter)
    finally:
        connection.close()
    return sent


def _one(connection: BaseEmailBackend, letter: Letter) -> bool:
    now = timezone.now()
    if not claim(letter, now):
        return False
    message = compose(letter)
    if message is None:
        settle(letter, Letter.State.EMPTY)
        return False
    message.connection = connection
    try:
        message.send()
    except SMTPRecipientsRefused as error:
        _refused(letter, list(error.recipients.values()))
        return False
    except (SMTPException, OSError) as error:
        connection.close()  # the next letter begins afresh
        log.warning("an e-mail to %s did not go: %r", letter.user.username, error)
        postpone(letter, excerpt(_in_words(error)), now)
        return False
    settle(letter, Letter.State.SENT)
    return True


def _refused(letter: Letter, replies: list[tuple[int, bytes]]) -> None:
    """A recipient that the server does not take: for good where it says 5xx (RFC 5321, 4.2.1)."""
    code, said = replies[0] if replies else (550, b"")
    words = excerpt(f"{code} {said.decode('utf-8', 'replace') if isinstance(said, bytes) else said}")
    if code >= 500:
        settle(letter, Letter.State.FAILED, words)
    else:
        postpone(letter, words, timezone.now())


def _in_words(error: Exception) -> str:
    if isinstance(error, SMTPResponseException):
        said = error.smtp_error
        return f"{error.smtp_code} {said.decode('utf-8', 'replace') if isinstance(said, bytes) else said}"
    return f"{type(error).__name__}: {error}"


@dataclass(frozen=True, slots=True)
class Told:
    """One line of the e-mail."""

    words: str
    at: object
    url: str


def compose(letter: Letter) -> EmailMultiAlternatives | None:
    """The e-mail; None where nothing is unread and still to be seen, or nobody can be written to."""
    user = letter.user
    if not wants_mail(user):
        return None
    rows = list(Notice.objects.filter(letter=letter, read_at__isnull=True).order_by("at", "pk"))
    rows = still_seen(Actor.for_user(user), rows)
    if not rows:
        return None
    newest = newest_checkpoint()
    base = settings.PUBLIC_URL
    context = {
        "person": user,
        "daily": letter.key.startswith("digest/"),
        "rows": [Told(row.words, row.at, f"{base}{row.address}") for row in rows[:SHOWN]],
        "more": max(0, len(rows) - SHOWN),
        "inbox": f"{base}{reverse('admin:inbox')}",
        "preferences": f"{base}{reverse('admin:notice-preferences')}",
        "checkpoint": parse(newest.note).tree.text.splitlines() if newest else [],
        "signed_at": newest.signed_at if newest else None,
    }
    first = " ".join(rows[0].words.split())
    subject = f"{len(rows)} notices" if len(rows) > 1 else first
    message = EmailMultiAlternatives(
        subject=f"{'Daily digest: ' if context['daily'] else ''}{subject}"[:180],
        body=render_to_string("mail/letter.txt", context),
        to=[user.email],
        headers={
            "Message-ID": f"<{letter.uuid}@{urlsplit(base).hostname or 'localhost'}>",
            "List-Unsubscribe": f"<{context['preferences']}>",
            "Auto-Submitted": "auto-generated",
        },
    )
    message.attach_alternative(render_to_string("mail/letter.html", context), "text/html")
    return message
