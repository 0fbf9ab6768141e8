"""The list of prices, and what it has for a provider. Pure."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from prompts.evaluations.costs import Prices
from prompts.registry.library.yaml_texts import load_yaml

FILE = Path(__file__).parent / "list.yaml"


@dataclass(frozen=True, slots=True)
class Listed:
    """A model's list prices, whose they are and of which day."""

    model: str
    prices: Prices
    told_by: str
    as_of: date

    @property
    def words(self) -> str:
        """The prices with unit, maker and date, as people read them."""
        told = self.prices
        return (
            f"{told.input:f} for input, {told.cached:f} for cached input, {told.output:f} for output, in USD "
            f"per million tokens, as quoted in {self.as_of:%B %Y}; look at {self.told_by}'s own list"
        )


@cache
def _list() -> dict[str, Any]:
    return load_yaml(FILE.read_text(encoding="utf-8"))  # type: ignore[no-any-return]


def as_of() -> date:
    """The day of which the list is."""
    return date.fromisoformat(_list()["as_of"])


def listed(kind: str, base_url: str, model: str) -> Listed | None:
    """What the list has for that model at its maker's own address; None elsewhere, which may cost more.

    ``kind`` and ``base_url`` are a provider's; an empty address is the maker's. The name counts as it is:
    a dated or longer one may be another model.
    """
    maker = _list()["makers"].get(kind)
    if maker is None or (base_url and urlsplit(base_url).hostname != urlsplit(maker["address"]).hostname):
        return None
    row = maker["models"].get(model)
    if row is None:
        return None
    prices = Prices(Decimal(row["input"]), Decimal(row["output"]), Decimal(row["cached"]))
    return Listed(model, prices, maker["told_by"], as_of())
