"""What knowing everything would be worth, per person and for all whom the decision concerns."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt


@dataclass(frozen=True)
class People:
    """Who gains from better decisions, and for how long.

    Parameters
    ----------
    per_year : float
        People who reach the decision each year.
    prevalent : float
        People whom it concerns at once, in addition.
    horizon : float
        For how long the decision stands. [years]
    rate : float
        Yearly discount rate.
    continuous : bool
        Whether people come all the time instead of at the start of each year.
    """

    per_year: float
    prevalent: float = 0.0
    horizon: float = 10.0
    rate: float = 0.035
    continuous: bool = False

    def count(self, start: float = 0.0, end: float | None = None) -> float:
        """Return how many are reached between two times, discounted to today.

        Those whom the decision concerns at once are reached at time 0 only: evidence that comes
        later is too late for them.

        Parameters
        ----------
        start, end : float
            When the better decision begins and ends; left out, at the horizon. [years]

        Examples
        --------
        >>> round(People(100, horizon=3, rate=0.1).count(), 4)  # 100 (1 + 1/1.1 + 1/1.21)
        273.5537
        >>> round(People(100, horizon=3, rate=0.1, continuous=True).count(), 4)
        260.922
        """
        stop = self.horizon if end is None else min(end, self.horizon)
        if stop <= start:
            return 0.0
        at_once = self.prevalent if start == 0 else 0.0
        if self.continuous:
            delta = math.log1p(self.rate)
            if delta == 0:
                return at_once + self.per_year * (stop - start)
            span = math.exp(-delta * start) - math.exp(-delta * stop)
            return at_once + self.per_year * span / delta
        # Year t's people come at its start; a year that is cut by either end counts in part.
        total = at_once
        for t in range(math.floor(start), math.ceil(stop)):
            part = min(stop, t + 1.0) - max(start, float(t))
            total += self.per_year * part * (1 + self.rate) ** -t
        return total


def evpi(cost: npt.ArrayLike, effect: npt.ArrayLike, wtp: float) -> tuple[float, float]:
    """Return the value of perfect information and its Monte Carlo error, per person.

    Parameters
    ----------
    cost, effect : array_like, shape (strategy, draw)
        Per person. [currency, QALYs]
    wtp : float
        Willingness to pay. [currency per QALY]

    Examples
    --------
    >>> evpi([[0.0, 0.0], [500.0, 500.0]], [[0.0, 0.0], [0.0, 1.0]], 20_000)[0]
    250.0
    """
    benefit = wtp * np.asarray(effect, float) - np.asarray(cost, float)
    best = int(np.argmax(benefit.mean(axis=1)))
    forgone = benefit.max(axis=0) - benefit[best]
    return float(forgone.mean()), float(forgone.std(ddof=1) / math.sqrt(benefit.shape[1]))
