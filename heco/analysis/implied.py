"""The values of one input for which the model rounds to what was printed.

The input is moved over its range, all others keep their base values. A printed figure is a window
of half its last digit on either side; the values that are implied are all those for which the
model falls into the window: several ranges if there are several, and never a single guess.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import pairwise

import numpy as np

from heco.analysis.context import Context, Sample, keep
from heco.analysis.roots import NotDefined, roots
from heco.analysis.rowwise import rowwise
from heco.outcomes import Array
from heco.result import Quantity

#: Figures are held against windows in units of this many half digits, for the root finder.
UNIT = 1_000.0

Ranges = tuple[tuple[float, float], ...]


@dataclass(frozen=True)
class Implied:
    """What one figure implies for one input.

    Parameters
    ----------
    moves : bool
        Whether the input moves the figure at all.
    ranges : tuple of (float, float)
        Values of the input for which the figure agrees, in increasing order.
    low, high : float
        Smallest and largest value of the figure over the range looked at.
    """

    moves: bool
    ranges: Ranges
    low: float
    high: float


class Asker:
    """Asks the model for several quantities at other values of one input.

    Parameters
    ----------
    context : Context
        The run; only its base case is used.
    wanted : mapping of str to Quantity
        The model's own numbers, by the name of the figure that they stand beside.
    """

    def __init__(self, context: Context, wanted: Mapping[str, Quantity]) -> None:
        self.context = context
        self.wanted = {}
        for name, quantity in wanted.items():
            found = rowwise(context, context.base, quantity)
            # A quantity that is not the same row by row is left alone rather than solved wrongly.
            if found is None or quantity.value is None:
                continue
            if abs(found[0] - quantity.value) <= 1e-9 * max(1.0, abs(quantity.value)):
                self.wanted[name] = quantity

    def at(self, parameter: str, values: Array, only: str = "") -> dict[str, Array]:
        """Return every quantity at every value of a parameter; NaN where it is not defined.

        Parameters
        ----------
        parameter : str
            The input that is moved.
        values : ndarray, shape (point,)
            Its values.
        only : str
            The only figure that is wanted; left out, all of them.
        """
        wanted = {only: self.wanted[only]} if only else self.wanted
        model = self.context.model
        draws = model.base(len(values)).replace({parameter: values})
        outcomes = model.evaluate(draws)
        fine = outcomes.valid
        found = {name: np.full(len(values), np.nan) for name in wanted}
        if fine.any():
            sample = Sample(draws.take(np.flatnonzero(fine)), keep(outcomes, fine))
            for name, quantity in wanted.items():
                value = rowwise(self.context, sample, quantity)
                assert value is not None
                found[name][fine] = np.where(np.isfinite(value), value, np.nan)
        return found


def implied(
    asker: Asker,
    parameter: str,
    low: float,
    high: float,
    points: int,
    windows: Mapping[str, tuple[float, float]],
) -> dict[str, Implied]:
    """Return what each figure implies for one input.

    Parameters
    ----------
    asker : Asker
        Who asks the model.
    parameter : str
        The input.
    low, high : float
        Where to look.
    points : int
        Points at which it is asked before closing in.
    windows : mapping of str to (float, float)
        By figure: the printed value and half its last digit.
    """
    x = np.linspace(low, high, points)
    there = asker.at(parameter, x)

    def ask(value: float, name: str) -> float:
        answer = float(asker.at(parameter, np.array([value]), name)[name][0])
        if not np.isfinite(answer):
            raise NotDefined(parameter)
        return answer

    found = {}
    for name, y in there.items():
        fine = np.isfinite(y)
        size = float(np.max(np.abs(y[fine]), initial=0.0))
        least = float(np.min(y[fine])) if fine.any() else float("nan")
        most = float(np.max(y[fine])) if fine.any() else float("nan")
        moves = bool(fine.any()) and (most - least > 1e-12 * size or not fine.all())
        ranges: Ranges = ()
        if moves:
            ranges = inside(x, y, windows[name], partial(ask, name=name))
        found[name] = Implied(moves, ranges, least, most)
    return found


def inside(
    x: Array, y: Array, window: tuple[float, float], function: Callable[[float], float]
) -> Ranges:
    """Return the ranges in which a function lies in a window, ends included.

    Parameters
    ----------
    x, y : ndarray, shape (point,)
        Points, `x` increasing, and the function there; NaN where it is not defined.
    window : tuple of float
        Its middle, and how far it reaches to either side.
    function : callable
        The function, for points in between; may raise `NotDefined`.

    Examples
    --------
    >>> x = np.linspace(-2, 2, 41)
    >>> [(round(a, 6), round(b, 6)) for a, b in inside(x, x * x, (1.0, 0.19), lambda v: v * v)]
    [(-1.090871, -0.9), (0.9, 1.090871)]
    """
    middle, half = window
    edges: set[float] = set()
    for end in (middle - half, middle + half):
        scale = UNIT / half

        def gap(value: float, end: float = end, scale: float = scale) -> float:
            return scale * (function(value) - end)

        for root in roots(x, scale * (y - end), gap):
            if root.kind != "gap":
                edges.add(root.x)
    ends = [float(x[0]), *sorted(edges), float(x[-1])]
    found: list[tuple[float, float]] = []
    for a, b in pairwise(ends):
        try:
            within = abs(function((a + b) / 2) - middle) <= half
        except NotDefined:
            within = False
        if not within:
            continue
        if found and found[-1][1] == a:
            found[-1] = (found[-1][0], b)
        else:
            found.append((a, b))
    return tuple(found)


def common(several: Sequence[Ranges]) -> Ranges:
    """Return the values that lie in a range of every one of several lists.

    Examples
    --------
    >>> common([((0.0, 2.0), (5.0, 9.0)), ((1.0, 6.0),)])
    ((1.0, 2.0), (5.0, 6.0))
    """
    if not several:
        return ()
    left = several[0]
    for right in several[1:]:
        meets = [(max(a, c), min(b, d)) for a, b in left for c, d in right]
        left = tuple((a, b) for a, b in meets if a <= b)
    return left
