"""``regex``: a pattern written for JavaScript, searched for in bounded time."""

import functools
import re

from prompts.evaluations.graders import values
from prompts.evaluations.graders.javascript import SPACES
from prompts.evaluations.graders.outcome import Asked, CannotGrade, Graded, decided, quote
from prompts.evaluations.graders.slow_lane import LANE, BadPattern

SECONDS = 1.0
MAX_PATTERN = 10_000
QUANTIFIER = re.compile(r"\{\d+(,\d*)?\}")
GROUP = re.compile(r"\(\?(:|=|!|<=|<!|<[A-Za-z_]\w*>)")
KNOWN_ESCAPES = set("bBdDwWfnrtv0123456789xu")


class InvalidPattern(ValueError):
    """The pattern is none in JavaScript."""


@functools.lru_cache(maxsize=256)
def translate(pattern: str) -> str:
    """The JavaScript pattern (no flags) in the syntax of Python's ``re``, to be compiled with ``re.ASCII``.

    What differs: named groups, ``\\s`` and ``.`` (Unicode line ends), ``$`` (only the very end), braces that
    are no quantifier, empty classes, escapes without a meaning of their own.
    """
    done: list[str] = []
    at, inside, repeats = 0, False, False
    while at < len(pattern):
        char, rest = pattern[at], pattern[at:]
        step = 1
        if char == "\\":
            word, step = _escape(rest, inside)
            done.append(word)
        elif inside:
            inside = char != "]"
            done.append(
                "\\" + char if char in "[&~|" or (char == "-" and _beside_a_class(pattern, at)) else char
            )
        elif char == "[":
            opening, step, inside = _open_class(rest)
            done.append(opening)
        elif char == "{" and not QUANTIFIER.match(rest):
            done.append(r"\{")
        elif char == "(" and rest.startswith("(?"):
            found = GROUP.match(rest)
            if not found:
                raise InvalidPattern("Invalid group")
            named = found[1].startswith("<") and found[1][1] not in "=!"
            done.append(f"(?P{found[1]}" if named else found[0])
            step = len(found[0])
        elif char in "*+?" or char == "{":
            braces = QUANTIFIER.match(rest)
            step = len(braces[0]) if braces else 1
            if repeats and char != "?":
                # Python 3.11 takes a second + for a possessive quantifier.
                raise InvalidPattern("Nothing to repeat")
            done.append(rest[:step])
            repeats = not repeats
            at += step
            continue
        else:
            done.append({".": r"[^\n\r\u2028\u2029]", "$": r"\Z"}.get(char, char))
        at, repeats = at + step, False
    if inside:
        raise InvalidPattern("Unterminated character class")
    return "".join(done)


def _beside_a_class(pattern: str, at: int) -> bool:
    """Whether the hyphen stands next to ``\\d`` or the like, where it is no range but itself."""
    before, behind = pattern[at - 2 : at], pattern[at + 1 : at + 3]
    return any(part[:1] == "\\" and part[1:] in set("dDsSwW") for part in (before, behind))


def _open_class(rest: str) -> tuple[str, int, bool]:
    """What a class opens with, how many characters that took, and whether the class goes on."""
    if rest.startswith("[^]"):
        return r"[\s\S]", 3, False
    if rest.startswith("[]"):
        return r"(?!)", 2, False
    return ("[^", 2, True) if rest.startswith("[^") else ("[", 1, True)


def _escape(rest: str, inside: bool) -> tuple[str, int]:
    if len(rest) < 2:
        raise InvalidPattern("\\ at the end of the pattern")
    letter = rest[1]
    if letter == "s":
        return (SPACES if inside else f"[{SPACES}]"), 2
    if letter == "S" and not inside:
        return f"[^{SPACES}]", 2
    if letter == "k" and (named := re.match(r"\\k<(\w+)>", rest)):
        return f"(?P={named[1]})", len(named[0])
    if letter == "u" and not re.match(r"\\u[0-9a-fA-F]{4}", rest):
        return "u", 2
    if letter == "x" and not re.match(r"\\x[0-9a-fA-F]{2}", rest):
        return "x", 2
    if letter.isalpha() and letter not in KNOWN_ESCAPES and letter != "S":
        return letter, 2
    return rest[:2], 2


def regex(asked: Asked) -> Graded:
    """Whether the pattern is found anywhere in the output."""
    wanted = values.text(asked)
    if len(wanted) > MAX_PATTERN:
        raise CannotGrade(f"the pattern is longer than {MAX_PATTERN} characters")
    try:
        holds = LANE.search(translate(wanted), asked.text, seconds=SECONDS)
    except (InvalidPattern, BadPattern) as error:
        return Graded(False, 0.0, f"Invalid regex pattern: {error}")
    except TimeoutError:
        raise CannotGrade(f"the pattern {quote(wanted)} took longer than {SECONDS:g} s") from None
    return decided(asked, holds, f"match regex {quote(wanted)}")
