"""What an approval policy demands, as one typed value, stored and told to the ledger. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from audits.identity.errors import Unacceptable
from prompts.lifecycle.meanings import ACCEPTED, PASSWORD
from prompts.lifecycle.seats import Seat, parse_seats

LONGEST_DAYS = 3650
LONGEST_WAIT = 24 * 90
"""Hours."""
MOST_FORMS = 10


@dataclass(frozen=True, slots=True)
class Demands:
    """``forms`` are names of forms that every signer must have signed, beside those of his role."""

    seats: tuple[Seat, ...]
    validity_days: int
    waiting_hours: int = 0
    authentication: str = PASSWORD
    forms: tuple[str, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """As it is stored and told to the ledger."""
        return {
            "seats": [seat.as_dict() for seat in self.seats],
            "validity_days": self.validity_days,
            "waiting_hours": self.waiting_hours,
            "authentication": self.authentication,
            "forms": list(self.forms),
        }


def parse_demands(raw: Mapping[str, Any]) -> Demands:
    """Raises ``Unacceptable``, with the field, for what no policy can ask."""
    seats = parse_seats(raw["seats"])
    days, wait = _whole(raw["validity_days"]), _whole(raw.get("waiting_hours", 0))
    authentication, forms = raw.get("authentication", PASSWORD), raw.get("forms", ())
    if not seats:
        raise Unacceptable("At least one person must sign.", field="seats")
    if not 1 <= days <= LONGEST_DAYS:
        raise Unacceptable(f"An approval holds for 1 to {LONGEST_DAYS} days.", field="validity_days")
    if not 0 <= wait <= LONGEST_WAIT:
        raise Unacceptable(f"An approval waits 0 to {LONGEST_WAIT} hours.", field="waiting_hours")
    if wait >= days * 24:
        raise Unacceptable("The approval would end before it began.", field="waiting_hours")
    if authentication not in ACCEPTED:
        raise Unacceptable("Choose how signers prove who they are.", field="authentication")
    if not isinstance(forms, list | tuple) or not all(isinstance(name, str) for name in forms):
        raise Unacceptable("Forms are a list of names.", field="forms")
    if len(forms) > MOST_FORMS:
        raise Unacceptable(f"A policy asks for at most {MOST_FORMS} forms.", field="forms")
    return Demands(seats, days, wait, authentication, tuple(sorted(set(forms))))


def _whole(value: Any) -> int:
    """The number; -1, which no field takes, for what is none."""
    return value if isinstance(value, int) and not isinstance(value, bool) else -1
