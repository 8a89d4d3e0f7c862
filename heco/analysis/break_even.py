"""Where a net benefit that differs by draw breaks even: on average, and with given probabilities.

If net benefit is a straight line in the value in every draw, each draw has a break-even of its own:
the mean answer follows from mean intercept and mean slope, the probabilities from counting
break-evens, an order statistic of them. Otherwise the value is closed in on by bisection between
the points that are known. Intervals are percentiles over bootstrap samples of the draws, which are
taken as straight lines around the answer.

Source: Efron & Tibshirani 1993, An Introduction to the Bootstrap, ch. 13 (percentile intervals).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from heco.analysis.context import MAX_INVALID
from heco.outcomes import Array

#: Values asked where net benefit is no straight line (odd, so that one is in the middle); bootstrap
#: samples; share of the range left by bisection.
POINTS, RESAMPLES, WIDTH = 33, 500, 1e-7
#: Share of the largest net benefit by which three points may miss a straight line.
STRAIGHT = 1e-9

#: What is asked for: the mean, or a probability.
Ask = float | None


@dataclass(frozen=True)
class Crossing:
    """One value of the parameter at which the answer changes.

    Parameters
    ----------
    share : float or None
        Probability that is reached there; None for the mean net benefit of zero.
    x : float or None
        The value; None if the answer is the same everywhere. [unit of the parameter]
    lower, upper : float or None
        95% bootstrap interval; None where resampled draws have no such value in the range.
    worth_it : str
        ``above`` or ``below`` the value; ``always`` or ``never`` over the whole range.
    """

    share: Ask
    x: float | None
    lower: float | None
    upper: float | None
    worth_it: str


@dataclass(frozen=True)
class Scan:
    """Incremental net benefit by value and draw.

    Parameters
    ----------
    x : ndarray, shape (point,)
        Values, rising. [unit of the parameter]
    table : ndarray, shape (point, draw)
        Incremental net benefit, nan where there is none. [currency per person]
    gain : callable
        The same at any other value, shape (draw,).
    lines : tuple of two ndarrays, shape (draw,), or None
        Net benefit at the first value, and its slope, if every draw is a straight line.
    """

    x: Array
    table: Array
    gain: Callable[[float], Array]
    lines: tuple[Array, Array] | None

    def local(self, x: float) -> tuple[Array, Array]:
        """Return net benefit at a value and its slope there, by draw, of draws that have both."""
        if self.lines:
            return self.lines[0] + self.lines[1] * (x - self.x[0]), self.lines[1]
        step = 1e-4 * (self.x[-1] - self.x[0])
        left, here, right = (self.gain(x + d) for d in (-step, 0.0, step))
        fine = np.isfinite(left) & np.isfinite(here) & np.isfinite(right)
        return here[fine], (right - left)[fine] / (2 * step)


def scan_model(gain: Callable[[float], Array], low: float, high: float) -> Scan:
    """Return net benefit over the range; three questions are enough if every draw is straight."""
    points = np.linspace(low, high, POINTS)
    three = np.stack([gain(float(x)) for x in points[[0, POINTS // 2, -1]]])
    fine = np.asarray(np.isfinite(three).all(axis=0))
    kept = three[:, fine]
    bent = np.abs(kept[1] - (kept[0] + kept[2]) / 2)
    if enough(fine) and (bent <= STRAIGHT * np.maximum(np.abs(kept).max(axis=0), 1e-300)).all():
        slope = (kept[2] - kept[0]) / (high - low)
        return Scan(points, kept[0] + (points - low)[:, None] * slope, gain, (kept[0], slope))
    return Scan(points, np.stack([gain(float(x)) for x in points]), gain, None)


def scan_lines(intercept: Array, slope: Array, low: float, high: float) -> Scan:
    """Return the scan of draws that are straight lines: intercept at 0, and slope.

    Parameters
    ----------
    intercept, slope : ndarray, shape (draw,)
        Net benefit at a value of 0, and per unit of it. [currency per person]
    low, high : float
        Where to look. [unit of the parameter]
    """
    points = np.linspace(low, high, POINTS)
    table = intercept + points[:, None] * slope
    return Scan(points, table, lambda x: intercept + x * slope, (table[0], slope))


def solve(
    scan: Scan, shares: Sequence[float], generator: np.random.Generator
) -> tuple[Crossing, ...]:
    """Return where the mean breaks even, and where each probability is reached, with intervals.

    Parameters
    ----------
    scan : Scan
        Net benefit by value and draw.
    shares : sequence of float
        Probabilities asked for.
    generator : numpy.random.Generator
        For the bootstrap.
    """
    found = []
    for ask in (None, *shares):
        for one in _crossings(scan, ask):
            ends = (None, None) if one.x is None else _interval(scan, one, generator)
            found.append(replace(one, lower=ends[0], upper=ends[1]))
    return tuple(found)


def enough(fine: NDArray[np.bool_]) -> bool:
    """Return whether at most 0.1% of the draws are outside their domain."""
    return bool(np.count_nonzero(~fine) <= MAX_INVALID * len(fine))


def level(inmb: Array, ask: Ask) -> float:
    """Return the mean, or the probability of being above 0 less what is asked for.

    Exactly 0 counts half: there the option is worth exactly what it costs.
    """
    fine = np.isfinite(inmb)
    if not enough(fine):
        return math.nan
    kept = inmb[fine]
    if ask is None:
        return float(kept.mean())
    return float(np.mean(kept > 0) + 0.5 * np.mean(kept == 0)) - ask


def _crossings(scan: Scan, ask: Ask) -> list[Crossing]:
    """Return where the answer to one question changes, or that it never does."""
    values = np.array([level(row, ask) for row in scan.table])
    known = np.flatnonzero(np.isfinite(values))
    if not len(known):
        return [Crossing(ask, None, None, None, "not defined")]
    yes = values >= 0
    found = []
    for i, j in pairwise(known):
        if yes[i] == yes[j]:
            continue
        side = "above" if yes[j] else "below"
        x = _closed_in(scan, ask, int(i), int(j)) if j == i + 1 else None
        found.append(Crossing(ask, x, None, None, side if x is not None else "not defined"))
    return found or [Crossing(ask, None, None, None, "always" if yes[known[0]] else "never")]


def _closed_in(scan: Scan, ask: Ask, i: int, j: int) -> float | None:
    """Return the value between two points at which the answer changes; None if there is none."""
    low, high = float(scan.x[i]), float(scan.x[j])
    yes_low = level(scan.table[i], ask) >= 0
    if scan.lines and ask is None:
        a, b = (level(scan.table[k], None) for k in (i, j))
        return low - a * (high - low) / (b - a)
    if scan.lines:
        events, signs = _events(*scan.local(low), low)
        inside = (events >= low) & (events <= high)
        order = np.argsort(events[inside], kind="stable")
        steps = np.cumsum(signs[inside][order]) / len(scan.lines[0])
        levels = level(scan.table[i], ask) + steps
        # Counting in floats: what is short of the mark by rounding is not short of it.
        changed = (levels >= -1e-12) != yes_low
        return float(events[inside][order][np.argmax(changed)]) if changed.any() else high
    while high - low > WIDTH * (scan.x[-1] - scan.x[0]):
        middle = (low + high) / 2
        there = level(scan.gain(middle), ask)
        if math.isnan(there):
            return None
        low, high = (middle, high) if (there >= 0) == yes_low else (low, middle)
    return (low + high) / 2


def _events(inmb: Array, slope: Array, x: float) -> tuple[Array, Array]:
    """Return where each draw breaks even on its line, and whether it is worth it above or below."""
    moving = slope != 0
    return x - inmb[moving] / slope[moving], np.sign(slope[moving])


def _interval(
    scan: Scan, crossing: Crossing, generator: np.random.Generator
) -> tuple[float | None, float | None]:
    """Return the 95% bootstrap interval of a crossing, draws taken as straight lines around it."""
    assert crossing.x is not None
    inmb, slope = scan.local(crossing.x)
    n = len(inmb)
    if n == 0 or not slope.any():
        return None, None
    events, signs = _events(inmb, slope, crossing.x)
    order = np.argsort(events, kind="stable")
    events, signs = events[order], signs[order]
    # Far to the left the draws with falling lines are worth it, and those that never change.
    moving, worth = np.flatnonzero(slope != 0)[order], (slope < 0) | ((slope == 0) & (inmb > 0))
    here = int(np.searchsorted(events, crossing.x))
    rising = crossing.worth_it == "above"
    found = np.full(RESAMPLES, math.nan)
    for k in range(RESAMPLES):
        weights = np.bincount(generator.integers(0, n, n), minlength=n).astype(float)
        if crossing.share is None:
            below = float(weights @ slope)
            found[k] = crossing.x - float(weights @ inmb) / below if below else math.nan
            continue
        steps = np.cumsum(weights[moving] * signs)  # whole numbers, so sums are exact
        reached = np.append(0.0, steps) >= crossing.share * n - 1e-9 - weights[worth].sum()
        changes = np.flatnonzero((reached[1:] != reached[:-1]) & (reached[1:] == rising))
        if len(changes):
            found[k] = events[changes[np.argmin(np.abs(changes - here))]]
    found[(found < scan.x[0]) | (found > scan.x[-1])] = math.nan
    if np.mean(np.isnan(found)) > 0.025:
        return None, None
    lower, upper = np.nanquantile(found, (0.025, 0.975))
    return float(lower), float(upper)
