"""The axis of effects: how far it goes, and which round numbers stand on it."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import TYPE_CHECKING

import numpy as np

from heco.report import numbers, style

if TYPE_CHECKING:
    from heco.evidence.meta import Measure
    from heco.evidence.meta.forest import Line

#: Size of the numbers. [points]
SMALL = 8.0


def limits(measure: Measure, made: Iterable[Line]) -> tuple[float, float]:
    """Return the ends of the axis: every estimate and every total, and most of the intervals."""
    spans = [line for line in made if line.ends is not None]
    whole = [x for line in spans if line.kind in ("total", "other") for x in line.three]
    points = [line.three[0] for line in spans]
    low, high = min(*whole, *points, 0.0), max(*whole, *points, 0.0)
    if not measure.contrast:
        low, high = min(*whole, *points), max(*whole, *points)
    room = 0.55 * (high - low) or 1.0
    low = max(min(line.three[1] for line in spans), low - room)
    high = min(max(line.three[2] for line in spans), high + room)
    low, high = min(low, *whole), max(high, *whole)
    if measure.contrast:
        low, high = min(low, 0.0), max(high, 0.0)
    return low - 0.03 * (high - low), high + 0.03 * (high - low)


def ticks(measure: Measure, low: float, high: float, most: int = 5) -> list[tuple[float, str]]:
    """Return round numbers of the natural scale, with their places; about `most` if it is even."""
    from matplotlib.ticker import MaxNLocator

    if measure.scale == "natural":
        places = [t for t in MaxNLocator(most).tick_values(low, high) if low <= t <= high]
        return [(float(t), numbers.number(float(round(t, 10)))) for t in places]
    if measure.scale == "logit" or measure.key == "PLOG":
        ends = measure.natural(np.array([low, high]))
        wanted = [0.001, 0.01, 0.05, 0.1, 0.2, 0.3, 0.5, 0.7, 0.8, 0.9, 0.95, 0.99, 0.999]
        inside = [p for p in wanted if ends[0] <= p <= ends[1]]
        if len(inside) < 3:
            inside = [
                float(t) for t in MaxNLocator(4).tick_values(*ends) if ends[0] <= t <= ends[1]
            ]
        places = [float(measure.pooling(np.array(p))) for p in inside]
        return [(x, f"{100 * p:g}%") for x, p in zip(places, inside, strict=True)]
    for steps in ((1, 2, 5), (1, 3), (1,), (1, 1.2, 1.5, 2, 3, 5, 7)):
        exponents = range(math.floor(low / math.log(10)) - 1, math.ceil(high / math.log(10)) + 1)
        values = [s * 10.0**e for e in exponents for s in steps]
        inside = [v for v in values if low <= math.log(v) <= high]
        if 3 <= len(inside) <= 7:
            break
    return [(math.log(v), f"{v:g}") for v in inside]


def spaced(found: list[tuple[float, str]], scale: float) -> list[tuple[float, str]]:
    """Return ticks with every label that would touch another left blank; no effect keeps its own.

    Parameters
    ----------
    found : list of (float, str)
        Places and labels.
    scale : float
        Length of one unit of the axis. [inches]
    """
    taken: list[tuple[float, float]] = []
    kept = set()
    for place, text in sorted(found, key=lambda tick: (abs(tick[0]) > 1e-12, tick[0])):
        half = style.text_width(text, SMALL) / 2 + 0.03
        ends = place * scale - half, place * scale + half
        if all(ends[1] < low or ends[0] > high for low, high in taken):
            taken.append(ends)
            kept.add(place)
    return [(place, text if place in kept else "") for place, text in found]
