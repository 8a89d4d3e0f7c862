"""Share out a difference among the changes that made it: the average over all orders.

In one order, a change is worth the difference that it makes when its turn comes. With n changes
there are n! orders, but only 2^n sets of changes made so far, so that up to `EXACT` changes the
average is exact. Beyond, orders are drawn at random, each together with its reverse, and the
95% limits of the average are stated. In every order the effects add up to the whole difference,
so they do in the average.

Shapley L. A value for n-person games. In: Contributions to the Theory of Games II, 1953: 307-317;
Castro J, Gomez D, Tejada J. Comput Oper Res 2009; 36: 1726-1730.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import combinations
from math import comb, sqrt

import numpy as np

#: The most changes whose average over all orders is worked out exactly.
EXACT = 8
#: Orders drawn beyond that, each with its reverse.
PAIRS = 50
_SEED = 1
_Z = 1.959963984540054


@dataclass(frozen=True)
class Share:
    """What one change is worth.

    Parameters
    ----------
    effect : float
        Average over the orders.
    lower, upper : float or None
        95% limits of the average; None if it is exact.
    least, most : float
        The smallest and the largest effect that it has in any order that was looked at.
    """

    effect: float
    lower: float | None = None
    upper: float | None = None
    least: float = 0.0
    most: float = 0.0


def shares(players: Sequence[str], value: Callable[[frozenset[str]], float]) -> dict[str, Share]:
    """Return what each change is worth.

    Parameters
    ----------
    players : sequence of str
        The changes.
    value : callable
        Changes made -> the answer then. Asked again and again: it should remember.

    Examples
    --------
    >>> found = shares(["a", "b"], lambda made: 2.0 * (1 + ("a" in made)) * (1 + 2 * ("b" in made)))
    >>> found["a"].effect, found["b"].effect
    (4.0, 6.0)
    """
    return _exact(players, value) if len(players) <= EXACT else _sampled(players, value)


def _exact(players: Sequence[str], value: Callable[[frozenset[str]], float]) -> dict[str, Share]:
    n = len(players)
    found = {}
    for player in players:
        others = [p for p in players if p != player]
        total, steps = 0.0, []
        for size in range(n):
            weight = 1 / (n * comb(n - 1, size))
            for made in map(frozenset, combinations(others, size)):
                steps.append(value(made | {player}) - value(made))
                total += weight * steps[-1]
        found[player] = Share(total, None, None, min(steps), max(steps))
    return found


def _sampled(players: Sequence[str], value: Callable[[frozenset[str]], float]) -> dict[str, Share]:
    n = len(players)
    order = np.random.Generator(np.random.PCG64(_SEED))
    steps = np.zeros((PAIRS, 2, n))
    for pair in range(PAIRS):
        forward = order.permutation(n)
        for side, turns in enumerate((forward, forward[::-1])):
            made: frozenset[str] = frozenset()
            before = value(made)
            for i in turns:
                made |= {players[i]}
                after = value(made)
                steps[pair, side, i] = after - before
                before = after
    pairs = steps.mean(axis=1)
    means = pairs.mean(axis=0)
    errors = _Z * pairs.std(axis=0, ddof=1) / sqrt(PAIRS)
    return {
        player: Share(
            float(means[i]), float(means[i] - errors[i]), float(means[i] + errors[i]),
            float(steps[:, :, i].min()), float(steps[:, :, i].max()),
        )
        for i, player in enumerate(players)
    }  # fmt: skip
