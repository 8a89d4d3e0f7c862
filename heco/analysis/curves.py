"""What uncertainty means for the decision, at every willingness to pay.

All curves come from one pass over the draws, in blocks, so memory does not grow with their number.
At each willingness to pay the net monetary benefit of a draw is ``wtp * effect - cost``, computed
in the same way for every option, and

- the acceptability curve (CEAC) is the share of draws in which an option has the highest net
  benefit of *all* options. Options whose net benefit is exactly the same number share the draw
  equally, so the shares sum to 1;
- the acceptability frontier (CEAF) is the CEAC of the option with the highest *mean* net benefit:
  the one to choose, which need not be the one that is best most often;
- the expected loss of an option is what choosing it forgoes on average, against knowing in each
  draw which option is best. The smallest expected loss is that of the option to choose, and is the
  expected value of perfect information (EVPI).

Two options that do the same thing along different ways differ in the last binary digits. Draws in
which both their costs and their effects agree to 1e-13 of their size are taken as exactly equal
beforehand; no other tolerance is used.

Sources: Fenwick, Claxton & Sculpher 2001, Health Economics 10:779 (CEAC, CEAF); Barton, Briggs &
Fenwick 2008, Value in Health 11:886; Alarid-Escudero et al. 2019, Value in Health 22:611 (expected
loss). Reproduced by tests/reference/sick_sicker_psa.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from numpy.typing import NDArray

from heco.outcomes import Array

#: Costs and effects that agree to this share of their size differ by rounding only.
ROUNDING = 1e-13
#: Numbers worked on at once: a few arrays of this size stay in the processor's cache.
BLOCK = 49_152
#: Default grid: every 100 from 0 to 50,000. [currency per QALY]
GRID = (0.0, 50_000.0, 501)


@dataclass(frozen=True)
class Curves:
    """Decision uncertainty over a grid of willingness to pay.

    Parameters
    ----------
    wtp : ndarray, shape (threshold,)
        Willingness to pay. [currency per QALY]
    nmb : ndarray, shape (strategy, threshold)
        Mean net monetary benefit. [currency per person]
    ceac : ndarray, shape (strategy, threshold)
        Probability of being the most cost-effective of all; sums to 1 over strategies.
    loss : ndarray, shape (strategy, threshold)
        Expected loss from choosing the strategy. [currency per person]
    best : ndarray of int, shape (threshold,)
        The strategy with the highest mean; of several, the first.
    evpi_error : ndarray, shape (threshold,)
        Monte Carlo error of `evpi` for independent draws. [currency per person]
    draws : int
        How many draws the curves rest on.
    """

    wtp: Array
    nmb: Array
    ceac: Array
    loss: Array
    best: NDArray[np.intp]
    evpi_error: Array
    draws: int

    @property
    def ceaf(self) -> Array:
        """Return the probability that the best strategy on average is the best, (threshold,)."""
        return np.asarray(self.ceac[self.best, np.arange(len(self.wtp))])

    @property
    def evpi(self) -> Array:
        """Return the expected value of perfect information, shape (threshold,)."""
        return np.asarray(self.loss.min(axis=0))


def grid(low: float = GRID[0], high: float = GRID[1], points: int = int(GRID[2])) -> Array:
    """Return willingness to pay at equal steps, both ends included, shape (threshold,)."""
    if not (0 <= low < high < math.inf and points >= 2):
        raise ValueError(f"a grid from {low} to {high} with {points} points")
    return np.linspace(low, high, points)


def curves(cost: npt.ArrayLike, effect: npt.ArrayLike, wtp: npt.ArrayLike) -> Curves:
    """Work out CEAC, CEAF, expected losses and EVPI in one pass over the draws.

    Parameters
    ----------
    cost, effect : array_like, shape (strategy, draw)
        Per person; every value finite. [currency, QALYs]
    wtp : array_like, shape (threshold,)
        Willingness to pay, in any order. [currency per QALY]

    Returns
    -------
    Curves
        Over the same thresholds.

    Examples
    --------
    >>> made = curves([[0.0, 0.0], [500.0, 500.0]], [[0.0, 0.0], [0.0, 1.0]], [0, 20_000])
    >>> made.ceac.tolist(), made.evpi.tolist()
    ([[1.0, 0.5], [0.0, 0.5]], [0.0, 250.0])
    """
    c, e = _matrices(cost, effect)
    thresholds = np.atleast_1d(np.asarray(wtp, dtype=float))
    if thresholds.ndim != 1 or not np.isfinite(thresholds).all():
        raise ValueError("willingness to pay must be a list of finite numbers")
    strategies, draws = c.shape
    shape = (strategies, len(thresholds))
    won, total = np.zeros(shape), np.zeros(shape)
    top_total, squares = np.zeros(len(thresholds)), np.zeros(len(thresholds))
    leader = np.argmax(thresholds * e.mean(axis=1)[:, None] - c.mean(axis=1)[:, None], axis=0)
    size = max(1, BLOCK // strategies)
    for first in range(0, draws, size):
        ce, ee = c[:, first : first + size], e[:, first : first + size]
        n = ce.shape[1]
        benefit, top, forgone = np.empty_like(ce), np.empty(n), np.empty(n)
        for k, threshold in enumerate(thresholds):
            np.multiply(ee, threshold, out=benefit)
            np.subtract(benefit, ce, out=benefit)
            np.copyto(top, benefit[0])
            for row in benefit[1:]:
                np.maximum(top, row, out=top)
            wins = benefit == top
            counts = np.array([np.count_nonzero(row) for row in wins], dtype=float)
            # Only where several win the same draw is it worth dividing.
            won[:, k] += counts if counts.sum() == n else (wins / wins.sum(axis=0)).sum(axis=1)
            # Both sums add in the same order, so a mean loss is never below zero by rounding.
            total[:, k] += [row.sum() for row in benefit]
            top_total[k] += top.sum()
            np.subtract(top, benefit[leader[k]], out=forgone)
            squares[k] += forgone @ forgone
    nmb, loss = total / draws, (top_total - total) / draws
    best = np.argmax(nmb, axis=0)
    spread = np.maximum(squares / draws - loss[leader, np.arange(shape[1])] ** 2, 0.0)
    error = np.sqrt(spread / max(draws - 1, 1))
    return Curves(thresholds, nmb, won / draws, loss, best, error, draws)


@dataclass(frozen=True)
class Band:
    """Incremental net monetary benefit over willingness to pay, with its range over draws.

    Parameters
    ----------
    wtp, mean, lower, upper : ndarray, shape (threshold,)
        Mean over draws and percentiles of the draws. [currency per person]
    error : ndarray, shape (threshold,)
        Monte Carlo error of the mean, for independent draws. [currency per person]
    """

    wtp: Array
    mean: Array
    lower: Array
    upper: Array
    error: Array


def inmb_band(
    extra_cost: npt.ArrayLike, extra_effect: npt.ArrayLike, wtp: npt.ArrayLike, level: float = 0.95
) -> Band:
    """Return the mean of incremental net benefit, and the range that holds most draws.

    Parameters
    ----------
    extra_cost, extra_effect : array_like, shape (draw,)
        Option minus comparator, per person. [currency, QALYs]
    wtp : array_like, shape (threshold,)
        Willingness to pay. [currency per QALY]
    level : float
        Share of the draws inside the range.

    Returns
    -------
    Band
        Percentiles as `numpy.quantile` defines them.
    """
    cost, effect = np.asarray(extra_cost, dtype=float), np.asarray(extra_effect, dtype=float)
    thresholds = np.atleast_1d(np.asarray(wtp, dtype=float))
    n = len(cost)
    places = np.array([(1 - level) / 2, (1 + level) / 2]) * (n - 1)
    below = np.floor(places).astype(int)
    kth = sorted({*below.tolist(), *np.minimum(below + 1, n - 1).tolist()})
    ends = np.empty((2, len(thresholds)))
    for k, threshold in enumerate(thresholds):
        sorted_there = np.partition(threshold * effect - cost, kth)
        low = sorted_there[below]
        high = sorted_there[np.minimum(below + 1, n - 1)]
        ends[:, k] = low + (places - below) * (high - low)
    mean = thresholds * effect.mean() - cost.mean()
    error = np.zeros(len(thresholds))
    if n > 1:
        (vee, vec), (_, vcc) = np.cov(effect, cost)
        variance = thresholds**2 * vee - 2 * thresholds * vec + vcc
        error = np.sqrt(np.maximum(variance, 0.0) / n)
    return Band(thresholds, mean, ends[0], ends[1], error)


@dataclass(frozen=True)
class Switch:
    """A willingness to pay at which another strategy becomes the best on average.

    Parameters
    ----------
    wtp : float
        Where. [currency per QALY]
    before, after : int
        The strategy with the highest mean net benefit below and above.
    """

    wtp: float
    before: int
    after: int


def switch_points(
    cost: npt.ArrayLike, effect: npt.ArrayLike, low: float = 0.0, high: float = math.inf
) -> tuple[Switch, ...]:
    """Return where the best strategy changes: the corners of the upper envelope of net benefit.

    They are the ratios between neighbours on the frontier, exact and not bound to a grid.

    Parameters
    ----------
    cost, effect : array_like, shape (strategy,)
        Means per person. [currency, QALYs]
    low, high : float
        The range of willingness to pay to look at. [currency per QALY]

    Returns
    -------
    tuple of Switch
        Rising; a strategy that is best nowhere is not among them.
    """
    c, e = np.asarray(cost, dtype=float), np.asarray(effect, dtype=float)
    found: list[Switch] = []
    benefit = low * e - c
    # Of equals at the start, the most effective is ahead at once.
    now = max(np.flatnonzero(benefit == benefit.max()), key=lambda i: e[i])
    while True:
        rivals = np.flatnonzero(e > e[now])
        if not len(rivals):
            return tuple(found)
        crossing = (c[rivals] - c[now]) / (e[rivals] - e[now])
        at = float(crossing.min())
        if at >= high:
            return tuple(found)
        then = max(rivals[crossing == at], key=lambda i: e[i])
        found.append(Switch(at, int(now), int(then)))
        now = then


def _matrices(cost: npt.ArrayLike, effect: npt.ArrayLike) -> tuple[Array, Array]:
    """Return both as matrices in which options that differ by rounding only are equal."""
    c, e = np.asarray(cost, dtype=float), np.asarray(effect, dtype=float)
    if c.shape != e.shape or c.ndim != 2 or not c.size:
        raise ValueError(f"costs of shape {c.shape} and effects of shape {e.shape}")
    if not (np.isfinite(c).all() and np.isfinite(e).all()):
        raise ValueError("costs and effects must be finite")
    copied = False
    for j in range(1, len(c)):
        for i in range(j):
            twins = _close(c[i], c[j]) & _close(e[i], e[j])
            if not twins.any():
                continue
            if not copied:
                c, e, copied = c.copy(), e.copy(), True
            c[j, twins], e[j, twins] = c[i, twins], e[i, twins]
    return c, e


def _close(a: Array, b: Array) -> NDArray[np.bool_]:
    return np.asarray(np.abs(a - b) <= ROUNDING * np.maximum(np.abs(a), np.abs(b)))
