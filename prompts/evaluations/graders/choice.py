"""``choice``: which of the lettered options does the output pick?"""

import re
from collections.abc import Sequence

from prompts.evaluations.graders.outcome import Asked, CannotGrade, Graded, turned

LETTERS = "ABCDEFGHIJ"
END = r"(?=[).:\]*\"'`,]|\s*(?:\n|$)|(?<!A)\s)"
"""``A`` before a word may be an article: that is no answer yet."""
BARE = rf"[\s(\[*\"'`]*([A-J]){END}"
AT_FIRST = re.compile(rf"^{BARE}")
TOLD = re.compile(rf"(?i:\b(?:answer|option|choice)(?: is| would be)?:?){BARE}")


def chosen(output: str, options: Sequence[str]) -> str:
    """The letter that is picked: named at first, or as the answer; else that of the only option whose words
    the output has. Empty for none and for several.
    """
    first = AT_FIRST.match(output)
    told = {first[1]} if first else {found[1] for found in TOLD.finditer(output)}
    letters = LETTERS[: len(options)]
    if told:
        return letter if len(told) == 1 and (letter := told.pop()) in letters else ""
    words = _plain(output)
    named = [
        letter for letter, option in zip(letters, options, strict=False)
        if re.search(rf"\b{re.escape(_plain(option))}\b", words)
    ]  # fmt: skip
    return named[0] if len(named) == 1 else ""


def _plain(text: str) -> str:
    return " ".join(re.sub(r"[^\w' ]", " ", text).lower().split())


def choice(asked: Asked) -> Graded:
    """``value`` is the letter of the right option, ``config.options`` are all of them, from A on."""
    options = asked.config.get("options")
    if not isinstance(options, list) or not 2 <= len(options) <= len(LETTERS):
        raise CannotGrade(f"needs between 2 and {len(LETTERS)} config.options")
    right = str(asked.value).strip().upper()
    if right not in LETTERS[: len(options)] or len(right) != 1:
        raise CannotGrade("needs the letter of the right option as value")
    picked = chosen(asked.text, [str(option) for option in options])
    return turned(
        asked, picked == right, f"The output picks {picked or 'no single option'}; {right} is right"
    )
