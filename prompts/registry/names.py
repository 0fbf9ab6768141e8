"""Names of prompts: what one may look like, and how one is made from a title. Pure.

A name is the collection's slug, a slash, and one or more segments (``clinic/triage``). ``@`` and a closing
``:3`` are refused because ``clinic/triage@3`` and ``clinic/triage:3`` are how versions are written.
"""

import re
import unicodedata

from audits.identity.errors import Unacceptable

LONGEST = 255
RESERVED = frozenset(
    {
        *("versions", "releases", "released", "gate", "history", "render", "canonical", "new", "metrics"),
        "prompt-detail",
    }
)
"""Segments that addresses of the portal end or go on with."""

_VERSION_LIKE = re.compile(r":\d+$")
_NOT_IN_SLUG = re.compile(r"[\W_]+")


def check_name(name: object, *, field: str = "name") -> str:
    """Returns ``name`` unchanged if it may name a prompt; raises ``Unacceptable`` that says what is wrong."""

    def fault(reason: str) -> Unacceptable:
        return Unacceptable(f"The name {reason}", field=field)

    if not isinstance(name, str) or not name:
        raise fault("is missing.")
    if len(name) > LONGEST:
        raise fault(f"has {len(name)} characters; {LONGEST} are the most.")
    for character in name:
        if unicodedata.category(character) in {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}:
            raise fault(f"holds a character that cannot be printed (U+{ord(character):04X}).")
        if character in "|@\\":
            raise fault(f"may not hold {character!r}.")
    if "%2f" in name.lower():
        raise fault("may not hold '%2F'; write a slash.")
    if _VERSION_LIKE.search(name):
        raise fault("may not end in a colon and a number, which is how a version is written.")
    segments = name.split("/")
    if len(segments) < 2:
        raise fault("has no folder; write collection/name.")
    for segment in segments:
        if not segment or segment != segment.strip() or segment in {".", ".."}:
            raise fault("has an empty segment, or one that begins or ends with a space, or is a dot.")
        if segment.lower() in RESERVED:
            raise fault(f"may not have the segment {segment!r}, which addresses of the portal use.")
    return name


def collection_of(name: str) -> str:
    """The slug of the collection that the name stands in: its first segment."""
    return name.partition("/")[0]


def slug_of(title: str) -> str:
    """A name's last segment from a title: small letters and digits of any script, joined by hyphens.

    ``"Ünïcode & more"`` gives ``ünïcode-more``; a title without any letter gives ``prompt``; a reserved word
    gets ``-prompt`` behind it.
    """
    folded = unicodedata.normalize("NFC", title).lower()
    kept = "".join(character for character in folded if unicodedata.category(character)[0] in "LNMPSZ")
    slug = _NOT_IN_SLUG.sub("-", kept).strip("-") or "prompt"
    return f"{slug}-prompt" if slug in RESERVED else slug
