"""From the tree back to text, as an author would write it."""

from __future__ import annotations

from heco.scenario.functions import FUNCTIONS, SHORTHANDS
from heco.scenario.operators import COMPARISON, NEGATIVE, NOT, POWER, SIGNS, Sign
from heco.scenario.syntax import Call, Expr, Number

_ATOM = 100


def to_text(expr: Expr) -> str:
    """Write an expression with as few brackets as reading it again allows.

    Parameters
    ----------
    expr : Expr
        The tree.

    Returns
    -------
    str
        ``parse(to_text(expr)) == expr``. Shorthands return, and arguments that may be left out
        are: ``rescale(p, 1, cycle_length)`` is written ``per_cycle(p)``.

    Examples
    --------
    >>> from heco.scenario.expressions import parse
    >>> to_text(parse("(a*b)+(c**-d)"))
    'a * b + c ^ -d'
    """
    return _written(expr)[0]


def number_text(value: float) -> str:
    """Write a number so that it is read back exactly, and without ".0" if it is whole."""
    return str(int(value)) if value == int(value) and abs(value) < 1e15 else repr(value)


def _written(expr: Expr) -> tuple[str, int]:
    """Write a tree, and say how tightly its outermost sign binds."""
    if isinstance(expr, Number):
        return number_text(expr.value), NEGATIVE if expr.value < 0 else _ATOM
    if not isinstance(expr, Call):
        return expr.id, _ATOM
    if expr.function in SIGNS:
        sign = SIGNS[expr.function]
        return _infix(sign, *expr.args), sign.power
    if expr.function == "neg":
        (inner,) = expr.args
        # -3 is a number: the negation of 3 needs brackets to be told from it.
        return (
            f"-{_bracketed(inner, _ATOM if isinstance(inner, Number) else NEGATIVE - 1)}",
            NEGATIVE,
        )
    if expr.function == "not":
        return f"not {_bracketed(expr.args[0], NOT - 1)}", NOT
    return _call(expr), _ATOM


def _bracketed(expr: Expr, power: int) -> str:
    """Write an operand, in brackets unless it binds tighter than `power`."""
    text, own = _written(expr)
    return text if own > power else f"({text})"


def _infix(sign: Sign, left: Expr, right: Expr) -> str:
    if sign.to_the_right:
        # The right-hand side may begin with a minus: 2 ^ -x reads as 2 ^ (-x).
        return f"{_bracketed(left, POWER)} {sign.text} {_bracketed(right, NEGATIVE - 1)}"
    # Signs of equal power join from the left: a - b - c. Comparisons do not join at all.
    joins = sign.power if sign.power == COMPARISON else sign.power - 1
    return f"{_bracketed(left, joins)} {sign.text} {_bracketed(right, sign.power)}"


def _call(expr: Call) -> str:
    name, args = expr.function, expr.args
    for short in SHORTHANDS.values():
        given = len(short.parameters)
        if short.function == name and args[given:] == short.rest:
            return f"{short.name}({_list(args[:given])})"
    if name in FUNCTIONS:
        for default in reversed(FUNCTIONS[name].defaults):
            if not args or args[-1] != default:
                break
            args = args[:-1]
    return f"{name}({_list(args)})"


def _list(args: tuple[Expr, ...]) -> str:
    return ", ".join(_written(arg)[0] for arg in args)
