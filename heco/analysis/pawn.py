"""How much an input changes the distribution of the answer, correlated or not: PAWN.

The distribution of an outcome is compared with the one that is left when an input lies in a tenth
of its range: the Kolmogorov-Smirnov distance, median over the tenths. Nothing is asked about
independence, so single members of correlated groups and of joint distributions have an index too;
it includes what an input tells about its partners. It needs no runs beyond the draws already made.
An input that does nothing still shows a distance, from chance: the last row says how much.

The index is that of `SALib.analyze.pawn`, computed from ranks instead of one test per slice, whose
p-values nobody reads and which take most of the time.

Source: Pianosi & Wagener 2018, Environmental Modelling & Software 108:197.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from heco.analysis.gsa import Target
from heco.errors import refuse
from heco.outcomes import Array, Outcomes
from heco.sampling import Draws, stream

#: The row that shows what chance alone does.
CHANCE = "(chance)"


@dataclass(frozen=True)
class Pawn:
    """Distances between the distribution of one output and its conditional distributions.

    Parameters
    ----------
    output : str
        ``inmb``, ``incremental_cost`` or ``incremental_qaly``.
    inputs : tuple of str
        Parameters and components, one by one, and `CHANCE` last.
    median, largest : ndarray, shape (input,)
        Kolmogorov-Smirnov distance over the tenths of the input's range, between 0 and 1.
    """

    output: str
    inputs: tuple[str, ...]
    median: Array
    largest: Array


def pawn(
    draws: Draws, outcomes: Outcomes, target: Target, slices: int = 10, seed: int = 1
) -> tuple[Pawn, ...]:
    """Return the PAWN index of every drawn column, from draws already made.

    Parameters
    ----------
    draws : Draws
        Of a probabilistic analysis; at least 100 per slice.
    outcomes : Outcomes
        Of the same draws; those outside the domain are left out.
    target : Target
        What to explain.
    slices : int
        How many equally likely slices each input is cut into.
    seed : int
        Of the row that shows chance.

    Returns
    -------
    tuple of Pawn
        One per output.
    """
    valid = outcomes.valid
    n = int(np.count_nonzero(valid))
    if n < 100 * slices:
        raise refuse(f"{n:,} draws are too few for PAWN", "pawn", f"Make {100 * slices:,} or more.")
    names = [name for name in draws.names if np.ptp(draws.column(name)[valid]) > 0]
    inputs = [draws.column(name)[valid] for name in names]
    inputs.append(stream(seed, CHANCE).random(n))
    parts = [_slices(values, slices) for values in inputs]
    found = []
    for output, values in target.outputs(outcomes).items():
        table = np.array([_distances(values[valid], part, slices) for part in parts])
        medians, largest = np.median(table, axis=1), table.max(axis=1)
        found.append(Pawn(output, (*names, CHANCE), medians, largest))
    return tuple(found)


def _slices(x: Array, slices: int) -> NDArray[np.intp]:
    """Return the slice that each draw lies in; equal values never part."""
    edges = np.quantile(x, np.arange(1, slices) / slices)
    return np.searchsorted(edges, x, side="right")


def _distances(y: Array, part: NDArray[np.intp], slices: int) -> Array:
    """Return the Kolmogorov-Smirnov distance of each slice from all draws; 0 for an empty one."""
    order = np.argsort(y, kind="stable")
    ordered, where = y[order], part[order]
    last = np.append(ordered[1:] != ordered[:-1], True)  # steps only between different values
    everything = np.arange(1, len(y) + 1) / len(y)
    found = np.zeros(slices)
    for s in range(slices):
        inside = np.cumsum(where == s)
        if inside[-1]:
            found[s] = np.abs(inside / inside[-1] - everything)[last].max()
    return found
