"""How far a simulated number can be trusted, and to how many digits it may be printed.

A mean over n independent draws has the error s / sqrt(n), a probability sqrt(p (1 - p) / n). The
chance that the better-looking of two options is not the better is that of a normal variable with
this error to have the other sign. Draws of a Latin hypercube or of a Sobol' sequence are not
independent of each other: for them the only honest error comes from repeating the whole run with
other seeds, ten at the least.

Sources: Hatswell et al. 2018, PharmacoEconomics 36:1421; Yaesoubi 2024, Value in Health (how many
draws); McKay, Beckman & Conover 1979, Technometrics 21:239 (replicated hypercubes).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from heco.analysis.curves import curves
from heco.analysis.summaries import difference, monte_carlo_error, normal_cdf
from heco.outcomes import Array, Outcomes

#: Fewest replicates from which an error is worth stating.
REPLICATES = 10
#: Digits that a double holds.
_DOUBLE = 15
_Z = 1.959963984540054


@dataclass(frozen=True)
class Ranking:
    """The best option, the next best, and whether the simulation settles which is which.

    Parameters
    ----------
    best, next : int
        Positions of the options with the highest and second-highest mean.
    lead : float
        Mean difference between them. [currency per person]
    error : float
        Monte Carlo error of the lead. [currency per person]
    artefact : float
        Chance that the order is an artefact of simulating too few draws.
    """

    best: int
    next: int
    lead: float
    error: float
    artefact: float


def ranking(benefit: Array) -> Ranking:
    """Rank options by mean net benefit.

    Parameters
    ----------
    benefit : ndarray, shape (strategy, draw)
        Net monetary benefit of at least two options; draws independent. [currency per person]

    Returns
    -------
    Ranking
        Best against next best.
    """
    order = np.argsort(-benefit.mean(axis=1), kind="stable")
    best, after = int(order[0]), int(order[1])
    gap = difference(benefit[best], benefit[after])
    lead, error = float(gap.mean()), monte_carlo_error(gap)
    return Ranking(best, after, lead, error, artefact(lead, error))


def artefact(mean: float, error: float) -> float:
    """Return the chance that a difference has the other sign than its simulated mean.

    A difference without error is what it is, unless it is 0: then either order is as good.
    """
    if error == 0:
        return 0.5 if mean == 0 else 0.0
    return normal_cdf(-abs(mean) / error)


def probability_error(p: float, n: int) -> float:
    """Return the Monte Carlo error of a probability from independent draws."""
    return math.sqrt(max(p * (1 - p), 0.0) / n)


@dataclass(frozen=True)
class Replicates:
    """What repeating the whole run with other seeds shows.

    Parameters
    ----------
    runs, draws : int
        How many runs, of how many draws each.
    nmb, ceac, evpi : ndarray, shape (replicate, strategy) or (replicate,)
        The results of each run.
    best, next : int
        Best and next best option by the mean of all runs.
    """

    runs: int
    draws: int
    nmb: Array
    ceac: Array
    evpi: Array
    best: int
    next: int

    @property
    def lead(self) -> float:
        """Return the lead of the best option over the next, mean of all runs."""
        return float(np.mean(self.nmb[:, self.best] - self.nmb[:, self.next]))

    @property
    def lead_error(self) -> float:
        """Return the error of the lead in *one* run; of the mean of all it is / sqrt(runs)."""
        return float(np.std(self.nmb[:, self.best] - self.nmb[:, self.next], ddof=1))

    @property
    def nmb_error(self) -> Array:
        """Return the error of each mean net benefit in one run, shape (strategy,)."""
        return np.asarray(np.std(self.nmb, axis=0, ddof=1))

    @property
    def ceac_error(self) -> Array:
        """Return the error of each probability in one run, shape (strategy,)."""
        return np.asarray(np.std(self.ceac, axis=0, ddof=1))

    @property
    def evpi_error(self) -> float:
        """Return the error of the value of perfect information in one run."""
        return float(np.std(self.evpi, ddof=1))

    @property
    def artefact(self) -> float:
        """Return the chance that one run puts the two best options in the wrong order."""
        return artefact(self.lead, self.lead_error)


def replicates(
    run: Callable[[int], Outcomes], seeds: Sequence[int], wtp: float, effect: str = "qaly"
) -> Replicates:
    """Repeat a run with several seeds.

    Parameters
    ----------
    run : callable
        Takes a seed, returns the outcomes of a whole run: sample, then evaluate.
    seeds : sequence of int
        At least ten, all different.
    wtp : float
        Willingness to pay. [currency per QALY]
    effect : str
        ``qaly`` or ``life_years``.

    Returns
    -------
    Replicates
        Draws outside their domain are left out.
    """
    if len(set(seeds)) < REPLICATES:
        raise ValueError(f"{len(set(seeds))} different seeds; an error needs {REPLICATES}")
    found, draws = [], 0
    for seed in seeds:
        outcomes = run(seed)
        draws, keep = outcomes.n, outcomes.valid
        found.append(curves(outcomes.cost[:, keep], outcomes.effect(effect)[:, keep], [wtp]))
    nmb = np.stack([one.nmb[:, 0] for one in found])
    order = np.argsort(-nmb.mean(axis=0), kind="stable")
    return Replicates(
        len(found), draws, nmb, np.stack([one.ceac[:, 0] for one in found]),
        np.array([one.evpi[0] for one in found]), int(order[0]), int(order[1]),
    )  # fmt: skip


def digits(value: float, error: float) -> int:
    """Return to how many decimals a simulated number may be printed.

    The last digit printed is one that the error leaves standing: 1.96 errors are less than half a
    unit of it.

    Parameters
    ----------
    value, error : float
        The number and its Monte Carlo error, in the same unit.

    Returns
    -------
    int
        Decimals; -2 means that even the tens are uncertain, so to the nearest hundred. Never more
        than a double holds.

    Examples
    --------
    >>> digits(4321.987, 0.1), digits(4321.987, 20.0), digits(0.08123, 0.0001)
    (0, -2, 3)
    """
    size = math.floor(math.log10(abs(value))) if value else 0
    most = _DOUBLE - 1 - size
    if error <= 0:
        return most
    decimals = math.ceil(-math.log10(2 * _Z * error)) - 1
    return min(decimals, most)


def printed(value: float, error: float) -> str:
    """Return a simulated number to the digits that its error supports.

    >>> printed(4321.987, 20.0), printed(4321.987, 0.001), printed(-0.08123, 0.0001)
    ('4,300', '4,321.99', '−0.081')
    """
    decimals = digits(value, error)
    text = f"{abs(round(value, decimals)):,.{max(decimals, 0)}f}"
    return f"−{text}" if value < 0 and text.strip("0.,") else text
