"""What a formula is worth, one number at a time: the scalar reading of the expression language.

Each function is written out here from its definition, with Python's own ``math``. Of ``where``,
``and`` and ``or`` only the part that matters is looked at.
"""

from __future__ import annotations

import math
from collections.abc import Callable

from heco.reference.curves import CURVES
from heco.scenario.syntax import Expr, Name, Number


class Undefined(ArithmeticError):
    """A formula that has no value here: a division by nothing, an age beyond the table."""


def _pow(a: float, b: float) -> float:
    return math.pow(a, b)


def _apply_hr(p: float, ratio: float) -> float:
    if p == 1.0:
        return 1.0 - math.pow(0.0, ratio)
    return -math.expm1(ratio * math.log1p(-p))


def _expit(x: float) -> float:
    return 1.0 / (1.0 + math.exp(-x)) if x >= 0 else math.exp(x) / (1.0 + math.exp(x))


#: What each word does to numbers; "where", "and" and "or" are read lazily below.
_MEANING: dict[str, Callable[..., float]] = {
    "add": lambda a, b: a + b,
    "sub": lambda a, b: a - b,
    "mul": lambda a, b: a * b,
    "div": lambda a, b: a / b,
    "pow": _pow,
    "neg": lambda a: -a,
    "lt": lambda a, b: float(a < b),
    "le": lambda a, b: float(a <= b),
    "gt": lambda a, b: float(a > b),
    "ge": lambda a, b: float(a >= b),
    "eq": lambda a, b: float(a == b),
    "ne": lambda a, b: float(a != b),
    "not": lambda a: float(a == 0),
    "prob": lambda r, years: -math.expm1(-r * years),
    "rate": lambda p, years: -math.log1p(-p) / years,
    "rescale": lambda p, old, new: -math.expm1(math.log1p(-p) * new / old) if p < 1 else 1.0,
    "odds": lambda p: p / (1.0 - p),
    "from_odds": lambda o: o / (1.0 + o),
    "logit": lambda p: math.log(p / (1.0 - p)),
    "expit": _expit,
    "apply_rr": lambda p, ratio: p * ratio,
    "apply_or": lambda p, ratio: p * ratio / (1.0 - p + p * ratio),
    "apply_hr": _apply_hr,
    "apply_rd": lambda p, difference: p + difference,
    "apply_rate_ratio": lambda r, ratio: r * ratio,
    "min": lambda *values: min(values),
    "max": lambda *values: max(values),
    "exp": math.exp,
    "log": math.log,
    "sqrt": math.sqrt,
    "abs": abs,
    "floor": lambda x: float(math.floor(x)),
    **CURVES,
}


def worth(
    formula: Expr,
    name: Callable[[str], float],
    read: Callable[[str, float], float] | None = None,
) -> float:
    """Return the value of a formula.

    Parameters
    ----------
    formula : Expr
        The parsed formula.
    name : callable
        What each name stands for.
    read : callable, optional
        What a table, by its name, says at a place.

    Raises
    ------
    Undefined
        If the formula has no value.
    """
    if isinstance(formula, Number):
        return formula.value
    if isinstance(formula, Name):
        return name(formula.id)
    word, args = formula.function, formula.args

    def part(number: int) -> float:
        return worth(args[number], name, read)

    if word == "where":
        return part(1) if part(0) != 0 else part(2)
    if word == "and":
        return float(part(0) != 0 and part(1) != 0)
    if word == "or":
        return float(part(0) != 0 or part(1) != 0)
    if word == "at" and isinstance(args[0], Name) and read is not None:
        return read(args[0].id, part(1))
    if word not in _MEANING:
        raise Undefined(f"the reference does not know {word}")
    try:
        value = _MEANING[word](*[part(number) for number in range(len(args))])
    except (ZeroDivisionError, ValueError, OverflowError) as error:
        raise Undefined(f"{word}: {error}") from error
    if not math.isfinite(value):
        raise Undefined(f"{word} gives no finite number")
    return value
