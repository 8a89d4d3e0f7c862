"""What one unit at a date is worth today, by the textbook, period by period."""

from __future__ import annotations

import math

from heco.scenario.schema import Time


def factor(time: Time, years: float, outcome: str) -> float:
    """Return the discount factor of a date.

    Parameters
    ----------
    time : Time
        The words of ``[time]``.
    years : float
        The date. [years]
    outcome : str
        ``cost``, or what is discounted like QALYs.
    """
    costs = outcome == "cost"
    rate = time.discount.cost if costs else time.discount.qaly
    later = time.discount.cost_later if costs else time.discount.qaly_later
    if time.discounting in ("annual-step", "first-year-free"):
        years = float(math.floor(years + 1e-9))
    worth, since = 1.0, 0.0
    for step in later:
        until = min(years, float(step.after.years))
        worth *= _period(rate, until - since, time.discounting)
        if years <= until:
            return worth
        since, rate = until, step.rate
    return worth * _period(rate, years - since, time.discounting)


def _period(rate: float, years: float, rule: str) -> float:
    return math.exp(-rate * years) if rule == "exponential" else float((1 + rate) ** -years)
