"""Atkinson's index: how much health is worth if it is shared unequally. Exploratory.

Source: Atkinson 1970, Journal of Economic Theory 2:244-263.
"""

from __future__ import annotations

import numpy as np

from heco.outcomes import Array


def ede(health: Array, share: Array, aversion: float) -> float:
    """Return the health that, if everybody had it, would be as good as health as it is shared.

    Parameters
    ----------
    health : ndarray, shape (group,)
        Lifetime health by group, above 0. [QALYs per person]
    share : ndarray, shape (group,)
        Shares of the people, adding up to 1.
    aversion : float
        Atkinson's aversion to inequality; 0 gives the mean.

    Returns
    -------
    float
        Equally distributed equivalent. [QALYs per person]

    Examples
    --------
    >>> groups, fifths = np.array([62.0, 65, 68, 70, 73]), np.full(5, 0.2)
    >>> [round(ede(groups, fifths, aversion), 4) for aversion in (0, 1, 10.95)]
    [67.6, 67.4912, 66.421]
    """
    top = float(np.max(health))
    scaled = health / top  # so that a large power neither vanishes nor overflows
    if aversion == 1:
        return top * float(np.exp(np.sum(share * np.log(scaled))))
    power = 1 - aversion
    return top * float(np.sum(share * scaled**power) ** (1 / power))
