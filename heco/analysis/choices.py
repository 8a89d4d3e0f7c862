"""Over which willingness to pay the curves go, and which option to choose where.

The option to choose has the highest mean net benefit; where that changes from one option to another
is exact, whatever the steps of the curves.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from heco.analysis.context import Context
from heco.analysis.curves import switch_points
from heco.outcomes import Array

#: Where the curves end at least, and how many steps they have at most. [currency per QALY]
LEAST, STEPS = 60_000.0, 120


@dataclass(frozen=True)
class Choice:
    """A range of willingness to pay over which one option has the highest mean net benefit.

    Parameters
    ----------
    low, high : float
        Where it begins and ends; the last has no end (infinity). [currency per QALY]
    best : int
        The option.
    """

    low: float
    high: float
    best: int


def willingness(context: Context, choices: tuple[Choice, ...] = ()) -> Array:
    """Return the willingness to pay that the curves are drawn over, shape (threshold,).

    From 0 to twice the highest that is stated, and at least to 60,000, in round steps; or as
    ``[analysis] psa`` says. Where none is stated, the highest at which the choice changes counts
    instead. All that are stated are among them.
    """
    asked = context.scenario.analysis.psa
    if asked is not None and asked.curve is not None:
        low, high = asked.curve
    else:
        shown = context.wtp or tuple(c.high for c in choices if math.isfinite(c.high))
        low, high = 0.0, max(LEAST, 2 * max(shown, default=0.0))
    step = round_step((high - low) / STEPS)
    steps = low + step * np.arange(math.floor((high - low) / step + 1e-9) + 1)
    stated = [wtp for wtp in context.wtp if low <= wtp <= high]
    return np.unique(np.concatenate([steps, [high], stated]))


def round_step(least: float) -> float:
    """Return the smallest of 1, 2, 2.5 or 5 times a power of ten that is not below a number.

    >>> round_step(500.0), round_step(583.3), round_step(1666.7)
    (500.0, 1000.0, 2000.0)
    """
    power = 10.0 ** math.floor(math.log10(least))
    return next(
        power * step for step in (1.0, 2.0, 2.5, 5.0, 10.0) if power * step >= least * (1 - 1e-12)
    )


def choice_ranges(cost: Array, effect: Array) -> tuple[Choice, ...]:
    """Return which option to choose at every willingness to pay from 0 on.

    Parameters
    ----------
    cost, effect : ndarray, shape (strategy,)
        Means per person. [currency, QALYs]
    """
    cheapest = np.flatnonzero(cost == cost.min())
    now = int(max(cheapest, key=lambda i: effect[i]))
    switches = switch_points(cost, effect)
    # A switch at 0 changes nothing that anybody could be asked to pay.
    edges = [(0.0, now), *((s.wtp, s.after) for s in switches if s.wtp > 0), (math.inf, -1)]
    return tuple(Choice(low, high, i) for (low, i), (high, _) in pairwise(edges))
