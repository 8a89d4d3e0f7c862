"""Where the draws lie on the cost-effectiveness plane, and what they come to.

Shares of the quadrants, and means with 95% ranges of costs, effects and net benefit. Ratios have
neither ranges nor percentiles here: a ratio that changes its meaning with the quadrant has none.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from heco.analysis.frontier import NO_EFFECT, SAME
from heco.analysis.summaries import Summary, difference, summary
from heco.outcomes import Array

#: The places that `heco.analysis.frontier.quadrant` tells apart.
QUADRANTS = ("NE", "SE", "SW", "NW", "same effect")


@dataclass(frozen=True)
class Pair:
    """One option against another, over draws.

    Parameters
    ----------
    cost, effect : Summary
        Option minus comparator, per person. [currency, QALYs]
    inmb, nhb : Summary
        Incremental net benefit in money and in health; nhb is nan at a willingness to pay of 0.
        [currency, QALYs]
    quadrants : dict of str to float
        Share of draws in each of `QUADRANTS`.
    worth_it : float
        Share of draws in which incremental net benefit is above 0; exactly 0 counts half.
    """

    cost: Summary
    effect: Summary
    inmb: Summary
    nhb: Summary
    quadrants: dict[str, float]
    worth_it: float


def pair(
    cost: npt.ArrayLike, effect: npt.ArrayLike, option: int, comparator: int, wtp: float
) -> Pair:
    """Compare one option with another.

    Parameters
    ----------
    cost, effect : array_like, shape (strategy, draw)
        Per person. [currency, QALYs]
    option, comparator : int
        Positions on the first axis.
    wtp : float
        Willingness to pay. [currency per QALY]

    Returns
    -------
    Pair
        Limits are the 2.5 and 97.5 percentiles of the draws.
    """
    c, e = np.asarray(cost, dtype=float), np.asarray(effect, dtype=float)
    more, gained = difference(c[option], c[comparator]), difference(e[option], e[comparator])
    inmb = wtp * gained - more
    nothing = Summary(*[float("nan")] * 4)
    return Pair(
        cost=summary(more),
        effect=summary(gained),
        inmb=summary(inmb),
        nhb=summary(gained - more / wtp) if wtp > 0 else nothing,
        quadrants=quadrant_shares(more, gained),
        worth_it=float(np.mean(inmb > 0) + 0.5 * np.mean(inmb == 0)),
    )


def quadrant_shares(extra_cost: Array, extra_effect: Array) -> dict[str, float]:
    """Return the share of draws in each quadrant, by the rules of the incremental table.

    Parameters
    ----------
    extra_cost, extra_effect : ndarray, shape (draw,)
        Option minus comparator. [currency, QALYs]

    Returns
    -------
    dict of str to float
        By quadrant; the shares sum to 1. A draw on the border counts where the option is no worse:
        the same cost and a gain is in the south-east.
    """
    same = np.abs(extra_effect) < NO_EFFECT
    gain, loss = ~same & (extra_effect > 0), ~same & (extra_effect < 0)
    dearer, cheaper = extra_cost > SAME, extra_cost < -SAME
    masks = (gain & dearer, gain & ~dearer, loss & cheaper, loss & ~cheaper, same)
    return {
        name: np.count_nonzero(mask) / len(extra_cost)
        for name, mask in zip(QUADRANTS, masks, strict=True)
    }
