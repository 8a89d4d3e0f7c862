"""The reference evaluator: walk the tree, compute every call, keep account of the domains.

The engine compiles the same tree its own way; this is the plain one, which explains a formula to
its author and against which the engine is tested.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import ArrayLike

from heco.evidence.rates import BoolArray, FloatArray, floats
from heco.scenario.functions import CALLS
from heco.scenario.syntax import Expr, Name, Number

Lookup: TypeAlias = Mapping[str, ArrayLike] | Callable[[str], ArrayLike]

_TRUE = np.asarray(True)


@dataclass(frozen=True, eq=False)
class Breach:
    """A part of an expression that left its domain.

    Parameters
    ----------
    expr : Expr
        The part: a call, or a name whose value is not finite.
    domain : str
        What it should have kept to.
    values : tuple of ndarray, shape (..., draw)
        The arguments of the call; empty for a name.
    result : ndarray, shape (..., draw)
        What came out.
    outside : ndarray of bool, shape (..., draw)
        Where it matters and is out of the domain.
    """

    expr: Expr
    domain: str
    values: tuple[FloatArray, ...]
    result: FloatArray
    outside: BoolArray


def evaluate(expr: Expr, lookup: Lookup) -> tuple[FloatArray, BoolArray]:
    """Compute an expression for every draw, and say in which draws it can be trusted.

    Parameters
    ----------
    expr : Expr
        The tree.
    lookup : mapping or callable
        Values of the names, in shapes that broadcast, draw last.

    Returns
    -------
    value : ndarray, shape (..., draw)
        The results, also where they are meaningless; nothing is clipped.
    ok : ndarray of bool, shape (..., draw)
        Where every part that matters stayed in its domain, and the result is finite. A branch of
        ``where`` that was not chosen does not matter, nor does what follows a false ``and`` or a
        true ``or``.
    """
    value, ok = _visit(expr, lookup, _TRUE, [])
    return value, ok & np.isfinite(value)


def breaches(expr: Expr, lookup: Lookup) -> tuple[Breach, ...]:
    """List the parts of an expression that left their domain, innermost first.

    Parameters
    ----------
    expr : Expr
        The tree.
    lookup : mapping or callable
        Values of the names, in shapes that broadcast, draw last.

    Returns
    -------
    tuple of Breach
        Causes only: what computes with a meaningless number is not listed for it.
    """
    found: list[Breach] = []
    _visit(expr, lookup, _TRUE, found)
    return tuple(found)


def _visit(
    expr: Expr, lookup: Lookup, matters: BoolArray, found: list[Breach]
) -> tuple[FloatArray, BoolArray]:
    if isinstance(expr, Number):
        return floats(expr.value), _TRUE
    if isinstance(expr, Name):
        value = floats(lookup(expr.id) if callable(lookup) else lookup[expr.id])
        ok = np.isfinite(value)
        _note(found, Breach(expr, "a value must be a finite number", (), value, matters & ~ok))
        return value, ok

    function = CALLS[expr.function]
    first, ok = _visit(expr.args[0], lookup, matters, found)
    values = [first]
    rest = expr.args[1:]
    needs = function.needs(first) if function.needs else (_TRUE,) * len(rest)
    for arg, needed in zip(rest, needs, strict=True):
        value, fine = _visit(arg, lookup, matters & needed, found)
        values.append(value)
        ok = ok & (fine | ~needed)
    result = floats(function.apply(*values))
    if function.valid is not None:
        valid = np.asarray(function.valid(*values, result))
        outside = matters & ok & ~valid
        _note(found, Breach(expr, function.domain, tuple(values), result, outside))
        ok = ok & valid
    return result, np.asarray(ok)


def _note(found: list[Breach], breach: Breach) -> None:
    if breach.outside.any():
        found.append(breach)
