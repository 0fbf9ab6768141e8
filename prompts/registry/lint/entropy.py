"""How random a text looks, in bits per character (Shannon 1948), and what is only a stand-in for a secret."""

import base64
import binascii
import math
import re
from collections import Counter

_STAND_IN = re.compile(
    r"(?i)example|placeholder|your|xxx|\*\*\*|\.\.\.|…|dummy|redacted|changeme|insert|replace|<|>|\{|\}|\$|•"
)

_BY_HAND = re.compile(r"(?i)12345|abcd|abc123|xyz|secret|passwor|_?key_|test|sample|mysql|postgres")
_SAMPLE = re.compile(rb"(?i)john doe|jane doe|example|foo")


def entropy(text: str) -> float:
    """Bits per character of the text's own letters."""
    if not text:
        return 0.0
    total = len(text)
    return -sum(count / total * math.log2(count / total) for count in Counter(text).values())


def is_stand_in(text: str) -> bool:
    """Whether the text says of itself that it is none: ``your-key``, ``xxxx``, ``<TOKEN>``, ``$SECRET``."""
    return bool(_STAND_IN.search(text)) or len(set(text)) < 6


def is_written_by_hand(text: str) -> bool:
    """Whether it is a stand-in, or holds what chance does not write: ``abc123``, ``secret_key``."""
    return is_stand_in(text) or bool(_BY_HAND.search(text))


def is_sample_token(text: str) -> bool:
    """Whether a JWT (RFC 7519) carries the claims of a textbook's example."""
    parts = text.split(".")
    if len(parts) != 3:
        return False
    try:
        claims = base64.urlsafe_b64decode(parts[1] + "=" * (-len(parts[1]) % 4))
    except (ValueError, binascii.Error):
        return False
    return bool(_SAMPLE.search(claims))


def kinds(text: str) -> tuple[int, int, int]:
    """How many small letters, capitals and digits of ASCII there are."""
    small = sum("a" <= letter <= "z" for letter in text)
    capital = sum("A" <= letter <= "Z" for letter in text)
    return small, capital, sum("0" <= letter <= "9" for letter in text)
