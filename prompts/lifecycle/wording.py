"""A policy in plain words, and what a change of it alters. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import groupby

from audits.identity.roles import title
from prompts.lifecycle.demands import Demands
from prompts.lifecycle.meanings import DEMANDS
from prompts.lifecycle.seats import TIES, Seat, total

NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")


def in_words(demands: Demands, names: Mapping[str, str] = {}, forms: Mapping[str, str] = {}) -> str:
    """What the policy demands, as sentences. ``names``: printed ones by user name; ``forms``: titles."""
    if not demands.seats:
        return "Nobody signs: bulk data of measurements."
    each = "each " if total(demands.seats) > 1 else ""
    parts = [f"{_who(demands.seats, names)}, {each}with {DEMANDS[demands.authentication]}"]
    if demands.waiting_hours:
        parts.append(f"at least {hours(demands.waiting_hours)} after submission")
    parts.append(f"valid for {_days(demands.validity_days)}")
    told = _capital("; ".join(parts)) + "."
    if demands.forms:
        asked = _list([f"“{forms.get(name, name)}”" for name in demands.forms])
        told += f" Whoever signs has signed {asked}."
    return told


def seat_in_words(seat: Seat, names: Mapping[str, str] = {}) -> str:
    """One seat, such as "two domain experts" or "one of Dora or Ben as domain expert"."""
    role = title(seat.role).lower()
    if seat.tie:
        tie = TIES[seat.tie] if seat.count == 1 else f"{seat.tie}s of the prompt"
        return f"{_article(seat)} {tie} as {role}"
    if seat.people:
        people = [names.get(name, name) for name in seat.people]
        if len(people) == seat.count:
            return f"{_list(people)} as {role}"
        return f"{NUMBERS[seat.count]} of {_list(people, 'or')} as {role}"
    return f"{_article(seat)} {role}{'s' if seat.count > 1 else ''}"


def hours(number: int) -> str:
    """Hours as people say them: in days where it is a whole number of at least two."""
    if number >= 48 and number % 24 == 0:
        return f"{number // 24} days"
    return f"{number} hour{'' if number == 1 else 's'}"


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that a change alters, in words; ``before`` is empty for a new policy."""

    what: str
    before: str
    after: str


def differences(
    before: Demands | None, after: Demands, names: Mapping[str, str] = {}, forms: Mapping[str, str] = {}
) -> list[Difference]:
    """What is asked otherwise than before, one row for each thing; all of it for a new policy."""
    new, old = _facts(after, names, forms), _facts(before, names, forms) if before else {}
    return [Difference(what, old.get(what, ""), told) for what, told in new.items() if old.get(what) != told]


def _facts(demands: Demands, names: Mapping[str, str], forms: Mapping[str, str]) -> dict[str, str]:
    return {
        "Who signs": _capital(_who(demands.seats, names)),
        "Each with": _capital(DEMANDS[demands.authentication]),
        "Wait": hours(demands.waiting_hours) if demands.waiting_hours else "none",
        "An approval holds": _days(demands.validity_days),
        "Forms of signers": _list([forms.get(name, name) for name in demands.forms]) or "none",
    }


def _who(seats: Iterable[Seat], names: Mapping[str, str]) -> str:
    steps = [list(rows) for _, rows in groupby(seats, key=lambda seat: seat.step)]
    told = [_list([seat_in_words(seat, names) for seat in step]) for step in steps]
    every = [seat for step in steps for seat in step]
    verb = "signs" if total(every) == 1 else "sign"
    if len(steps) == 1:
        return f"{told[0]} {verb}" + (", in any order" if total(every) > 1 and len(every) > 1 else "")
    if all(len(step) == 1 for step in steps):
        return f"{_list(told)} {verb}, in this order"
    return f"first {', then '.join(told)} {verb}"


def _article(seat: Seat) -> str:
    if seat.count > 1:
        return NUMBERS[seat.count]
    if seat.tie == "owner":
        return "the"
    return "an" if not seat.tie and title(seat.role)[0] in "AEIOU" else "a"


def _list(words: list[str], last: str = "and") -> str:
    return f"{', '.join(words[:-1])} {last} {words[-1]}" if len(words) > 1 else "".join(words)


def _days(number: int) -> str:
    return f"{number} day{'' if number == 1 else 's'}"


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
