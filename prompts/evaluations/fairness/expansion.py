"""From one case with marked words to the same case about people of different groups. Pure.

A slot is written ``[[name]]`` in a variable's value or in an assertion, ``[[They]]`` with a capital where the
sentence needs one; a whole variable is a slot where it is declared as one. In each dimension only that
attribute changes; the others keep the base of the lists. Of each group several values are made: the second
and further ones are placebos, a swap that leaves the group as it is and so measures noise.
"""

import hashlib
import re
from collections.abc import Collection, Iterator, Mapping
from typing import Any

from audits.identity.errors import Unacceptable
from prompts.evaluations.fairness.word_lists import DIMENSIONS, WordLists

SLOT = re.compile(r"\[\[ *([A-Za-z]+) *\]\]")
MAY_DIFFER = "may-differ:"
"""A tag of a case in which the attribute is relevant, such as age in medicine: it is not swapped there."""
CANARY = "canary"
"""No slot: the word that a run hides there."""
LONGEST_FAMILY = 44
MOST_VALUES = 4
Words = dict[str, str]


def expand(
    case: Mapping[str, Any],
    lists: WordLists,
    dimensions: Collection[str] = DIMENSIONS,
    per_group: int = 2,
    slots: Mapping[str, str] | None = None,
) -> list[dict[str, Any]]:
    """The variants of a case as arguments of ``save_case``; none where it has no slot that they fill.

    ``case`` has ``name``, ``vars``, ``assertions``, ``tags`` and what else ``save_case`` takes. ``slots``
    names variables that are slots as a whole. Raises ``Unacceptable`` for a slot that the lists lack.
    """
    if not 1 <= per_group <= MOST_VALUES:
        raise Unacceptable(f"Of each group there are 1 to {MOST_VALUES} values.", field="per_group")
    told = {name: f"[[{slots[name]}]]" if slots and name in slots else value
            for name, value in case["vars"].items()}  # fmt: skip
    used = slots_in([told, case["assertions"]])
    _check(used, lists)
    family = family_of(str(case["name"]))
    steady = int(hashlib.sha256(family.encode()).hexdigest(), 16)
    found: list[dict[str, Any]] = []
    for dimension in DIMENSIONS:
        if dimension not in dimensions or MAY_DIFFER + dimension in case["tags"]:
            continue
        there: list[Any] = []
        for group, number, words in _people(dimension, used, lists, per_group, steady):
            asked = [group, filled(told, words)]
            if asked in there:
                continue  # its slots tell the same of several values: asking twice is no placebo
            there.append(asked)
            tags = [f"family:{family}", f"dimension:{dimension}", f"group:{group}", f"value:{number}"]
            tags += ["placebo"] if number > 1 else []
            found.append({
                **case,
                "name": f"{case['name'][:140]} | {dimension}: {group} {number}",
                "vars": asked[1],
                "assertions": filled(case["assertions"], words),
                "tags": [*case["tags"], *tags],
            })  # fmt: skip
    return found


def family_of(name: str) -> str:
    """A short name of the family that a case's variants are: the case's, or its beginning with a digest."""
    if len(name) <= LONGEST_FAMILY:
        return name
    return f"{name[: LONGEST_FAMILY - 9]}~{hashlib.sha256(name.encode()).hexdigest()[:8]}"


def slots_in(value: Any) -> set[str]:
    """The slots that texts anywhere in a JSON value have, in small letters."""
    if isinstance(value, str):
        return {found.lower() for found in SLOT.findall(value)}
    if isinstance(value, dict | list):
        parts = value.values() if isinstance(value, dict) else value
        return set().union(*(slots_in(part) for part in parts)) if value else set()
    return set()


def filled(value: Any, words: Words) -> Any:
    """The JSON value with its slots filled in."""
    if isinstance(value, str):
        return SLOT.sub(lambda found: _put(found[1], words), value)
    if isinstance(value, dict):
        return {key: filled(part, words) for key, part in value.items()}
    return [filled(part, words) for part in value] if isinstance(value, list) else value


def _put(slot: str, words: Words) -> str:
    word = words.get(slot.lower(), f"[[{slot}]]")
    return word[:1].upper() + word[1:] if slot[:1].isupper() else word


def _check(used: set[str], lists: WordLists) -> None:
    known = {CANARY, "name", "surname", "nationality", "age"}.union(
        *(words for words in lists.forms.values())
    )
    if unknown := sorted(used - known):
        raise Unacceptable(
            f"There are no words for [[{unknown[0]}]]; the lists have {', '.join(sorted(known))}.",
            field="vars",
        )


def _people(
    dimension: str, used: set[str], lists: WordLists, per_group: int, steady: int
) -> Iterator[tuple[str, int, Words]]:
    """Group, number and words of each variant; nothing where no slot of the case tells the attribute.

    ``steady`` picks what stays as it is, the same in all variants of a family: half the families keep a woman
    where origin or age is swapped.
    """
    origin = next(iter(lists.names))
    of_forms = set().union(*lists.forms.values())
    genders = [one for one in lists.forms if one in lists.names[origin]]
    keeps = genders[steady % min(2, len(genders))]
    if dimension == "gender" and used & (of_forms | {"name"}):
        for gender in genders:
            for number in range(per_group):
                yield gender, number + 1, _person(lists, origin, gender, number, steady)
    if dimension == "origin" and used & {"name", "surname", "nationality"}:
        for one in lists.names:
            for number in range(per_group):
                yield one, number + 1, _person(lists, one, keeps, number, steady, surname=number)
    if dimension == "age" and "age" in used:
        for group, ages in lists.ages.items():
            for number in range(min(per_group, len(ages))):
                person = _person(lists, origin, keeps, 0, steady)
                yield group, number + 1, {**person, "age": _pick(ages, number, steady)}


def _person(lists: WordLists, origin: str, gender: str, number: int, steady: int, surname: int = 0) -> Words:
    names = lists.names[origin]
    return {
        **lists.forms[gender],
        "name": _pick(names[gender], number, steady),
        "surname": _pick(names["surname"], surname, steady),
        "nationality": lists.nationalities[origin],
        "age": next(iter(lists.ages.values()))[-1] if len(lists.ages) < 2 else [*lists.ages.values()][1][0],
    }


def _pick(words: list[str], number: int, steady: int) -> str:
    """Another word for each number, and others in other families: a list is used evenly."""
    return words[(number + steady // 7) % len(words)]
