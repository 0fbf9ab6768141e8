"""Tells what has happened until now, as the scheduler does."""

from audits.ledger.services import integrate
from portal.services.tell_people import tell_people


def tell() -> None:
    """Takes events into the ledger and tells them."""
    integrate(wait=True)
    tell_people()
