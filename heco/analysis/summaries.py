"""Many draws in few numbers: means, limits, and how far simulation can be trusted.

Means are over draws; limits are the 2.5 and 97.5 percentiles of the draws. A ratio is always the
ratio of means, never the mean of ratios. The Monte Carlo error says how far the mean of this many
draws may be from the mean of infinitely many.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from heco.outcomes import Array

#: The percentiles that make a 95% range.
TAILS = (0.025, 0.975)


@dataclass(frozen=True)
class Summary:
    """Mean of the draws, their 95% limits, and the Monte Carlo error of the mean.

    Parameters
    ----------
    mean : float
        Mean over draws.
    lower, upper : float
        2.5 and 97.5 percentiles of the draws.
    error : float
        Standard error of the mean from having simulated finitely often.
    """

    mean: float
    lower: float
    upper: float
    error: float


@dataclass(frozen=True)
class Ratio:
    """A ratio of means over draws, with limits where they mean something.

    Parameters
    ----------
    value : float or None
        Mean numerator over mean denominator; None if the mean denominator is 0.
    lower, upper : float or None
        Percentiles of the draws' own ratios; None if the denominator changes sign between draws.
    undefined : int
        Draws whose denominator is 0 (or not above 0, where it counts people).
    """

    value: float | None
    lower: float | None = None
    upper: float | None = None
    undefined: int = 0


def limits(values: Array) -> tuple[float, float]:
    """Return the 2.5 and 97.5 percentiles.

    Parameters
    ----------
    values : ndarray, shape (draw,)
        One number per draw.
    """
    low, high = np.quantile(values, TAILS)
    return float(low), float(high)


def summary(values: Array) -> Summary:
    """Summarise draws.

    Parameters
    ----------
    values : ndarray, shape (draw,)
        One number per draw.
    """
    lower, upper = limits(values)
    return Summary(float(np.mean(values)), lower, upper, monte_carlo_error(values))


def monte_carlo_error(values: Array) -> float:
    """Return the standard error of the mean over independent draws: s / sqrt(n)."""
    n = len(values)
    return float(np.std(values, ddof=1)) / math.sqrt(n) if n > 1 else 0.0


def ratio_of_means(numerator: Array, denominator: Array, *, people: bool = False) -> Ratio:
    """Divide one mean by another.

    Parameters
    ----------
    numerator, denominator : ndarray, shape (draw,)
        Both parts, draw by draw.
    people : bool
        True if the denominator counts people: draws in which it is not above 0 are then left out
        of the limits and counted.

    Returns
    -------
    Ratio
        With limits unless the denominator takes both signs: a percentile of ratios whose
        meaning changes with the sign would mean nothing.
    """
    numerator, denominator = np.broadcast_arrays(numerator, denominator)
    zero = negligible(denominator)
    usable = ~zero & (denominator > 0) if people else ~zero
    undefined = int(np.count_nonzero(~usable))
    below = float(np.mean(denominator))
    scale = float(np.max(np.abs(denominator), initial=0.0))
    if abs(below) <= 1e-12 * max(scale, 1e-300) or not usable.any() or (people and below <= 0):
        return Ratio(None, undefined=undefined)
    value = float(np.mean(numerator)) / below
    signs = np.sign(denominator[usable])
    if len(numerator) < 2 or (signs != signs[0]).any():
        return Ratio(value, undefined=undefined)
    return Ratio(value, *limits(numerator[usable] / denominator[usable]), undefined)


def difference(option: Array, comparator: Array) -> Array:
    """Return option - comparator; what is only rounding error is 0.

    Two strategies that do the same thing along different ways differ in the last digits. Left
    in, such a difference would become a denominator.
    """
    option, comparator = np.asarray(option, dtype=float), np.asarray(comparator, dtype=float)
    raw = option - comparator
    size = np.maximum(np.abs(option), np.abs(comparator))
    return np.asarray(np.where(np.abs(raw) <= 1e-13 * size, 0.0, raw))


def negligible(values: Array) -> NDArray[np.bool_]:
    """Return where values are 0 but for rounding, shape of `values`."""
    scale = float(np.max(np.abs(values), initial=0.0))
    return np.asarray(np.abs(values) <= 1e-14 * scale)


def difference_errors(cost: Array, effect: Array) -> tuple[float, float, float]:
    """Return the Monte Carlo errors of mean cost, mean effect and their ratio (delta method).

    Parameters
    ----------
    cost, effect : ndarray, shape (draw,)
        Differences between two strategies.
    """
    gained = float(np.mean(effect))
    ratio = 0.0
    if gained:
        each = float(np.mean(cost)) / gained
        ratio = monte_carlo_error(cost - each * effect) / abs(gained)
    return monte_carlo_error(cost), monte_carlo_error(effect), ratio


def normal_cdf(x: float) -> float:
    """Return the probability that a standard normal is below `x`."""
    return 0.5 * math.erfc(-x / math.sqrt(2.0))


def best_shares(benefit: Array) -> Array:
    """Return how often each option is best; ties are split equally.

    Parameters
    ----------
    benefit : ndarray, shape (strategy, draw)
        Net benefit.

    Returns
    -------
    ndarray, shape (strategy,)
        Shares of the draws; they sum to 1.
    """
    top = benefit.max(axis=0)
    # Equal options computed along different ways differ by rounding; that is still a tie.
    best = benefit >= top - 1e-12 * np.maximum(1.0, np.abs(top))
    return np.asarray((best / best.sum(axis=0)).mean(axis=1))
