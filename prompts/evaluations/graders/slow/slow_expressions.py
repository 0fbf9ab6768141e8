"""CEL, by the reference implementation: no side effects, linear patterns, a budget of steps."""

import functools
import math
from typing import Any

from cel_expr_python import cel
from cel_expr_python.ext import ext_math, ext_strings


@functools.lru_cache(maxsize=1)
def _environment(names: tuple[str, ...]) -> Any:
    kinds = dict.fromkeys(names, cel.Type.DYN)
    return cel.NewEnv(variables=kinds, extensions=[ext_strings.ExtStrings(), ext_math.ExtMath()])


@functools.lru_cache(maxsize=256)
def _compiled(expression: str, names: tuple[str, ...]) -> Any:
    return _environment(names).compile(expression)


def answer(question: dict[str, Any]) -> bool | float:
    """What the expression comes to, a truth value or a finite number; anything else is a fault."""
    data = question["data"]
    found = _compiled(question["expression"], tuple(sorted(data))).eval(data=data)
    value = found.value()
    if found.type() == cel.Type.ERROR:
        raise ValueError(str(value))
    if isinstance(value, bool):
        return value
    if isinstance(value, int | float) and math.isfinite(value):
        return value
    raise ValueError(f"it comes to a {found.type()}, not to true, false or a number")
