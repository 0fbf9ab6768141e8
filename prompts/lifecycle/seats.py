"""The seats of an approval: who must sign, in steps one after the other. Pure.

Inside a step the order is free; a step begins when the one before is full. A person fills one seat at most,
however many he could fill: signatures are matched with seats, so that "one of Dora and Ben" and "a domain
expert" are both full when both signed, whoever was first.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from audits.identity.errors import Unacceptable
from audits.identity.roles import SIGNERS, title

MOST = 9
MOST_SEATS = 20
MOST_NAMES = 20
OWNER, PROMPT_STEWARD = "owner", "steward"
TIES = {OWNER: "owner of the prompt", PROMPT_STEWARD: "steward of the prompt"}
"""How a seat can ask its signer to be tied to the prompt, beside the role."""


@dataclass(frozen=True, slots=True)
class Seat:
    """``count`` different people who sign in ``role``, in that step.

    ``people``: only these user names (empty: anybody of the role); ``tie``: one of ``TIES``, or empty.
    """

    role: str
    count: int
    step: int = 1
    people: tuple[str, ...] = ()
    tie: str = ""

    @property
    def title(self) -> str:
        """The role for a reader, with what else the seat asks."""
        told = title(self.role)
        if self.tie:
            return f"{told}, {TIES[self.tie]}"
        return f"{told}: {' or '.join(self.people)}" if self.people else told

    def suits(self, signer: "Signer") -> bool:
        """Whether this person's signature fills one of these seats."""
        if signer.role != self.role or (self.tie and self.tie not in signer.ties):
            return False
        return not self.people or signer.username.casefold() in {name.casefold() for name in self.people}

    def as_dict(self) -> dict[str, Any]:
        """As it is stored: what is not asked is left out."""
        told: dict[str, Any] = {"role": self.role, "count": self.count}
        if self.step > 1:
            told["step"] = self.step
        if self.people:
            told["people"] = list(self.people)
        if self.tie:
            told["tie"] = self.tie
        return told


@dataclass(frozen=True, slots=True)
class Signer:
    """Who signed, in which role, and how he was tied to the prompt when he did."""

    username: str
    role: str
    ties: frozenset[str] = frozenset()


def parse_seats(raw: Any) -> tuple[Seat, ...]:
    """Seats from ``[{"role", "count"[, "step"][, "people"][, "tie"]}]``, in the order of their steps.

    Raises ``Unacceptable`` for another shape, role or number, and for a seat that stands there twice.
    """
    if not isinstance(raw, list | tuple):
        raise Unacceptable("Seats are a list of roles with counts.", field="seats")
    found = sorted((_seat(item) for item in raw), key=lambda seat: seat.step)
    steps = {step: place for place, step in enumerate(sorted({seat.step for seat in found}), start=1)}
    found = [replace(seat, step=steps[seat.step]) for seat in found]
    if len({(seat.role, seat.step, seat.people, seat.tie) for seat in found}) != len(found):
        raise Unacceptable("The same seat stands there twice; give it a number instead.", field="seats")
    if sum(seat.count for seat in found) > MOST_SEATS:
        raise Unacceptable(f"An approval has at most {MOST_SEATS} seats.", field="seats")
    return tuple(found)


def _seat(item: Any) -> Seat:
    if not isinstance(item, dict) or not {"role", "count"} <= set(item) <= {
        *("role", "count", "step", "people", "tie")
    }:
        raise Unacceptable(
            "A seat has a role and a count, and at most a step, people and a tie.", field="seats"
        )
    role, count, step, tie = item["role"], item["count"], item.get("step", 1), item.get("tie", "")
    if role not in SIGNERS:
        raise Unacceptable(f"Nobody signs as {role!r}.", field="seats")
    for told in (count, step):
        if not isinstance(told, int) or isinstance(told, bool) or not 1 <= told <= MOST:
            raise Unacceptable(f"A role has 1 to {MOST} seats, in step 1 to {MOST}.", field="seats")
    if not isinstance(tie, str) or (tie and tie not in TIES):
        raise Unacceptable("A seat is tied to the owner or to a steward of the prompt.", field="seats")
    people = _people(item.get("people", []))
    if people and tie:
        raise Unacceptable(
            "A seat names people, or asks for the owner or a steward: not both.", field="seats"
        )
    if (people and len(people) < count) or (tie == OWNER and count > 1):
        raise Unacceptable(
            f"A seat of {title(role).lower()} is asked of fewer people than must sign there.", field="seats"
        )
    return Seat(role, count, step, people, tie)


def _people(raw: Any) -> tuple[str, ...]:
    if not isinstance(raw, list | tuple) or not all(isinstance(name, str) and name.strip() for name in raw):
        raise Unacceptable("People of a seat are a list of user names.", field="seats")
    if len(raw) > MOST_NAMES:
        raise Unacceptable(f"A seat names at most {MOST_NAMES} people.", field="seats")
    return tuple(sorted({name.strip() for name in raw}, key=str.casefold))


def remaining(seats: Sequence[Seat], signers: Iterable[Signer]) -> list[Seat]:
    """The seats still empty after these signers, who come in the order in which they signed.

    A step takes as few of the first signers as fill it; only who signed after that counts for the next one.
    """
    waiting = list(signers)
    for step in sorted({seat.step for seat in seats}):
        units = singly(seat for seat in seats if seat.step == step)
        taken, used = fill(units, waiting)
        if len(taken) < len(units):
            empty = [unit for place, unit in enumerate(units) if place not in taken]
            return [*_counted(empty), *(seat for seat in seats if seat.step > step)]
        waiting = waiting[used:]
    return []


def fill(units: Sequence[Seat], signers: Sequence[Signer]) -> tuple[dict[int, int], int]:
    """Which signer takes which single seat, by place, and how many signers it took until all were full."""
    suits = [[at for at, unit in enumerate(units) if unit.suits(signer)] for signer in signers]
    return match(len(units), suits)


def match(units: int, suits: Sequence[Sequence[int]]) -> tuple[dict[int, int], int]:
    """Fills as many of ``units`` single seats as possible (augmenting paths, Kuhn 1955).

    ``suits`` says for each person which seats he could take. Returns who took which seat, by place, and how
    many people were looked at until all were full.
    """
    taken: dict[int, int] = {}

    def place(person: int, tried: set[int]) -> bool:
        for at in suits[person]:
            if at in tried:
                continue
            tried.add(at)
            if at not in taken or place(taken[at], tried):
                taken[at] = person
                return True
        return False

    used = 0
    while used < len(suits) and len(taken) < units:
        place(used, set())
        used += 1
    return taken, used


def singly(seats: Iterable[Seat]) -> list[Seat]:
    """Each seat as often as its number, with the number one."""
    return [replace(seat, count=1) for seat in seats for _ in range(seat.count)]


def takes_a_seat(seats: Sequence[Seat], signers: Sequence[Signer], one: Signer) -> bool:
    """Whether one more signer would fill a seat, after those who signed already."""
    return total(remaining(seats, [*signers, one])) < total(remaining(seats, signers))


def current(seats: Sequence[Seat]) -> list[Seat]:
    """Of empty seats, those of the step whose turn it is."""
    return [seat for seat in seats if seat.step == seats[0].step] if seats else []


def total(seats: Iterable[Seat]) -> int:
    """How many signatures these seats are."""
    return sum(seat.count for seat in seats)


def _counted(units: Iterable[Seat]) -> list[Seat]:
    """Equal single seats as one with a number."""
    found: dict[Seat, int] = {}
    for unit in units:
        found[unit] = found.get(unit, 0) + 1
    return [replace(unit, count=number) for unit, number in found.items()]
