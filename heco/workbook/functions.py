"""The worksheet functions that heco's workbooks use, as the second engine computes them."""

from __future__ import annotations

import bisect
import math
from collections.abc import Callable, Iterator
from typing import Any


class Fault(Exception):
    """What a cell shows in the place of a number: ``#DIV/0!``, ``#NUM!``, ``#N/A``, ``#VALUE!``."""


def number(value: Any) -> float:
    """Return a value as a number; an empty cell is 0, a text is none."""
    if isinstance(value, Fault):
        raise value
    if value is None:
        return 0.0
    if isinstance(value, str | list):
        raise Fault("#VALUE!")
    return float(value)


def _numbers(*args: Any) -> Iterator[float]:
    """Yield the numbers of arguments and of the cells of ranges; texts in ranges do not count."""
    for arg in args:
        if not isinstance(arg, list):
            yield number(arg)
            continue
        for row in arg:
            for value in row:
                if isinstance(value, Fault):
                    raise value
                if isinstance(value, float):
                    yield value


def _flat(area: Any) -> list[Any]:
    return [value for row in area for value in row] if isinstance(area, list) else [area]


def _sumproduct(*areas: Any) -> float:
    total = 0.0
    for values in zip(*map(_flat, areas), strict=True):
        product = 1.0
        for value in values:
            if isinstance(value, Fault):
                raise value
            product *= value if isinstance(value, float) else 0.0
        total += product
    return total


def _match(wanted: Any, area: Any, kind: Any = 1.0) -> float:
    cells = _flat(area)
    if number(kind) == 0.0:
        if wanted in cells:
            return float(cells.index(wanted) + 1)
        raise Fault("#N/A")
    found = bisect.bisect_right([number(cell) for cell in cells], number(wanted))
    if not found:
        raise Fault("#N/A")
    return float(found)


def _index(area: Any, position: Any) -> Any:
    value = _flat(area)[int(number(position)) - 1]
    if isinstance(value, Fault):
        raise value
    return value


def _na() -> float:
    raise Fault("#N/A")


def _log(x: Any) -> float:
    if number(x) <= 0.0:
        raise Fault("#NUM!")
    return math.log(number(x))


def _normal(z: Any) -> float:
    return 0.5 * math.erfc(-number(z) / math.sqrt(2.0))


def _gamma(x: Any, shape: Any, scale: Any, cumulative: Any) -> float:
    from scipy.special import gammainc

    assert number(cumulative)
    if number(x) < 0.0 or number(shape) <= 0.0 or number(scale) <= 0.0:
        raise Fault("#NUM!")
    return float(gammainc(number(shape), number(x) / number(scale)))


#: By the word in a formula; IF, IFERROR and ISNUMBER are the engine's own.
FUNCTIONS: dict[str, Callable[..., Any]] = {
    "SUM": lambda *args: math.fsum(_numbers(*args)),
    "MIN": lambda *args: min(_numbers(*args), default=0.0),
    "MAX": lambda *args: max(_numbers(*args), default=0.0),
    "COUNT": lambda *args: float(sum(1 for _ in _numbers(*args))),
    "COUNTIF": lambda area, wanted: float(_flat(area).count(wanted)),
    "SUMPRODUCT": _sumproduct,
    "MATCH": _match,
    "INDEX": _index,
    "NA": _na,
    "AND": lambda *args: float(all(_numbers(*args))),
    "OR": lambda *args: float(any(_numbers(*args))),
    "NOT": lambda x: float(number(x) == 0.0),
    "EXP": lambda x: math.exp(number(x)),
    "LN": _log,
    "SQRT": lambda x: math.sqrt(number(x)),
    "ABS": lambda x: abs(number(x)),
    "INT": lambda x: float(math.floor(number(x))),
    "ROUND": lambda x, digits: round(number(x), int(number(digits))),
    "NORMSDIST": _normal,
    "GAMMADIST": _gamma,
}
