"""Where a function of one parameter crosses zero: every crossing, not just the first one met.

The function is known at many points already; every change of sign between neighbours is a
bracket. If all points lie on one straight line the crossing has a closed form, which is checked
by asking the function again; otherwise Brent's method closes each bracket. A crossing that is
not a zero is a jump, and is called one.

Source: Brent 1973, Algorithms for Minimization without Derivatives, ch. 4 (as in SciPy).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from heco.outcomes import Array

#: A root is where the function is this close to zero. [currency per person]
CLOSE = 0.01
#: Points lie on a line if none is farther from it than this share of the largest value.
STRAIGHT = 1e-9


@dataclass(frozen=True)
class Root:
    """One place where the sign changes.

    Parameters
    ----------
    x : float
        Where. [unit of the parameter]
    value : float
        The function there, asked again.
    rising : bool
        True if the function is negative below and positive above.
    kind : str
        ``crossing``; ``jump`` (the sign changes, but there is no zero); ``gap`` (the sign
        changes across a region in which the function is not defined).
    method : str
        ``closed form``, ``Brent`` or ``grid point``.
    """

    x: float
    value: float
    rising: bool
    kind: str = "crossing"
    method: str = "Brent"


class NotDefined(ArithmeticError):
    """The function has no value where it was asked."""


def straight(x: Array, y: Array) -> bool:
    """Return whether all points, at least three, lie on one straight line.

    Parameters
    ----------
    x, y : ndarray, shape (point,)
        Points, `x` increasing.
    """
    if len(x) < 3:
        return False
    line = y[0] + (x - x[0]) * ((y[-1] - y[0]) / (x[-1] - x[0]))
    return bool(np.max(np.abs(y - line)) <= STRAIGHT * max(float(np.max(np.abs(y))), 1e-300))


def roots(
    x: Array,
    y: Array,
    function: Callable[[float], float],
    defined: NDArray[np.bool_] | None = None,
) -> tuple[Root, ...]:
    """Return every place where the sign of a function changes between known points.

    Parameters
    ----------
    x, y : ndarray, shape (point,)
        Points, `x` increasing, and the function there.
    function : callable
        The function, for points in between; may raise `NotDefined`.
    defined : ndarray of bool, shape (point,), optional
        Where the function is defined; left out, everywhere.

    Returns
    -------
    tuple of Root
        In increasing order. Where the function touches zero without changing sign, or is zero at
        an end of the range, nothing changes and there is no root.
    """
    known = np.flatnonzero(np.isfinite(y) if defined is None else defined & np.isfinite(y))
    if len(known) < 2:
        return ()
    px, py = x[known], y[known]
    flat = 1e-12 * float(np.max(np.abs(py)))
    signs = np.where(np.abs(py) <= flat, 0, np.sign(py)).astype(int)
    away = np.flatnonzero(signs)
    if len(away) == 0:
        return ()
    line = straight(px, py)
    found = []
    for i, j in pairwise(away):
        if signs[i] != signs[j]:
            adjacent = known[j] - known[i] == j - i
            found.append(_between(px, py, int(i), int(j), function, line, bool(adjacent)))
    return tuple(found)


def _between(
    px: Array,
    py: Array,
    i: int,
    j: int,
    function: Callable[[float], float],
    line: bool,
    adjacent: bool,
) -> Root:
    """Return the root between two points of different sign."""
    low, high, rising = float(px[i]), float(px[j]), bool(py[j] > py[i])
    middle = (low + high) / 2
    if not adjacent:
        return Root(middle, float("nan"), rising, kind="gap", method="scan")
    try:
        if line:
            slope = (py[-1] - py[0]) / (px[-1] - px[0])
            guess = float(px[0] - py[0] / slope)
            value = function(guess)
            if abs(value) < CLOSE:
                return Root(guess, value, rising, method="closed form")
        if j > i + 1:
            zero = (i + j) // 2
            return Root(float(px[zero]), float(py[zero]), rising, method="grid point")
        return _brent(function, low, high, rising)
    except NotDefined:
        return Root(middle, float("nan"), rising, kind="gap", method="scan")


def _brent(function: Callable[[float], float], low: float, high: float, rising: bool) -> Root:
    from scipy.optimize import brentq  # 0.3 s to import: only where it is needed

    width = 1e-13 * max(abs(low), abs(high))
    x = float(brentq(function, low, high, xtol=max(width, 1e-300), rtol=1e-14, maxiter=200))
    value = function(x)
    if abs(value) < CLOSE:
        return Root(x, value, rising)
    return Root(x, value, rising, kind="jump")
