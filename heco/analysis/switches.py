"""Where, as one parameter moves, another strategy becomes the best of all."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from heco.analysis.roots import NotDefined, roots
from heco.analysis.search import Scan

#: A third strategy is better only if it is so by more than rounding. [currency per person]
BETTER = 1e-6


def switches(scan: Scan, wtp: float) -> list[tuple[float, str, str]]:
    """Return the points at which the strategy with the highest net benefit changes.

    Parameters
    ----------
    scan : Scan
        What happens as the parameter moves.
    wtp : float
        Willingness to pay. [currency per QALY]

    Returns
    -------
    list of (x, below, above)
        The value, and the best strategies below and above it. A strategy that is best only
        between two neighbouring points of the scan is found too, if it is the best at the value
        where its neighbours change places.
    """
    names = scan.outcomes.strategies
    benefit = scan.outcomes.net_monetary_benefit(wtp, scan.context.effect)
    best = benefit.argmax(axis=0)
    found = []
    for i, j in pairwise(np.flatnonzero(scan.outcomes.valid)):
        if best[i] != best[j] and j == i + 1:
            ends = float(scan.x[i]), float(scan.x[j])
            found += _between(scan, wtp, names[best[i]], names[best[j]], *ends)
    return found


def _between(
    scan: Scan, wtp: float, below: str, above: str, low: float, high: float
) -> list[tuple[float, str, str]]:
    def gain(x: float) -> float:
        return scan.ask(x, above, below, wtp)

    found = roots(np.array([low, high]), np.array([gain(low), gain(high)]), gain)
    # Without a change of sign the two are equal at an end, and that is where they change places.
    x = found[0].x if found else (low if gain(low) >= 0 else high)
    try:
        leads = {name: scan.ask(x, name, above, wtp) for name in scan.outcomes.strategies}
    except NotDefined:
        return [(x, below, above)]
    third = max(leads, key=lambda name: leads[name])
    if third in (below, above) or leads[third] <= BETTER or not low < x < high:
        return [(x, below, above)]
    return [
        *_between(scan, wtp, below, third, low, x),
        *_between(scan, wtp, third, above, x, high),
    ]
