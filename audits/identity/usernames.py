"""When two user names are the same name to a reader. Pure."""

import unicodedata

LOOKS_LIKE = str.maketrans(
    "абеорсухікјѕԁһӏɡαορυκιν",
    "abeopcyxikjsdhlgaopukiv",
)
"""Small Cyrillic and Greek letters that stand for Latin ones to the eye."""


RESERVED = frozenset({"nobody", "scheduler", "system"})
"""Names under which the portal itself stands in the record."""


def folded(name: str) -> str:
    """The form in which names are compared: compatibility forms, case and look-alikes are no difference."""
    wide = unicodedata.normalize("NFKC", name).casefold()
    return unicodedata.normalize("NFKC", wide).translate(LOOKS_LIKE)


def why_not(name: str) -> str:
    """Why this cannot be a new user name; empty where it can."""
    if not name or name != unicodedata.normalize("NFKC", name) or len(name) > 150:
        return "A user name has letters, digits and @ . + - _, in their plain forms, at most 150."
    if folded(name) in RESERVED:
        return "The portal itself acts under this name."
    if not all(sign.isalnum() or sign in "@.+-_" for sign in name):
        return "A user name has letters, digits and @ . + - _ only."
    scripts = {unicodedata.name(sign, "?").split()[0] for sign in name if sign.isalpha()}
    if len(scripts) > 1:
        return "The letters of a user name are of one script: mixed ones cannot be told apart."
    return ""
