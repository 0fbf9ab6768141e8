"""The seats of an approval: how many people of which role must sign. Pure."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from audits.identity.errors import Unacceptable
from audits.identity.roles import SIGNERS, title

MOST = 9


@dataclass(frozen=True, slots=True)
class Seat:
    """``count`` different people who sign in ``role``."""

    role: str
    count: int

    @property
    def title(self) -> str:
        """The role for a reader."""
        return title(self.role)

    def as_dict(self) -> dict[str, Any]:
        """As it is stored."""
        return {"role": self.role, "count": self.count}


def parse_seats(raw: Any) -> tuple[Seat, ...]:
    """Seats from ``[{"role", "count"}]``; raises ``Unacceptable`` for another shape, role or number."""
    if not isinstance(raw, list | tuple):
        raise Unacceptable("Seats are a list of roles with counts.", field="seats")
    found = []
    for item in raw:
        if not isinstance(item, dict) or set(item) != {"role", "count"}:
            raise Unacceptable("A seat has a role and a count, and nothing else.", field="seats")
        role, count = item["role"], item["count"]
        if role not in SIGNERS:
            raise Unacceptable(f"Nobody signs as {role!r}.", field="seats")
        if not isinstance(count, int) or isinstance(count, bool) or not 1 <= count <= MOST:
            raise Unacceptable(f"A role has 1 to {MOST} seats.", field="seats")
        found.append(Seat(role, count))
    if len({seat.role for seat in found}) != len(found):
        raise Unacceptable("A role stands once in the list of seats.", field="seats")
    return tuple(found)


def remaining(seats: Sequence[Seat], signed_roles: Iterable[str]) -> list[Seat]:
    """The seats still empty after signatures in these roles (one item for each signature)."""
    taken = Counter(signed_roles)
    rest = [Seat(seat.role, seat.count - taken[seat.role]) for seat in seats]
    return [seat for seat in rest if seat.count > 0]
