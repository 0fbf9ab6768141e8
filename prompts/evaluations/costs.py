"""What an answer cost. Pure."""

from dataclasses import dataclass
from decimal import Decimal

MILLION = Decimal(1_000_000)


@dataclass(frozen=True, slots=True)
class Prices:
    """US dollars per million tokens; ``cached`` empty means the price of other input."""

    input: Decimal | None
    output: Decimal | None
    cached: Decimal | None = None


def cost_of(
    prices: Prices, input_tokens: int | None, output_tokens: int | None, cached_tokens: int | None
) -> Decimal | None:
    """US dollars, eight decimals; None where a price or count is unknown. Input includes cached tokens."""
    if prices.input is None or prices.output is None or input_tokens is None or output_tokens is None:
        return None
    cached = min(cached_tokens or 0, input_tokens)
    cached_price = prices.input if prices.cached is None else prices.cached
    total = (input_tokens - cached) * prices.input + cached * cached_price + output_tokens * prices.output
    return (total / MILLION).quantize(Decimal("0.00000001"))
