"""Where, on a map of two inputs, one strategy gives way to another.

Net benefit is known on a grid. Between two neighbouring points that disagree lies a piece of the
boundary; all pieces are closed in on at once, one run of the model per step: where a straight line
between the two ends would cross zero, or half way if that was no help. In a model that is a
straight line in both inputs the first step is exact. Where a third strategy is better than both at
the place where they change places, it has a region of its own there, and its two boundaries are
closed in on instead.

Source: Dahlquist & Bjorck 1974, Numerical Methods, ch. 6 (false position, guarded by bisection).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from heco.outcomes import Array

#: A boundary is where the lead is this close to zero. [currency per person]
CLOSE = 0.01
#: The same as a share of the largest lead on the map, where that is small.
SHARE = 1e-6
#: A third strategy is better only if it is so by more than rounding. [currency per person]
BETTER = 1e-6
#: Times that a region too narrow for the grid is looked for between two others.
NARROW = 3
#: Most steps; every second one halves what is left at the least.
STEPS = 80

#: Takes x and y of several points, returns net benefit, shape (strategy, point), NaN if undefined.
Ask = Callable[[Array, Array], Array]


@dataclass(frozen=True)
class Edge:
    """One piece of a boundary.

    Parameters
    ----------
    x, y : float
        Where it is.
    along : str
        ``x`` or ``y``: the direction in which the strategy changes there.
    below, above : int
        The strategies on either side, in that direction.
    kind : str
        ``crossing``; ``jump`` if the lead changes sign without being zero anywhere.
    """

    x: float
    y: float
    along: str
    below: int
    above: int
    kind: str


@dataclass(frozen=True)
class _Bracket:
    """Two points between which one strategy gives way to another, and net benefit at both."""

    start: tuple[float, float]
    end: tuple[float, float]
    below: int
    above: int
    along: str
    at_start: Array
    at_end: Array

    @property
    def leads(self) -> tuple[float, float]:
        """Return the lead of the strategy above over the one below, at both ends."""
        return (
            float(self.at_start[self.above] - self.at_start[self.below]),
            float(self.at_end[self.above] - self.at_end[self.below]),
        )


def edges(ask: Ask, x: Array, y: Array, benefit: Array, winner: NDArray[np.intp]) -> list[Edge]:
    """Return the boundary between strategies, in the order of the grid.

    Parameters
    ----------
    ask : callable
        Net benefit at any points.
    x, y : ndarray, shape (column,) and (row,)
        The grid, both increasing.
    benefit : ndarray, shape (strategy, row, column)
        Net benefit on the grid. [currency per person]
    winner : ndarray of int, shape (row, column)
        The strategy at each point; -1 where there is none.

    Returns
    -------
    list of Edge
        One or more for every pair of neighbours that have different strategies, along x and along
        y. A strategy that is the best only between two neighbouring points is seen if it is better
        than both where these change places.
    """
    found = _brackets(x, y, benefit, winner)
    known = np.abs(benefit - benefit[:1])
    scale = float(np.max(known[np.isfinite(known)], initial=0.0))
    close = min(CLOSE, SHARE * scale) if scale else CLOSE
    settled: list[Edge] = []
    for remaining in reversed(range(NARROW)):
        if not found:
            break
        t, fine = _closed_in(ask, found, close)
        at = [_between(one, share) for one, share in zip(found, t, strict=True)]
        there = ask(*np.array(at).T)
        narrower: list[_Bracket] = []
        for one, place, values, zero in zip(found, at, there.T, fine, strict=True):
            third = _third(one, values) if remaining else None
            if third is None:
                kind = "crossing" if zero else "jump"
                settled.append(Edge(*place, one.along, one.below, one.above, kind))
            else:
                narrower.append(replace(one, end=place, above=third, at_end=values))
                narrower.append(replace(one, start=place, below=third, at_start=values))
        found = narrower
    return settled


def _third(one: _Bracket, values: Array) -> int | None:
    """Return the strategy that is better than both where these change places, if there is one."""
    if not np.isfinite(values).all():
        return None
    best = int(np.argmax(values))
    lead = float(values[best] - max(values[one.below], values[one.above]))
    return best if best not in (one.below, one.above) and lead > BETTER else None


def _between(one: _Bracket, share: float) -> tuple[float, float]:
    (x0, y0), (x1, y1) = one.start, one.end
    return float(x0 + share * (x1 - x0)), float(y0 + share * (y1 - y0))


def _brackets(x: Array, y: Array, benefit: Array, winner: NDArray[np.intp]) -> list[_Bracket]:
    """Return every pair of neighbours that have different strategies."""
    columns, rows = range(len(x)), range(len(y))
    pairs = [("y", (j, i), (k, i)) for i in columns for j, k in pairwise(rows)]
    pairs += [("x", (j, i), (j, k)) for j in rows for i, k in pairwise(columns)]
    found: list[_Bracket] = []
    for along, here, there in pairs:
        a, b = int(winner[here]), int(winner[there])
        if a != b and min(a, b) >= 0:
            ends = [(float(x[column]), float(y[row])) for row, column in (here, there)]
            values = [benefit[:, row, column] for row, column in (here, there)]
            found.append(_Bracket(ends[0], ends[1], a, b, along, values[0], values[1]))
    return found


def _closed_in(ask: Ask, found: list[_Bracket], close: float) -> tuple[Array, NDArray[np.bool_]]:
    """Return where each boundary lies between the ends of its bracket, and whether it is a zero."""
    n = len(found)
    start = np.array([one.start for one in found], dtype=float).T
    step_to = np.array([one.end for one in found], dtype=float).T - start
    below, above = (np.array([getattr(one, key) for one in found]) for key in ("below", "above"))

    def lead(t: Array, which: NDArray[np.intp]) -> Array:
        at = start[:, which] + t * step_to[:, which]
        benefit, across = ask(at[0], at[1]), np.arange(len(which))
        return np.asarray(benefit[above[which], across] - benefit[below[which], across])

    low, high = np.zeros(n), np.ones(n)
    f_low, f_high = np.array([one.leads for one in found]).T.copy()
    first = np.abs(f_low) <= np.abs(f_high)
    best, value = np.where(first, low, high), np.where(first, np.abs(f_low), np.abs(f_high))
    for step in range(STEPS):
        active = np.flatnonzero((value > close) & (high - low > 1e-13))
        if not len(active):
            break
        with np.errstate(all="ignore"):
            slope = (f_high[active] - f_low[active]) / (high[active] - low[active])
            straight = low[active] - f_low[active] / slope
        inside = np.isfinite(straight) & (straight > low[active]) & (straight < high[active])
        t = np.where(inside & (step % 2 == 0), straight, (low[active] + high[active]) / 2)
        f = lead(t, active)
        lost = ~np.isfinite(f)
        high[active[lost]] = low[active[lost]]  # the model has no answer there: no nearer than this
        better = ~lost & (np.abs(f) < value[active])
        best[active[better]], value[active[better]] = t[better], np.abs(f[better])
        same = np.sign(f) == np.sign(f_low[active])
        for ends, f_ends, side in ((low, f_low, same & ~lost), (high, f_high, ~same & ~lost)):
            ends[active[side]], f_ends[active[side]] = t[side], f[side]
    # What is no zero is a jump, and lies where the bracket has shrunk to.
    return np.where(value <= close, best, (low + high) / 2), value <= close
