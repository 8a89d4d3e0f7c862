"""Cycle counting and discounting as weights.

Each cycle c = 1..C runs from (c-1)L to cL. What a state is worth in a cycle is
``L * (a[c] * people at its start * value at its start + b[c] * people at its end * value just
before its end)``; the pair (a, b) is the whole of cycle counting and discounting together:

===========  ==========================  =================================
counting     a[c]                        b[c]
===========  ==========================  =================================
start        D((c-1)L)                   0
end          0                           D(cL)
half-cycle   D((c-1)L) / 2               D(cL) / 2
life-table   D((c-1/2)L) / 2             D((c-1/2)L) / 2
simpson      w[c-1] D((c-1)L), shared    w[c] D(cL), shared
===========  ==========================  =================================

Reading the value on both sides keeps the trapezoid second-order for what changes smoothly with
age, and charges exactly two years for a drug that stops at two years: no price is half-corrected
at its own end. At an inner boundary Simpson's weight is shared between the cycle that ends there
and the one that begins.

References
----------
Briggs, Claxton & Sculpher (2006), ch. 2; Naimark et al. 2013; Elbasha & Chhatwal 2016, Med Decis
Making 36:115 (Simpson's rules); Barendregt 2009 (life-table method).
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from heco.scenario.schema_discount import Rates

Array = NDArray[np.float64]


def date_factor(years: Any, rate: Rates, rule: str) -> Any:
    """Return the discount factor of a date.

    Parameters
    ----------
    years : float or ndarray
        Time from the decision. [years]
    rate : float or tuple of (float, float)
        Yearly discount rate, or (time from which it holds, rate) in order, from 0 on: the factor
        is then the product over the periods up to the date.
    rule : str
        ``continuous-index``: (1+r)^-t. ``annual-step`` and ``first-year-free``: (1+r)^-floor(t).
        ``exponential``: exp(-r t).
    """
    t = np.asarray(years, dtype=float)
    if rule in ("annual-step", "first-year-free"):
        # 12 cycles of 1/12 must reach year 1 although their float sum may fall just short of it.
        t = np.floor(t + 1e-9)
    if isinstance(rate, tuple):
        return _by_period(t, rate, rule)
    return np.exp(-rate * t) if rule == "exponential" else (1.0 + rate) ** -t


def _by_period(t: Array, rates: tuple[tuple[float, float], ...], rule: str) -> Array:
    """Return the product of the factors of the periods up to t, each with the time spent in it."""
    within = "exponential" if rule == "exponential" else "continuous-index"
    factor = np.ones_like(t)
    ends = [*(start for start, _ in rates[1:]), np.inf]
    for (start, rate), end in zip(rates, ends, strict=True):
        factor = factor * date_factor(np.clip(t - start, 0.0, end - start), rate, within)
    return factor


def boundary_weights(method: str, cycles: int) -> Array:
    """Return the weights w[0..C] of the cycle boundaries, adding up to C.

    ``simpson`` with an odd number of cycles ends with the 3/8 rule on the last three; one cycle
    alone is the trapezoid.
    """
    w = np.zeros(cycles + 1)
    if method == "start":
        w[:-1] = 1.0
    elif method == "end":
        w[1:] = 1.0
    elif method in ("half-cycle", "life-table") or (method == "simpson" and cycles == 1):
        w[:-1] += 0.5
        w[1:] += 0.5
    elif method == "simpson":
        even = cycles if cycles % 2 == 0 else cycles - 3
        for left in range(0, even, 2):
            w[left : left + 3] += np.array([1.0, 4.0, 1.0]) / 3.0
        if even < cycles:
            w[even:] += np.array([1.0, 3.0, 3.0, 1.0]) * (3.0 / 8.0)
    else:  # pragma: no cover - the schema admits no other word
        raise ValueError(method)
    return w


def side_weights(
    method: str, cycles: int, length: float, rate: Rates, rule: str, timing: str = "auto"
) -> tuple[Array, Array]:
    """Return (a, b), each of shape (cycle,): the weights of both sides of each cycle.

    Parameters
    ----------
    method : str
        ``start``, ``end``, ``half-cycle``, ``life-table`` or ``simpson``.
    cycles : int
        Number of cycles.
    length : float
        Length of a cycle. [years]
    rate, rule
        Discounting, see `date_factor`.
    timing : str
        ``auto`` or, except for half-cycle and simpson, ``cycle-start | cycle-mid | cycle-end``:
        the date at which the value of each cycle is discounted.
    """
    boundary = np.arange(cycles + 1) * length
    w = boundary_weights(method, cycles)
    if method in ("half-cycle", "simpson"):
        discounted = w * date_factor(boundary, rate, rule)
        shared = discounted.copy()
        shared[1:-1] /= 2.0
        return shared[:-1], shared[1:]
    dates = cycle_dates(method, cycles, length, timing)
    discount = date_factor(dates, rate, rule)
    zero = np.zeros(cycles)
    if method == "start":
        return discount, zero
    if method == "end":
        return zero, discount
    return discount / 2.0, discount / 2.0


def cycle_dates(method: str, cycles: int, length: float, timing: str = "auto") -> Array:
    """Return when what happens once in each cycle is dated, in years, shape (cycle,).

    Under ``auto`` moves between states fall at the start, the end, or (half-cycle, life-table,
    simpson) the middle of their cycle.
    """
    if timing == "auto":
        timing = {"start": "cycle-start", "end": "cycle-end"}.get(method, "cycle-mid")
    offset = {"cycle-start": 0.0, "cycle-mid": 0.5, "cycle-end": 1.0}[timing]
    return np.asarray((np.arange(cycles) + offset) * length)
