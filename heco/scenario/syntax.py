"""The tree of an expression: three frozen kinds of node, and the few ways to walk it.

``rr * p_die`` is ``Call("mul", (Name("rr"), Name("p_die")))``. Operators are calls like any
other, so whoever reads a tree (the engine, a printer of spreadsheet formulas, an explanation)
needs three cases and no more. What each call means is in `heco.scenario.functions`.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeAlias, TypeVar

T = TypeVar("T")

#: The call that reads something elsewhere than at the present: its first argument is no value.
AT = "at"


@dataclass(frozen=True, slots=True)
class Number:
    """A number as written; finite, possibly negative."""

    value: float

    def __post_init__(self) -> None:
        if not math.isfinite(self.value):
            raise ValueError(f"an expression holds finite numbers only, not {self.value}")
        object.__setattr__(self, "value", float(self.value))


@dataclass(frozen=True, slots=True)
class Name:
    """A quantity called by its name: a parameter, a component (``p_wait.die``), ``time``."""

    id: str


@dataclass(frozen=True, slots=True)
class Call:
    """A function or an operator with its arguments, every argument explicit."""

    function: str
    args: tuple[Expr, ...]


Expr: TypeAlias = Number | Name | Call


def fold(
    expr: Expr,
    number: Callable[[float], T],
    name: Callable[[str], T],
    call: Callable[[str, tuple[T, ...]], T],
) -> T:
    """Rebuild a tree as something else, from the leaves up.

    Parameters
    ----------
    expr : Expr
        The tree.
    number : callable
        What becomes of a number.
    name : callable
        What becomes of a name.
    call : callable
        What becomes of a call, from its function's name and what its arguments have become.

    Returns
    -------
    T
        What the root has become.
    """
    match expr:
        case Number(value):
            return number(value)
        case Name(id):
            return name(id)
        case Call(function, args):
            return call(function, tuple([fold(arg, number, name, call) for arg in args]))


def names(expr: Expr) -> frozenset[str]:
    """Every name that an expression mentions, parameters and built-in quantities alike."""
    nothing: frozenset[str] = frozenset()
    return fold(
        expr,
        number=lambda value: nothing,
        name=lambda id: frozenset([id]),
        call=lambda function, parts: nothing.union(*parts),
    )


def names_now(expr: Expr) -> frozenset[str]:
    """Every name whose present value an expression needs: not what it reads ``at`` a place."""
    if isinstance(expr, Call):
        parts = expr.args[1:] if expr.function == AT else expr.args
        return frozenset().union(*map(names_now, parts))
    return names(expr)


def read_at(expr: Expr) -> list[str]:
    """Everything that an expression reads elsewhere than at the present, in order of reading."""
    if not isinstance(expr, Call):
        return []
    first = expr.args[0]
    here = [first.id] if expr.function == AT and isinstance(first, Name) else []
    return here + [name for arg in expr.args for name in read_at(arg)]


def is_constant(expr: Expr) -> bool:
    """Tell whether an expression mentions no name at all."""
    return not names(expr)


def substitute(expr: Expr, mapping: Mapping[str, Expr | float]) -> Expr:
    """Put other expressions in the place of names, all at once.

    Parameters
    ----------
    expr : Expr
        The tree.
    mapping : mapping of str to Expr or float
        What to put for each name. It is not searched for names in turn, so ``x`` may be replaced
        by ``x * 1.1``: the ``x`` inside is the one from outside.

    Returns
    -------
    Expr
        A new tree; names that are not in the mapping stay.
    """

    def replaced(id: str) -> Expr:
        new = mapping.get(id)
        if new is None:
            return Name(id)
        return new if isinstance(new, Number | Name | Call) else Number(new)

    return fold(expr, number=Number, name=replaced, call=Call)


def measure(expr: Expr) -> tuple[int, int]:
    """Count the nodes of a tree, and its levels; safe on trees too deep to walk otherwise.

    Returns
    -------
    nodes : int
        How many numbers, names and calls there are.
    depth : int
        The length of the longest way from the root to a leaf.
    """
    nodes, depth, waiting = 0, 0, [(expr, 1)]
    while waiting:
        node, level = waiting.pop()
        nodes, depth = nodes + 1, max(depth, level)
        if isinstance(node, Call):
            waiting.extend((arg, level + 1) for arg in node.args)
    return nodes, depth
