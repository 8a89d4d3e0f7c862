"""Which options are worth having at some willingness to pay, and at what price of a QALY.

The rules of a fully incremental table. Options are sorted by effect, then cost. An option is
*dominated* if another costs no more and gains no less, one of the two strictly; *extendedly
dominated* if a mixture of two others would do better, which shows as a ratio that is higher than
the next one; what is left is the frontier, whose ratios never fall. Options with the same cost
and effect share a place; an option exactly on the line between its neighbours stays.

Every frontier is checked the other way round before it is believed: at a willingness to pay
between two successive ratios, the option with the highest net monetary benefit must be the one
on the frontier there.

Sources: Drummond et al. 2015, Methods for the Economic Evaluation of Health Care Programmes,
4th ed., ch. 4; Cantor 1994, Medical Decision Making 14:259; Stinnett & Mullahy 1998, Medical
Decision Making 18:S68 (net benefit).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from heco.outcomes import Array

#: Two costs or effects that differ by less than this, relative to their size, are the same.
SAME = 1e-9
#: Below this difference in effect no ratio is formed. [QALYs per person]
NO_EFFECT = 1e-6

FRONTIER = "frontier"
DOMINATED = "dominated"
EXTENDED = "extendedly dominated"
EQUIVALENT = "equivalent"


@dataclass(frozen=True)
class Place:
    """Where one option stands among all.

    Parameters
    ----------
    status : str
        ``frontier``, ``dominated``, ``extendedly dominated``, or ``equivalent`` to an option that
        is on the frontier.
    previous : int or None
        The next less effective option on the frontier.
    cost, effect, icer : float or None
        Increments from `previous`, and their ratio; None off the frontier and at its start.
        [currency, QALYs, currency per QALY]
    by : tuple of int
        The option that dominates, or that this one is equivalent to; the two neighbours on the
        frontier if it is extendedly dominated.
    on_the_line : bool
        True if it lies on the straight line between its neighbours, so that it is best at one
        willingness to pay only, and there no better than they are.
    """

    status: str
    previous: int | None = None
    cost: float | None = None
    effect: float | None = None
    icer: float | None = None
    by: tuple[int, ...] = ()
    on_the_line: bool = False


def incremental(costs: Sequence[float] | Array, effects: Sequence[float] | Array) -> list[Place]:
    """Place every option in a fully incremental table.

    Parameters
    ----------
    costs, effects : sequence of float, shape (strategy,)
        Mean cost and effect per person. [currency, QALYs]

    Returns
    -------
    list of Place
        In the order of the options given.

    Raises
    ------
    ArithmeticError
        If the frontier and net monetary benefit disagree, which would be a bug.

    Examples
    --------
    >>> [place.icer for place in incremental([0, 1000, 5000], [1.0, 1.5, 2.5])]
    [None, 2000.0, 4000.0]
    """
    cost, effect = np.asarray(costs, dtype=float), np.asarray(effects, dtype=float)
    if cost.shape != effect.shape or cost.ndim != 1:
        raise ValueError("costs and effects must be two lists of the same length")
    if not (np.isfinite(cost).all() and np.isfinite(effect).all()):
        raise ValueError("costs and effects must be finite")
    twin_of = _twins(cost, effect)
    own = [i for i in range(len(cost)) if i not in twin_of]
    dominated = _dominated(cost, effect, own)
    rest = sorted((i for i in own if i not in dominated), key=lambda i: (effect[i], cost[i]))
    line = _hull(cost, effect, rest)
    _cross_check(cost, effect, line)
    places: dict[int, Place] = {i: Place(DOMINATED, by=(j,)) for i, j in dominated.items()}
    for k, i in enumerate(line):
        after = line[k + 1] if k + 1 < len(line) else None
        places[i] = _on_frontier(cost, effect, line[k - 1] if k else None, i, after)
    for i in rest:
        if i not in places:
            k = int(np.searchsorted(effect[line], effect[i]))
            places[i] = Place(EXTENDED, by=(line[k - 1], line[k]))
    for i, twin in twin_of.items():
        place = places[twin]
        places[i] = Place(EQUIVALENT, by=(twin,)) if place.status == FRONTIER else place
    return [places[i] for i in range(len(cost))]


def quadrant(cost: float, effect: float) -> str:
    """Say where a difference in cost and effect lies on the cost-effectiveness plane.

    Parameters
    ----------
    cost, effect : float
        Option minus comparator. [currency, QALYs]

    Returns
    -------
    str
        ``NE`` (costs and gains more), ``SE`` (dominates), ``NW`` (is dominated), ``SW`` (costs
        and gains less), ``same effect`` (no meaningful difference in effect, whatever the cost).
    """
    if abs(effect) < NO_EFFECT:
        return "same effect"
    if effect > 0:
        return "NE" if cost > SAME else "SE"
    return "SW" if cost < -SAME else "NW"


def ratio(cost: float, effect: float) -> float | None:
    """Return the ratio of a difference in cost and effect, where one means something.

    In the north-east it is what a QALY gained costs, in the south-west what is saved for a QALY
    lost; elsewhere there is none. [currency per QALY]
    """
    return cost / effect if quadrant(cost, effect) in ("NE", "SW") else None


def _near(values: Array, value: float) -> Array:
    return SAME * np.maximum(1.0, np.maximum(np.abs(values), abs(value)))


def _twins(cost: Array, effect: Array) -> dict[int, int]:
    """Return each option that repeats an earlier one -> that one."""
    twins: dict[int, int] = {}
    for i in range(1, len(cost)):
        same = (np.abs(cost[:i] - cost[i]) <= _near(cost[:i], cost[i])) & (
            np.abs(effect[:i] - effect[i]) <= _near(effect[:i], effect[i])
        )
        first = next((int(j) for j in np.flatnonzero(same) if int(j) not in twins), None)
        if first is not None:
            twins[i] = first
    return twins


def _dominated(cost: Array, effect: Array, own: list[int]) -> dict[int, int]:
    """Return each dominated option -> the option that dominates it, itself undominated."""
    beaten: dict[int, list[int]] = {}
    for j in own:
        others = np.array([i for i in own if i != j], dtype=int)
        if not len(others):
            continue
        saved = cost[j] - cost[others]
        gained = effect[others] - effect[j]
        near_cost, near_effect = _near(cost[others], cost[j]), _near(effect[others], effect[j])
        by = (saved >= -near_cost) & (gained >= -near_effect)
        by &= (saved > near_cost) | (gained > near_effect)
        if by.any():
            beaten[j] = [int(i) for i in others[by]]
    named = {}
    for j, by_whom in beaten.items():
        # With tolerances a chain of near-equals could in principle dominate in a circle.
        best = [i for i in by_whom if i not in beaten] or by_whom
        named[j] = max(best, key=lambda i: (effect[i], -cost[i]))
    return named


def _height(cost: Array, effect: Array, left: int, i: int, right: int) -> float:
    """Return how far an option lies above the line between two others. [currency]."""
    share = (effect[i] - effect[left]) / (effect[right] - effect[left])
    return float(cost[i] - cost[left] - share * (cost[right] - cost[left]))


def _tolerance(cost: Array, *options: int) -> float:
    return SAME * max(1.0, *(abs(float(cost[i])) for i in options))


def _hull(cost: Array, effect: Array, rest: list[int]) -> list[int]:
    """Return the lower convex hull, by the monotone chain; points on a line stay."""
    line: list[int] = []
    for i in rest:
        # An option is left out when it lies above the line from the one before to the one
        # after: the same thing as a ratio higher than the next, without dividing by small gains.
        while len(line) >= 2 and _height(cost, effect, line[-2], line[-1], i) > _tolerance(
            cost, line[-2], line[-1], i
        ):
            line.pop()
        line.append(i)
    return line


def _on_frontier(
    cost: Array, effect: Array, before: int | None, i: int, after: int | None
) -> Place:
    if before is None:
        return Place(FRONTIER)
    more, gained = float(cost[i] - cost[before]), float(effect[i] - effect[before])
    on_the_line = after is not None and abs(_height(cost, effect, before, i, after)) <= _tolerance(
        cost, before, i, after
    )
    return Place(FRONTIER, before, more, gained, more / gained, on_the_line=on_the_line)


def _cross_check(cost: Array, effect: Array, line: list[int]) -> None:
    """Check that net monetary benefit picks the frontier's option between successive ratios."""
    ratios = np.diff(cost[line]) / np.diff(effect[line])
    ends = [0.0, *ratios, 2.0 * float(ratios[-1]) + 1.0 if len(ratios) else 0.0]
    for k, i in enumerate(line):
        low, high = ends[k], ends[k + 1]
        if low >= high and len(line) > 1:
            continue  # on the line between its neighbours: nowhere the single best
        wtp = (low + high) / 2
        benefit = wtp * effect - cost
        slack = SAME * max(1.0, float(np.abs(wtp * effect).max()), float(np.abs(cost).max()))
        if benefit[i] < benefit.max() - slack:
            raise ArithmeticError(
                f"frontier and net monetary benefit disagree at {wtp:g} per unit of effect: "
                f"costs {cost.tolist()}, effects {effect.tolist()}"
            )
