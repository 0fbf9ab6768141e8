"""Personal data: account and card numbers that pass their checksum, e-mail addresses, telephone numbers."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from prompts.registry.lint.checksums import IBAN_LENGTHS, is_card, is_iban
from prompts.registry.lint.findings import MOST, Finding, Passage, hidden

PERSONAL = "personal-data"
REASON = (
    "A prompt is sent to a model with every call and read by many. Data of a person belongs into a variable, "
    "or nowhere; in an example use made-up data."
)

_IBAN = re.compile(r"(?<![A-Za-z0-9])[A-Z]{2}[0-9]{2}(?=[ A-Z0-9])")
_CARD = re.compile(r"(?<![0-9A-Za-z.,+/_=-])[2-6][0-9](?:[ -]?[0-9]){11,17}(?![0-9A-Za-z_])")
_MAIL = re.compile(
    r"(?<![\w.+@/%-])([A-Za-z0-9_.+-]{1,64})@((?:[A-Za-z0-9-]{1,63}\.){1,4}[A-Za-z]{2,24})(?![\w@-])"
)
_PHONE = re.compile(
    r"(?<![\w+.])\+[1-9](?:[ ()./-]{0,2}[0-9]){8,14}(?![0-9])"
    r"|(?<![\w(])\([2-9][0-9]{2}\) [0-9]{3}-[0-9]{4}(?![0-9])"
)
_MADE_UP = re.compile(
    r"(?i)(?:^|\.)(?:example|test|invalid|localhost|local|domain|email|mail|company|yourcompany|your-company"
    r"|yourdomain|acme|contoso|foo|bar|website|site|placeholder|corp|xyz|abc)(?:\.|$)"
)
_NOBODY = frozenset(
    re.findall(
        r"\S+",
        "git info support contact sales admin administrator help hello noreply no-reply office team press "
        "media security privacy legal postmaster webmaster abuse service feedback jobs careers billing user "
        "username name you your someone email mail test foo root me",
    )
)
_FICTION = re.compile(
    r"^(?:1?[2-9]\d\d555\d{4}|1?555\d{7}|44(?:207946|7700900|1632960).*|1?1234567.*|123456.*)$"
)


class Hit(NamedTuple):
    """Where, what it is, and how much of it may be shown."""

    start: int
    end: int
    what: str
    shown: int


def _ibans(text: str) -> Iterator[Hit]:
    for found in _IBAN.finditer(text):
        wanted = IBAN_LENGTHS.get(found[0][:2], 0)
        letters, at = "", found.start()
        while len(letters) < wanted and at < len(text):
            letter = text[at]
            if letter != " " or text[at - 1] == " ":
                letters += letter
            at += 1
        if wanted and not text[at : at + 1].isalnum() and is_iban(letters):
            yield Hit(found.start(), at, "an account number (IBAN)", 2)


def _cards(text: str) -> Iterator[Hit]:
    for found in _CARD.finditer(text):
        if is_card(re.sub("[ -]", "", found[0])):
            yield Hit(*found.span(), "the number of a payment card", 0)


def _mails(text: str) -> Iterator[Hit]:
    for found in _MAIL.finditer(text):
        local, domain = found[1].lower(), found[2].lower()
        top = found[2].rpartition(".")[2]
        mail = top.islower() or top.isupper()  # value@OData.Community.FormattedValue is none
        if mail and local not in _NOBODY and not _MADE_UP.search(domain):
            yield Hit(*found.span(), "an e-mail address", 1)


def _phones(text: str) -> Iterator[Hit]:
    for found in _PHONE.finditer(text):
        digits = re.sub(r"\D", "", found[0])
        if 9 <= len(digits) <= 15 and len(set(digits)) > 3 and not _FICTION.match(digits):
            yield Hit(*found.span(), "a telephone number", 3)


def find_personal(passage: Passage) -> tuple[list[Finding], list[tuple[int, int]]]:
    """The findings, and the spans that no other rule may quote."""
    hits = [hit for rule in (_ibans, _cards, _mails, _phones) for hit in list(rule(passage.text))]
    findings = [
        Finding(
            PERSONAL,
            f"This looks like {hit.what}",
            REASON,
            passage.place(hit.start, hit.end, hidden(passage.text[hit.start : hit.end], hit.shown)),
        )
        for hit in hits[:MOST]
    ]
    return findings, [(hit.start, hit.end) for hit in hits]
