"""Trim and fill: the result if the studies that would make the funnel symmetric are missing.

The most extreme studies of the heavy side are trimmed until the rest is symmetric about its own
mean; then the trimmed ones come back together with mirror images. It is a sensitivity analysis
and never the base case: with heterogeneity it invents studies, and real ones may stay away.

References
----------
Duval & Tweedie (2000a), Biometrics 56:455-463; (2000b), J Am Stat Assoc 95:89-98.
Reproduced by tests/reference/meta.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np

from heco.errors import refuse
from heco.evidence.meta.bias import FEWEST
from heco.evidence.meta.effects import Effects
from heco.evidence.meta.measures import FloatArray
from heco.evidence.meta.pooled import Pooled
from heco.evidence.meta.random_effects import pool
from heco.evidence.meta.regression import regress

#: Rounds after which a search that goes in circles is stopped.
_ROUNDS = 100


@dataclass(frozen=True)
class TrimAndFill:
    """The result of trim and fill.

    Parameters
    ----------
    side : str
        ``left`` or ``right``: where studies seem to be missing.
    missing : int
        How many.
    missing_se : float
        Standard error of that number.
    filled : Effects
        The studies as they are, then the mirror images.
    pooled : Pooled
        Of them all.
    warnings : tuple of str
        What a reader should beware of.
    """

    side: str
    missing: int
    missing_se: float
    filled: Effects
    pooled: Pooled
    warnings: tuple[str, ...]


def trim_and_fill(
    effects: Effects,
    estimator: str = "REML",
    test: str = "wald",
    *,
    side: str | None = None,
    rank: str = "L0",
    level: float = 0.95,
    fewest: int = FEWEST,
    centre: str = "",
) -> TrimAndFill:
    """Fill in the studies that a symmetric funnel would have.

    Parameters
    ----------
    effects : Effects
        One per study.
    estimator, test, level
        As in `pool`, for the result and, unless `centre` says otherwise, for the centre.
    side : str or None
        ``left`` or ``right``; None for the side that a regression on standard errors suggests.
    rank : str
        ``L0``, or ``R0``, the estimator of the number of missing studies.
    fewest : int
        Number of studies below which it is refused.
    centre : str
        Estimator of the centre of the trimmed studies, and of the side; ``IV`` is usual too, and
        often finds more missing.

    Returns
    -------
    TrimAndFill
        The number missing, and the result with them.

    Raises
    ------
    ScenarioError
        If there are too few studies, or a word is unknown.
    """
    if effects.k < max(fewest, 3):
        raise refuse(
            f"{effects.k} studies are too few for trim and fill",
            "trim and fill",
            f"It needs {max(fewest, 3)}.",
        )
    if rank not in ("L0", "R0") or side not in ("left", "right", None):
        raise refuse("trim and fill has the ranks L0, R0 and the sides left, right", "rank")
    if side is None:
        side = _suggested(effects, centre or estimator)
    sign = -1.0 if side == "right" else 1.0  # studies are missing to the left of sign * y
    order = np.argsort(sign * effects.y, kind="stable")
    mirrored = replace(effects.take(order), y=sign * effects.y[order])
    missing, se, middle, settled = 0, 0.0, 0.0, False
    for _ in range(_ROUNDS):
        kept = mirrored.take(np.arange(effects.k - missing))
        middle = pool(kept, centre or estimator, "wald", profile=False).estimate
        number, se = _number_missing(mirrored.y - middle, rank)
        settled = number == missing
        if settled:
            break
        missing = min(number, effects.k - 2)
    warnings: tuple[str, ...] = (
        "a sensitivity analysis: with differing studies it can invent missing ones",
    )
    if not settled:
        warnings += ("the number of missing studies did not settle",)
    filled = _filled(effects, order[effects.k - missing :], sign * middle)
    pooled = pool(filled, estimator, test, level=level)
    return TrimAndFill(side, missing, se, filled, pooled, warnings)


def _suggested(effects: Effects, estimator: str) -> str:
    """Return the side where small studies are thin, by a regression on standard errors."""
    if np.ptp(effects.se) <= 1e-12 * effects.se.max():
        return "left"
    slope = regress(effects, {"se": effects.se}, estimator, "wald").coefficients[1].estimate
    return "right" if slope < 0 else "left"


def _number_missing(deviation: FloatArray, rank: str) -> tuple[int, float]:
    """Return the number of studies missing to the left, and its standard error."""
    k = len(deviation)
    ranks = np.empty(k)
    ranks[np.argsort(np.abs(deviation), kind="stable")] = np.arange(1, k + 1)
    right = deviation > 0
    if rank == "R0":
        below = ranks[deviation < 0]
        run = k - float(below.max()) if len(below) else float(k)
        number = run - 1
        variance = 2 * max(0.0, number) + 2
        return max(0, round(number)), math.sqrt(variance)
    total = float(ranks[right].sum())
    number = (4 * total - k * (k + 1)) / (2 * k - 1)
    cubic = k * (k + 1) * (2 * k + 1) + 10 * number**3 + 27 * number**2 + 17 * number
    cubic += -18 * k * number**2 - 18 * k * number + 6 * k**2 * number
    return max(0, round(number)), 4 * math.sqrt(max(0.0, cubic / 24)) / (2 * k - 1)


def _filled(effects: Effects, trimmed: np.ndarray, centre: float) -> Effects:
    """Return the studies and the mirror images of those that were trimmed."""
    names = tuple(f"{effects.study[i]} (mirrored)" for i in trimmed)
    return replace(
        effects,
        study=effects.study + names,
        y=np.concatenate([effects.y, 2 * centre - effects.y[trimmed]]),
        v=np.concatenate([effects.v, effects.v[trimmed]]),
        index=np.concatenate([effects.index, effects.index[trimmed]]),
    )
