"""Where, as one parameter moves, another strategy becomes the best of all."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np

from heco.analysis.search import Scan
from heco.analysis.together import Ask, Inquiry, between

#: A third strategy is better only if it is so by more than rounding. [currency per person]
BETTER = 1e-6

#: The value at which the best strategy changes, and the best ones below and above it.
Switch = tuple[float, str, str]


def switches(scan: Scan, wtp: float) -> Inquiry[list[Switch]]:
    """Search for the points at which the strategy with the highest net benefit changes.

    Parameters
    ----------
    scan : Scan
        What happens as the parameter moves.
    wtp : float
        Willingness to pay. [currency per QALY]

    Returns
    -------
    Inquiry
        Finds (x, below, above): the value, and the best strategies below and above it. A strategy
        that is best only between two neighbouring points of the scan is found too, if it is the
        best at the value where its neighbours change places.
    """
    names = scan.outcomes.strategies
    benefit = scan.outcomes.net_monetary_benefit(wtp, scan.context.effect)
    best = benefit.argmax(axis=0)
    found: list[Switch] = []
    for i, j in pairwise(np.flatnonzero(scan.outcomes.valid)):
        if best[i] != best[j] and j == i + 1:
            ends = float(scan.x[i]), float(scan.x[j])
            found += yield from _between(scan, wtp, names[best[i]], names[best[j]], *ends)
    return found


def _between(
    scan: Scan, wtp: float, below: str, above: str, low: float, high: float
) -> Inquiry[list[Switch]]:
    at_low = yield Ask(low, above, below, wtp)
    at_high = yield Ask(high, above, below, wtp)
    found = yield from between((low, high), (at_low, at_high), above, below, wtp)
    # Without a change of sign the two are equal at an end, and that is where they change places.
    x = found[0].x if found else (low if at_low >= 0 else high)
    leads = {}
    for name in scan.outcomes.strategies:
        leads[name] = yield Ask(x, name, above, wtp)
    if any(math.isnan(lead) for lead in leads.values()):
        return [(x, below, above)]
    third = max(leads, key=lambda name: leads[name])
    if third in (below, above) or leads[third] <= BETTER or not low < x < high:
        return [(x, below, above)]
    first = yield from _between(scan, wtp, below, third, low, x)
    last = yield from _between(scan, wtp, third, above, x, high)
    return [*first, *last]
