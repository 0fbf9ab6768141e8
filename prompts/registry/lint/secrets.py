"""Secrets: keys of known vendors, private keys, passwords in addresses, values that are called a secret."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from prompts.registry.lint.entropy import entropy, is_sample_token, is_stand_in, is_written_by_hand, kinds
from prompts.registry.lint.findings import MOST, Finding, Passage, hidden
from prompts.registry.lint.vendors import EXACT, FORMATS

SECRET = "secret"  # noqa: S105  the code of a rule
ENTROPY = "entropy"
REASON = (
    "Whoever reads the prompt or its answers can use it, and its history keeps it. Take it out, hand it to "
    "the application in another way, and replace it where it was issued."
)
RANDOM = (
    "It looks like a key: long, and without any pattern. If it is one, take it out; a prompt is read by many."
)

_BEGIN = re.compile(r"-----BEGIN (?:[A-Z0-9]{1,12} ){0,3}PRIVATE KEY(?: BLOCK)?-----")
_BODY = re.compile(r"[A-Za-z0-9+/]{24}")
_IN_ADDRESS = re.compile(r"://[^\s/:@]{1,64}:([^\s/:@]{6,128})@(?=[\w\[])")
_CALLED = re.compile(
    r"""(?i)(?<![A-Za-z0-9])(?:api[_ -]?key|(?:client|app|shared)[_ -]?secret|secret[_ -]?(?:access[_ -]?)?key
    |(?:access|auth|api|bearer|refresh)[_ -]?token|bearer|token|secret|pass(?:word|wd|phrase)|pwd)
    ["'`*]{0,3}(?:\s{0,3}(?:=>|:=|[:=]|\bis\b)\s{0,3}|(?<=bearer)\s)["'`*]{0,3}
    ([^\s"'`,;()\[\]]{8,200})""",
    re.VERBOSE,
)
_RANDOM = re.compile(r"(?<![A-Za-z0-9+/_=.:-])[A-Za-z0-9+/_-]{32,128}={0,2}(?![A-Za-z0-9+/_=-])")


class Hit(NamedTuple):
    """A secret in a text: which rule, where, what it is, and how much of it may be shown."""

    code: str
    start: int
    end: int
    what: str
    shown: int


def _vendors(text: str) -> Iterator[Hit]:
    for vendor, shown, marks, pattern in FORMATS:
        if not any(mark in text for mark in marks):
            continue  # most texts hold no key, and this is what makes reading a long one quick
        for found in pattern.finditer(text):
            value = found[0][shown:]
            digits = kinds(value)[2]
            real = digits >= 2 and entropy(value) >= 2.8 and not is_stand_in(value)
            if vendor in EXACT or (real and not is_sample_token(found[0])):
                yield Hit(SECRET, *found.span(), f"a key of {vendor}", shown)


def _private_keys(text: str) -> Iterator[Hit]:
    for found in _BEGIN.finditer(text):
        if _BODY.search(text, found.end(), found.end() + 400):
            end = text.find("-----END", found.end(), found.end() + 20_000)
            stop = end if end >= 0 else min(len(text), found.end() + 4_000)
            yield Hit(SECRET, found.start(), stop, "a private key", 10)


def _addresses(text: str) -> Iterator[Hit]:
    for found in _IN_ADDRESS.finditer(text):
        value = found[1]
        if not is_stand_in(value) and value.lower() not in {"password", "passwort", "secret"}:
            yield Hit(SECRET, *found.span(1), "a password in an address", 0)


def _called(text: str) -> Iterator[Hit]:
    for found in _CALLED.finditer(text):
        value = found[1].rstrip(".!?:*")
        small, capital, digits = kinds(value)
        mixed = digits >= 2 and small + capital >= 4
        random = len(value) >= 16 and entropy(value) >= 3.2
        password = len(value) >= 10 and small and capital and small + capital + digits < len(value)
        if mixed and (random or password) and not is_written_by_hand(value) and "://" not in value:
            yield Hit(
                SECRET, found.start(1), found.start(1) + len(value), "a value that is called a secret", 0
            )


def _random(text: str) -> Iterator[Hit]:
    for found in _RANDOM.finditer(text):
        value = found[0]
        small, capital, digits = kinds(value)
        # Digests and identifiers in hexadecimal have at most 4 bits, paths and names few digits.
        if min(small, capital) >= 5 and digits >= 4 and value.count("/") < 3 and entropy(value) >= 4.4:
            if is_written_by_hand(value):
                continue
            yield Hit(ENTROPY, *found.span(), "a long random text", 0)


def find_secrets(passage: Passage) -> tuple[list[Finding], list[tuple[int, int]]]:
    """The findings, and the spans that no other rule may quote; each place once, by its clearest rule."""
    taken: list[tuple[int, int]] = []
    findings: list[Finding] = []
    text = passage.text
    for rule in (_private_keys, _vendors, _addresses, _called, _random):
        blotted = passage.without(taken).text if taken else text
        hits = list(rule(blotted))
        taken += [(hit.start, hit.end) for hit in hits]
        findings += [_told(passage, hit) for hit in hits[:MOST]]
    return findings, taken


def _told(passage: Passage, hit: Hit) -> Finding:
    excerpt = hidden(passage.text[hit.start : hit.end], hit.shown)
    title = f"This looks like {hit.what}"
    reason = RANDOM if hit.code == ENTROPY else REASON
    return Finding(hit.code, title, reason, passage.place(hit.start, hit.end, excerpt))
