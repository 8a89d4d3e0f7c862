"""Where a function of one parameter crosses zero: every crossing, not just the first one met.

The function is known at many points already; every change of sign between neighbours is a
bracket. If all points lie on one straight line the crossing has a closed form, which is checked
by asking the function again; otherwise Brent's method closes each bracket. A crossing that is
not a zero is a jump, and is called one.

A search asks for one value at a time and waits for the answer, so that many searches can be
answered by one run of the model (`heco.analysis.together`).

Source: Brent 1973, Algorithms for Minimization without Derivatives, ch. 4.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Generator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from heco.outcomes import Array

#: A root is where the function is this close to zero. [currency per person]
CLOSE = 0.01
#: Points lie on a line if none is farther from it than this share of the largest value.
STRAIGHT = 1e-9
#: A bracket is closed when it is this narrow, as a share of its ends and of the root.
NARROW, NARROWER = 1e-13, 1e-14
#: Most steps of Brent's method; it halves the bracket at least every few.
STEPS = 200


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


#: Yields where the function must be asked, is sent its value there (NaN where it has none), and
#: returns every root.
Search = Generator[float, float, tuple[Root, ...]]
#: The same for one bracket.
_Closing = Generator[float, float, Root]


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
    search = searching(x, y, defined)
    try:
        at = next(search)
        while True:
            try:
                value = float(function(at))
            except NotDefined:
                value = math.nan
            at = search.send(value)
    except StopIteration as done:
        found: tuple[Root, ...] = done.value
        return found


def searching(x: Array, y: Array, defined: NDArray[np.bool_] | None = None) -> Search:
    """Search for every change of sign, as `roots` does, but leave the asking to the caller.

    Parameters
    ----------
    x, y, defined : ndarray, shape (point,)
        As for `roots`.
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
            found.append((yield from _between(px, py, int(i), int(j), line, bool(adjacent))))
    return tuple(found)


def _between(px: Array, py: Array, i: int, j: int, line: bool, adjacent: bool) -> _Closing:
    """Find the root between two points of different sign."""
    low, high, rising = float(px[i]), float(px[j]), bool(py[j] > py[i])
    gap = Root((low + high) / 2, math.nan, rising, kind="gap", method="scan")
    if not adjacent:
        return gap
    if line:
        slope = (py[-1] - py[0]) / (px[-1] - px[0])
        guess = float(px[0] - py[0] / slope)
        value = yield guess
        if math.isnan(value):
            return gap
        if abs(value) < CLOSE:
            return Root(guess, value, rising, method="closed form")
    if j > i + 1:
        zero = (i + j) // 2
        return Root(float(px[zero]), float(py[zero]), rising, method="grid point")
    found = yield from _brent((low, float(py[i])), (high, float(py[j])))
    if found is None:
        return gap
    x, value = found
    return Root(x, value, rising, kind="crossing" if abs(value) < CLOSE else "jump")


def _brent(
    last: tuple[float, float], here: tuple[float, float]
) -> Generator[float, float, tuple[float, float] | None]:
    """Close in on a root between two points (x, value); None if the function has no value there."""
    (x_last, y_last), (x, y) = last, here
    x_across = y_across = before = step = 0.0
    narrow = max(NARROW * max(abs(x_last), abs(x)), 1e-300)
    for _ in range(STEPS):
        if y_last != 0 and y != 0 and (y_last > 0) != (y > 0):
            x_across, y_across = x_last, y_last
            before = step = x - x_last
        if abs(y_across) < abs(y):  # the better of the two ends is always here
            x_last, x, x_across = x, x_across, x
            y_last, y, y_across = y, y_across, y
        least, half = (narrow + NARROWER * abs(x)) / 2, (x_across - x) / 2
        if y == 0 or abs(half) < least:
            return x, y
        bold = None
        if abs(before) > least and abs(y) < abs(y_last):
            bold = _interpolated((x_last, y_last), (x, y), (x_across, y_across))
        if bold is not None and 2 * abs(bold) < min(abs(before), 3 * abs(half) - least):
            before, step = step, bold
        else:
            before = step = half
        x_last, y_last = x, y
        x += step if abs(step) > least else math.copysign(least, half)
        y = yield x
        if math.isnan(y):
            return None
    return x, y


def _interpolated(
    last: tuple[float, float], here: tuple[float, float], across: tuple[float, float]
) -> float | None:
    """Return the step to where a straight line or an inverse parabola would be zero."""
    (x_last, y_last), (x, y), (x_across, y_across) = last, here, across
    try:
        if x_last == x_across:
            return -y * (x - x_last) / (y - y_last)
        slope = (y_last - y) / (x_last - x)
        other = (y_across - y) / (x_across - x)
        return -y * (y_across * other - y_last * slope) / (other * slope * (y_across - y_last))
    except ZeroDivisionError:
        return None
