"""Parts and their total, rounded so that what is printed adds up.

Every part rounded by itself can miss the rounded total by a unit of the last digit. Here the total
is rounded as it is everywhere else, all parts are rounded down, and the units that are then missing
go to the parts that lost most (the method of the largest remainder): no part is off by a whole
unit, and the column adds up to the total below it.
"""

from __future__ import annotations

import math
from collections.abc import Sequence


def rounded(parts: Sequence[float], decimals: int) -> tuple[list[float], float]:
    """Return the parts and their total, rounded, the parts adding up to the total.

    Parameters
    ----------
    parts : sequence of float
        What is added up; not rounded.
    decimals : int
        Digits after the point.

    Returns
    -------
    parts : list of float
        Each less than one unit of the last digit from what it was.
    total : float
        The rounded sum of the parts as they were.

    Examples
    --------
    >>> rounded([0.4, 0.4, 0.4], 0)
    ([1.0, 0.0, 0.0], 1.0)
    """
    unit = 10**decimals
    exact = [part * unit for part in parts]
    total = round(math.fsum(parts), decimals)
    # What floats leave behind is no remainder.
    floors = [math.floor(value + 1e-7) for value in exact]
    missing = round(total * unit) - sum(floors)
    by_loss = sorted(range(len(exact)), key=lambda i: (floors[i] - exact[i], i))
    for i in by_loss[:missing]:
        floors[i] += 1
    return [value / unit for value in floors], total
