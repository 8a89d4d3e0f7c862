"""Studies for property tests, and slow obvious twins of what the package does fast."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt
from hypothesis import strategies as st

from heco.evidence.meta import MEASURES, Effects, Tables

FloatArray = npt.NDArray[np.float64]


def made(y: npt.ArrayLike, v: npt.ArrayLike, measure: str = "GEN") -> Effects:
    y, v = np.asarray(y, dtype=float), np.asarray(v, dtype=float)
    names = tuple(f"s{i}" for i in range(len(y)))
    return Effects(MEASURES[measure], names, y, v, np.arange(len(y)))


@st.composite
def effects(draw: st.DrawFn, least: int = 2, most: int = 8, measure: str = "GEN") -> Effects:
    k = draw(st.integers(least, most))
    y = draw(st.lists(st.floats(-3, 3), min_size=k, max_size=k))
    v = draw(st.lists(st.floats(0.01, 4), min_size=k, max_size=k))
    return made(y, v, measure)


@st.composite
def tables(draw: st.DrawFn, measure: str = "OR", least: int = 2, zeros: bool = False) -> Tables:
    k = draw(st.integers(least, 8))
    cell = st.integers(0 if zeros else 1, 60)
    cells = [np.array(draw(st.lists(cell, min_size=k, max_size=k)), dtype=float) for _ in range(4)]
    # nobody is left without people in an arm
    a, b, c, d = cells
    b, d = np.where(a + b == 0, 1.0, b), np.where(c + d == 0, 1.0, d)
    return Tables(MEASURES[measure], tuple(f"s{i}" for i in range(k)), a, b, c, d)


def swapped(tables: Tables) -> Tables:
    """The same studies with treated and control exchanged."""
    return Tables(tables.measure, tables.study, tables.c, tables.d, tables.a, tables.b)


def minus_restricted(tau2: float, y: FloatArray, v: FloatArray) -> float:
    """Minus the restricted log-likelihood, spelled out study by study."""
    weights = [1 / (vi + tau2) for vi in v]
    mean = sum(w * yi for w, yi in zip(weights, y, strict=True)) / sum(weights)
    total = math.log(sum(weights))
    for w, yi in zip(weights, y, strict=True):
        total += -math.log(w) + w * (yi - mean) ** 2
    return total / 2


def slow_reml(y: FloatArray, v: FloatArray) -> float:
    """REML by looking everywhere, then ever closer around the best place."""
    low, high = 0.0, 20 * (float(np.ptp(y)) ** 2 + float(v.max()) + 1)
    grid = np.concatenate([[0.0], np.geomspace(1e-9, high, 4000)])
    for _ in range(12):
        values = [minus_restricted(float(t), y, v) for t in grid]
        best = int(np.argmin(values))
        low, high = grid[max(best - 1, 0)], grid[min(best + 1, len(grid) - 1)]
        grid = np.linspace(low, high, 41)
    return float(grid[best] if best < len(grid) else grid[-1])


def generalised_q(tau2: float, y: FloatArray, v: FloatArray) -> float:
    weights = [1 / (vi + tau2) for vi in v]
    mean = sum(w * yi for w, yi in zip(weights, y, strict=True)) / sum(weights)
    return sum(w * (yi - mean) ** 2 for w, yi in zip(weights, y, strict=True))


def slow_q_profile(y: FloatArray, v: FloatArray, quantile: float) -> float:
    """The tau2 at which Q equals a quantile, by stepping out and halving."""
    if generalised_q(0.0, y, v) <= quantile:
        return 0.0
    low, high = 0.0, 1e-6
    while generalised_q(high, y, v) > quantile:
        low, high = high, 2 * high
    for _ in range(200):
        middle = (low + high) / 2
        if generalised_q(middle, y, v) > quantile:
            low = middle
        else:
            high = middle
    return (low + high) / 2


def slow_peto(tables: Tables) -> tuple[float, float]:
    """Peto's odds ratio from the whole hypergeometric distribution of every table."""
    difference = information = 0.0
    for a, b, c, d in zip(tables.a, tables.b, tables.c, tables.d, strict=True):
        n1, n2, m = int(a + b), int(c + d), int(a + c)
        ways = {
            x: math.comb(n1, x) * math.comb(n2, m - x)
            for x in range(max(0, m - n2), min(n1, m) + 1)
        }
        total = sum(ways.values())
        mean = sum(x * way for x, way in ways.items()) / total
        information += sum((x - mean) ** 2 * way for x, way in ways.items()) / total
        difference += a - mean
    return difference / information, information**-0.5


def slow_trim_and_fill(y: list[float], v: list[float], side: str) -> tuple[int, float]:
    """Trim and fill with one common effect, in lists; studies are missing on `side`."""
    sign = -1 if side == "right" else 1
    studies = sorted((sign * yi, vi) for yi, vi in zip(y, v, strict=True))
    k, missing, seen = len(studies), 0, []
    while True:
        kept = studies[: k - missing]
        centre = sum(yi / vi for yi, vi in kept) / sum(1 / vi for _, vi in kept)
        by_size = sorted(range(k), key=lambda i: abs(studies[i][0] - centre))
        rank = {i: place + 1 for place, i in enumerate(by_size)}
        heavy = sum(rank[i] for i in range(k) if studies[i][0] > centre)
        number = max(0, round((4 * heavy - k * (k + 1)) / (2 * k - 1)))
        if number == missing or number in seen:
            break
        seen.append(number)
        missing = min(number, k - 2)
    filled = studies + [(2 * centre - yi, vi) for yi, vi in studies[k - missing :]]
    return missing, sign * sum(yi / vi for yi, vi in filled) / sum(1 / vi for _, vi in filled)
