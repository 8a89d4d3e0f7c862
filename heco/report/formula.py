"""Formulas on pages: the trees of a scenario written with the names, or the labels, of its inputs.

A tree is read by its shape alone: a number has a ``value``, a name an ``id``, a call a
``function`` and ``args``. Signs are those of print: × and −, and a line for what is left.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

from heco.report import numbers, reading
from heco.result import RunResult

#: Signs between two expressions, and how tightly they bind.
_SIGNS = {
    "or": ("or", 10), "and": ("and", 20), "lt": ("<", 40), "le": ("≤", 40), "gt": (">", 40),
    "ge": ("≥", 40), "eq": ("=", 40), "ne": ("≠", 40), "add": ("+", 50), "sub": (numbers.MINUS, 50),
    "mul": ("×", 60), "div": ("/", 60), "pow": ("^", 80),
}  # fmt: skip
_NOT, _NEGATIVE, _ATOM = 30, 70, 100
#: What formulas know without being told, in words.
KNOWN = {
    "time": "years since the start",
    "age": "age",
    "cycle": "number of the cycle",
    "cycle_length": "length of a cycle in years",
    "state_time": "years in the state",
    "state_cycle": "cycles in the state",
}
#: What functions mean, where their name does not say it.
FUNCTIONS = {
    "prob": "probability from a rate: 1 − exp(−rate × years)",
    "rate": "rate from a probability: −log(1 − p) / years",
    "per_cycle": "from the probability in a year to that in a cycle: 1 − (1 − p)^cycle length",
    "rescale": "from the probability in one time to that in another, at a constant rate",
    "odds": "p / (1 − p)",
    "from_odds": "odds / (1 + odds)",
    "logit": "log of the odds",
    "expit": "probability from the log of its odds",
    "apply_rr": "risk × risk ratio",
    "apply_or": "risk whose odds are those of the first, times the odds ratio",
    "apply_hr": "1 − (1 − risk)^hazard ratio",
    "apply_rd": "risk + risk difference",
    "apply_rate_ratio": "rate × rate ratio",
    "where": "the second if the first holds, otherwise the third",
    "at": "the first, as it is where or when the second says",
}


def written(expr: Any, name: Callable[[str], str] = str) -> str:
    """Return a formula as print has it; ``rest`` is what the other ways leave.

    Parameters
    ----------
    expr : expression, or "rest"
        The tree.
    name : callable
        What is written for a name; left out, the name.
    """
    if isinstance(expr, str):
        return "the rest" if expr == "rest" else expr
    return _written(expr, name)[0]


def in_words(run: RunResult, expr: Any) -> str:
    """Return a formula with the labels of its inputs in quotation marks."""

    def words(name: str) -> str:
        return KNOWN.get(name) or f"“{numbers.inside(reading.parameter(run, name))}”"

    return written(expr, words)


def constant(expr: Any) -> float | None:
    """Return the number that a formula is, or None if it is more than a number."""
    value = getattr(expr, "value", None)
    return float(value) if isinstance(value, int | float) else None


def names(expr: Any) -> Iterator[str]:
    """Yield the names in a formula, in the order of reading; one may come twice."""
    if hasattr(expr, "id"):
        yield expr.id
    if hasattr(expr, "args"):
        for part in _call(expr)[1]:
            yield from names(part)


def calls(expr: Any) -> Iterator[str]:
    """Yield the functions in a formula as they are written, in the order of reading."""
    if hasattr(expr, "args"):
        if expr.function not in _SIGNS and expr.function not in ("neg", "not"):
            yield _call(expr)[0]
        for part in expr.args:
            yield from calls(part)


def _call(expr: Any) -> tuple[str, tuple[Any, ...]]:
    """Return a function and its arguments as authors write them, defaults left out."""
    name, args = expr.function, expr.args
    yearly = name == "rescale" and constant(args[1]) == 1
    if yearly and getattr(args[2], "id", "") == "cycle_length":
        return "per_cycle", args[:1]
    if name == "prob" and getattr(args[1], "id", "") == "cycle_length":
        return name, args[:1]
    if name == "rate" and constant(args[1]) == 1:
        return name, args[:1]
    return name, args


def _written(expr: Any, name: Callable[[str], str]) -> tuple[str, int]:
    value = constant(expr)
    if value is not None:
        return _number(value), _NEGATIVE if value < 0 else _ATOM
    if hasattr(expr, "id"):
        return name(expr.id), _ATOM
    function, args = _call(expr)
    if function in _SIGNS:
        sign, power = _SIGNS[function]
        right = _NEGATIVE - 1 if function == "pow" else power
        left = power if power in (40, 80) else power - 1
        one, other = _bracketed(args[0], left, name), _bracketed(args[1], right, name)
        return f"{one} {sign} {other}", power
    if function == "neg":
        return f"{numbers.MINUS}{_bracketed(args[0], _NEGATIVE - 1, name)}", _NEGATIVE
    if function == "not":
        return f"not {_bracketed(args[0], _NOT - 1, name)}", _NOT
    parts = [_written(part, name)[0] for part in args]
    if name is str:
        return f"{function}({', '.join(parts)})", _ATOM
    if function == "where":
        return f"{parts[1]} if {parts[0]}, otherwise {parts[2]}", 0
    return f"{function}({'; '.join(parts)})", _ATOM


def _bracketed(expr: Any, power: int, name: Callable[[str], str]) -> str:
    text, own = _written(expr, name)
    return text if own > power else f"({text})"


def _number(value: float) -> str:
    """Write a number with all its digits: a formula is no place to round."""
    size = abs(value)
    text = f"{size:,.0f}" if size == int(size) and size < 1e15 else f"{Decimal(repr(size)):f}"
    return f"{numbers.MINUS}{text}" if value < 0 else text
