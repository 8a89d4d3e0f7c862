"""The weights of every kind of value, discounted, undiscounted, and by year.

Row 0 is discounted, row 1 undiscounted, and, if asked for, one undiscounted row per model year:
a cycle belongs to the year in which it starts, so nothing leaks from one year to the next.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from heco.model.clock import Clockwork
from heco.model.counting import cycle_dates, date_factor, side_weights
from heco.scenario.schema import Time
from heco.scenario.schema_discount import Rates

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Weights:
    """Weights of the start side, the end side and the boundaries of cycles.

    Parameters
    ----------
    start, end : ndarray, shape (row, cycle)
        Weight of what is counted at that side of each cycle.
    """

    start: Array
    end: Array


@lru_cache(maxsize=16)
def all_weights(time: Time, clock: Clockwork, years: int = 0) -> Mapping[str, Weights]:
    """Return the weights by name: cost, qaly, life_years; ``... start`` and ``... moves``.

    A search asks the same model hundreds of times, so the last few answers are remembered.
    """
    count = time.cycle_counting
    methods = {
        "cost": (count.cost, time.discount.rates("cost")),
        "qaly": (count.qaly, time.discount.rates("qaly")),
        "life_years": (count.life_years or count.qaly, time.discount.rates("qaly")),
    }
    length, cycles = clock.years, clock.cycles
    rule, timing = time.discounting, time.discount_timing
    found: dict[str, Weights] = {}
    for outcome, (method, rate) in methods.items():
        rows = [side_weights(method, cycles, length, r, rule, timing) for r in (rate, 0.0)]
        found[outcome] = _with_years(rows, clock, years)
        zero = np.zeros(cycles)
        at_start = np.arange(cycles) * length
        rows = [(date_factor(at_start, r, rule), zero) for r in (rate, 0.0)]
        found[f"{outcome} start"] = _with_years(rows, clock, years)
        dates = cycle_dates(method, cycles, length, timing)
        rows = [(date_factor(dates, r, rule), zero) for r in (rate, 0.0)]
        found[f"{outcome} moves"] = _with_years(rows, clock, years)
    return MappingProxyType(_shared(found))


def _shared(weights: dict[str, Weights]) -> dict[str, Weights]:
    """Return the same weights, equal ones as one object, so that their sums are made once."""
    kept: dict[tuple[bytes, bytes], Weights] = {}
    return {
        name: kept.setdefault((item.start.tobytes(), item.end.tobytes()), item)
        for name, item in weights.items()
    }


def _with_years(rows: list[tuple[Array, Array]], clock: Clockwork, years: int) -> Weights:
    starts = [row[0] for row in rows]
    ends = [row[1] for row in rows]
    year_of = [math.floor(clock.length * c) for c in range(clock.cycles)] if years else []
    for year in range(years):
        here = (np.array(year_of) == year).astype(float)
        starts.append(rows[1][0] * here)
        ends.append(rows[1][1] * here)
    return Weights(np.array(starts), np.array(ends))


def dated_rows(years_from_start: float, rate: Rates, rule: str, years: int) -> Array:
    """Return the weights, shape (row,), of something that falls once at a date."""
    rows = [float(date_factor(years_from_start, rate, rule)), 1.0]
    rows += [float(math.floor(years_from_start) == year) for year in range(years)]
    return np.array(rows)
