"""What may stand in a case: shapes and limits of variables and assertions."""

from decimal import Decimal, InvalidOperation
from typing import Any

from audits.identity.errors import Unacceptable
from prompts.evaluations.graders.names import GRADERS, REFUSED
from prompts.registry.texts import check_json

MOST_ASSERTIONS = 200
DEEPEST_SET = 4


def as_stored(value: Any) -> Any:
    """JSON as every database gives it back, so that its digest is the same before and after: -0.0 is 0.0."""
    if isinstance(value, dict):
        return {key: as_stored(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [as_stored(inner) for inner in value]
    return value + 0.0 if isinstance(value, float) else value


def check_vars(value: object) -> dict[str, Any]:
    """Variables by name, JSON values."""
    found: dict[str, Any] = check_json(value, "vars", dict)
    return found


def check_assertions(value: object, field: str = "assertions", depth: int = 0) -> list[dict[str, Any]]:
    """Assertions of known types; raises ``Unacceptable`` at the first that could never be asked."""
    found: list[Any] = check_json(value, field, list)
    if len(found) > MOST_ASSERTIONS:
        raise Unacceptable(f"{field} has {len(found)} entries; {MOST_ASSERTIONS} are the most.", field=field)
    for number, assertion in enumerate(found):
        _check_assertion(assertion, f"{field}[{number}]", depth)
    return found


def _check_assertion(assertion: Any, field: str, depth: int) -> None:
    kind = assertion.get("type") if isinstance(assertion, dict) else None
    if not isinstance(kind, str) or not kind:
        raise Unacceptable(f"{field} must be an object with a type.", field=field)
    if kind == "assert-set":
        if depth >= DEEPEST_SET:
            raise Unacceptable(f"{field}: sets are nested too deep.", field=field)
        check_assertions(assertion.get("assert"), f"{field}.assert", depth + 1)
        return
    base = kind.removeprefix("not-")
    if base in REFUSED:
        raise Unacceptable(f"{field}: {base} is refused, {REFUSED[base]}.", field=field)
    if base not in GRADERS:
        raise Unacceptable(f"{field}: there is no assertion {base[:60]!r}.", field=field)


def check_decimal(
    value: object, field: str, *, least: Decimal | int = 0, most: Decimal | int | None = None, places: int = 6
) -> Decimal:
    """A decimal between two bounds, rounded to so many places."""
    try:
        found = Decimal(str(value))
        if not found.is_finite():
            raise InvalidOperation
        found = found.quantize(Decimal(1).scaleb(-places))
    except InvalidOperation:
        raise Unacceptable(f"{field} is {str(value)[:40]!r}; write a number.", field=field) from None
    if found < least or (most is not None and found > most):
        span = f"between {least} and {most}" if most is not None else f"at least {least}"
        raise Unacceptable(f"{field} is {found:f}; it must be {span}.", field=field)
    return found
