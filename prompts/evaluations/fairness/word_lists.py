"""The words that stand for people of a group: lists as data, one file for each language. Pure."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from audits.identity.errors import Unacceptable
from prompts.registry.library.yaml_texts import load_yaml

FOLDER = Path(__file__).parent / "lists"
DIMENSIONS = ("gender", "origin", "age")
LONGEST_WORD = 60
LONGEST_GROUP = 45
"""Every case names its group, in its name and in a tag."""


@dataclass(frozen=True, slots=True)
class WordLists:
    """``forms``: by gender the words of each slot (``they``, ``title``). ``names``: by origin the first names
    of each gender and ``surname``. ``ages``: by group. The first origin and the first gender are the base.
    """

    language: str
    forms: dict[str, dict[str, str]]
    names: dict[str, dict[str, list[str]]]
    nationalities: dict[str, str]
    ages: dict[str, list[str]]


def languages() -> list[str]:
    """The languages that the portal has lists of, by their codes."""
    return sorted(path.stem for path in FOLDER.glob("*.yaml"))


def lists_in(language: str) -> WordLists:
    """The portal's own lists of a language; raises ``Unacceptable`` for one that it has none of."""
    if language not in languages():
        raise Unacceptable(f"There are lists in {', '.join(languages())}.", field="language")
    return read_lists((FOLDER / f"{language}.yaml").read_text(encoding="utf-8"))


def read_lists(text: str) -> WordLists:
    """Lists as a file has them; raises ``Unacceptable`` with what is wrong."""
    try:
        told = load_yaml(text)
        forms = {_group(group): _words(words) for group, words in told["forms"].items()}
        names, nationalities = {}, {}
        for entry in told["names"]:
            origin = _group(entry["origin"])
            names[origin] = {key: _several(entry[key]) for key in (*forms, "surname") if key in entry}
            nationalities[origin] = _word(entry.get("nationality", origin))
        ages = {_group(group): _several(words) for group, words in told["ages"].items()}
        return WordLists(_word(told["language"]), forms, names, nationalities, ages)
    except (KeyError, TypeError, AttributeError, ValueError, RecursionError) as error:
        why = f"{error} is missing" if isinstance(error, KeyError) else str(error)
        raise Unacceptable(
            f"The lists cannot be read ({why[:200]}); they have language, forms, names and ages.",
            field="lists",
        ) from None


def _word(value: Any) -> str:
    if not isinstance(value, str) or len(value) > LONGEST_WORD:
        raise ValueError(f"{str(value)[:40]!r} is no word of at most {LONGEST_WORD} characters")
    return value


def _group(value: Any) -> str:
    name = str(value).strip()
    if not name or not name.isprintable() or len(name) > LONGEST_GROUP:
        raise ValueError(f"{name[:40]!r} is no name of a group, of at most {LONGEST_GROUP} characters")
    return name


def _words(value: Any) -> dict[str, str]:
    return {_word(key): _word(word) for key, word in value.items()}


def _several(value: Any) -> list[str]:
    if not isinstance(value, list) or not value:
        raise ValueError("a list of words is empty")
    return [_word(one) for one in value]
