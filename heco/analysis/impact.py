"""The budget of each strategy: money, people and staff on one basis."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from heco.analysis.basis import Basis
from heco.analysis.context import Context
from heco.analysis.spending import CAPACITY, CASH, Line, Spending, total
from heco.analysis.staffing import Work, work
from heco.outcomes import Array


@dataclass(frozen=True)
class Part:
    """Cash, or capacity, or all of a budget where the two are not told apart.

    Parameters
    ----------
    money : str
        ``cash``, ``capacity`` or empty.
    lines, low, high : list of Line
        At expected, low and high uptake; empty where none is stated.
    """

    money: str
    lines: list[Line]
    low: list[Line]
    high: list[Line]

    @property
    def net(self) -> Array:
        """Return what the strategy adds in each year, shape (year, draw)."""
        return total(self.lines)

    @property
    def cumulative(self) -> Array:
        """Return what the strategy has added by the end of each year, shape (year, draw)."""
        return np.asarray(np.cumsum(self.net, axis=0))


@dataclass(frozen=True)
class Impact:
    """The budget of one strategy on one basis.

    Parameters
    ----------
    option : str
        The strategy.
    basis : Basis
        Base case or draws.
    whole : Part
        All resources at their price.
    work : list of Work
        Staff.
    entrants, taken : ndarray, shape (year, draw)
        People who enter, and those of them who go the strategy's way.
    area : ndarray, shape (draw,), or None
        People who live in the area.
    """

    option: str
    basis: Basis
    whole: Part
    work: list[Work]
    entrants: Array
    taken: Array
    area: Array | None

    @property
    def parts(self) -> list[Part]:
        """Return cash and capacity apart, cash first; one part where they are not told apart.

        Money and the time of staff are different things: no page adds them up.
        """
        kinds = sorted({line.money for line in self.whole.lines}, key=(CASH, CAPACITY, "").index)
        if len(kinds) < 2:
            return [replace(self.whole, money=kinds[0] if kinds else "")]
        whole = self.whole
        return [
            Part(kind, *(_of(kind, lines) for lines in (whole.lines, whole.low, whole.high)))
            for kind in kinds
        ]


def _of(kind: str, lines: list[Line]) -> list[Line]:
    return [line for line in lines if line.money == kind]


def impacts(context: Context, basis: Basis) -> dict[str, Impact]:
    """Return the budget of every strategy but the comparator, by name.

    Parameters
    ----------
    context : Context
        The run.
    basis : Basis
        Base case or draws.
    """
    spending = Spending(context, basis.sample)
    settings = spending.budget
    area = spending.amount(settings.area, "area") if settings.area is not None else None
    found = {}
    for option in context.scenario.options:
        ramps = (settings.uptake, settings.uptake_low, settings.uptake_high)
        whole = Part("", *(spending.lines(option, ramp) if ramp else [] for ramp in ramps))
        found[option] = Impact(
            option, basis, whole, work(spending, option, settings.uptake), spending.entrants,
            spending.entrants * spending.uptake(settings.uptake), area,
        )  # fmt: skip
    return found


def band(values: Array | None) -> tuple[float | None, float | None, float | None]:
    """Return the mean of draws and the limits between which 8 in 10 of them lie."""
    if values is None:
        return None, None, None
    low, high = np.quantile(values, (0.1, 0.9))
    return float(np.mean(values)), float(low), float(high)
