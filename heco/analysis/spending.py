"""What is spent in each year when people keep coming: the arithmetic of a budget.

Entrants of year s cost in year y what the model says for its year y - s, undiscounted; years of
the model never mix. Everything is kept in lines (category, payer, cash or capacity), and every
total is a sum of lines, so parts and totals cannot disagree.

Source: Sullivan et al. 2014, Value in Health 17:5-14 (ISPOR budget impact analysis).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from heco.analysis.context import Context, Sample
from heco.errors import refuse
from heco.outcomes import Array
from heco.sampling import Draws
from heco.scenario.expressions import Expr
from heco.scenario.schema_money import Budget, ProgrammeCost

WHERE = "[analysis.budget]"
#: Draws evaluated at a time: only the years of the budget are kept of each.
BATCH = 1_000
#: What an amount is.
CASH, CAPACITY = "cash", "capacity"


@dataclass(frozen=True)
class Line:
    """One line of the budget.

    Parameters
    ----------
    name : str
        Category of cost, or name of a programme cost.
    label : str
        The same in words.
    kind : str
        ``people``, ``set-up`` or ``recurrent``.
    payer : str
        Who pays; empty if nobody said.
    money : str
        ``cash``, ``capacity``, or empty if the two are not told apart.
    with_option, without : ndarray, shape (year, draw)
        What is spent with the strategy on offer, and without.
    """

    name: str
    label: str
    kind: str
    payer: str
    money: str
    with_option: Array
    without: Array

    @property
    def net(self) -> Array:
        """Return what the strategy adds, shape (year, draw)."""
        return np.asarray(self.with_option - self.without)


class Spending:
    """What the model and the settings say about one sample of draws.

    Parameters
    ----------
    context : Context
        The run.
    sample : Sample
        Base case or draws.
    """

    def __init__(self, context: Context, sample: Sample) -> None:
        budget = context.scenario.analysis.budget
        assert budget is not None
        self.context, self.sample, self.budget = context, sample, budget
        self.years = budget.years
        self.cost = self._yearly()
        self.entrants = self._entrants()

    def _yearly(self) -> dict[str, Array]:
        """Return cost per person by category, shape (strategy, year, draw)."""
        draws = self.sample.draws
        parts = []
        for first in range(0, draws.n, BATCH):
            block = draws.take(slice(first, first + BATCH))
            parts.append(self._first_years(block))
        return {name: np.concatenate([p[name] for p in parts], axis=-1) for name in parts[0]}

    def _first_years(self, draws: Draws) -> dict[str, Array]:
        outcomes = self.context.model.evaluate(draws, yearly=self.years)
        found = {}
        for name, cost in outcomes.yearly_cost_by.items():
            strategies, there, n = cost.shape
            kept = np.zeros((strategies, self.years, n))
            kept[:, : min(there, self.years)] = cost[:, : self.years]
            found[name] = kept
        return found

    def values(self, formula: Expr, strategy: str | None = None) -> Array:
        """Return the values of a formula over parameters, shape (draw,)."""
        draws = self.sample.draws
        return self.context.model.formula_values(draws, {"it": formula}, strategy)["it"]

    def amount(self, formula: Expr, place: str, strategy: str | None = None) -> Array:
        """Return the values of a formula that must be 0 or more, shape (draw,)."""
        values = self.values(formula, strategy)
        if not (np.isfinite(values).all() and (values >= 0).all()):
            worst = float(np.min(values)) if np.isfinite(values).all() else float("nan")
            raise refuse(f"must be 0 or more in every draw, and is {worst:g}", f"{WHERE} {place}")
        return values

    def _entrants(self) -> Array:
        """Return how many people enter, shape (year, draw)."""
        budget, size = self.budget, self.sample.outcomes.population
        each = self.amount(budget.people, "people") if budget.people is not None else size
        assert each is not None
        entrants = np.repeat(each[None], self.years, axis=0)
        if budget.prevalent is not None:
            entrants[0] += self.amount(budget.prevalent, "prevalent")
        return entrants

    def uptake(self, ramp: Sequence[float]) -> Array:
        """Return uptake by year, shape (year, 1); the last value goes on."""
        given = list(ramp[: self.years])
        return np.array(given + [given[-1]] * (self.years - len(given)))[:, None]

    def lines(self, option: str, ramp: Sequence[float]) -> list[Line]:
        """Return every line of the budget of a strategy.

        Parameters
        ----------
        option : str
            The strategy on offer.
        ramp : sequence of float
            Share of the entrants of each year that takes it up.
        """
        names = self.sample.outcomes.strategies
        i, j = names.index(option), names.index(self.context.scenario.comparator)
        taken = self.entrants * self.uptake(ramp)
        others = self.entrants - taken
        found = []
        for name, cost in self.cost.items():
            if not (cost[i].any() or cost[j].any()):
                continue
            found.append(
                Line(
                    name, name.replace("_", " "), "people", self._payer(name), self._money(name),
                    open_cohort(taken, cost[i]) + open_cohort(others, cost[j]),
                    open_cohort(self.entrants, cost[j]),
                )
            )  # fmt: skip
        found += self._programme(option, self.budget.set_up, "set-up")
        found += self._programme(option, self.budget.recurrent, "recurrent")
        return found

    def _payer(self, category: str) -> str:
        return self.budget.payers.get(category, self.budget.payer)

    def _money(self, category: str) -> str:
        if not self.budget.cash:
            return ""
        return CASH if category in self.budget.cash else CAPACITY

    def _programme(
        self, option: str, costs: Mapping[str, ProgrammeCost], kind: str
    ) -> Iterator[Line]:
        comparator = self.context.scenario.comparator
        classified = bool(self.budget.cash) or any(
            not cost.cash for part in programme_costs(self.budget) for cost in part.values()
        )
        for name, cost in costs.items():
            amounts = []
            for strategy in (option, comparator):
                spent = np.zeros(self.entrants.shape)
                if strategy in (cost.strategies or self.context.scenario.options):
                    once = self.values(cost.cost, strategy)
                    when = slice(cost.year - 1, cost.year if kind == "set-up" else None)
                    spent[when] = once
                amounts.append(spent)
            yield Line(
                name, cost.label or name.replace("_", " "), kind, cost.payer or self.budget.payer,
                (CASH if cost.cash else CAPACITY) if classified else "", *amounts,
            )  # fmt: skip


def open_cohort(entrants: Array, cost: Array) -> Array:
    """Return what is spent in each year on everybody who has entered by then.

    Parameters
    ----------
    entrants : ndarray, shape (year, draw)
        People who enter at the start of each year.
    cost : ndarray, shape (year, draw)
        Cost per person in their first, second, ... year.

    Returns
    -------
    ndarray, shape (year, draw)

    Examples
    --------
    >>> open_cohort(np.array([[10.0], [20.0]]), np.array([[100.0], [7.0]])).ravel().tolist()
    [1000.0, 2070.0]
    """
    years = len(entrants)
    spent = np.zeros(np.broadcast_shapes(entrants.shape, cost.shape))
    for entered in range(years):
        spent[entered:] += entrants[entered] * cost[: years - entered]
    return spent


def programme_costs(budget: Budget) -> tuple[Mapping[str, ProgrammeCost], ...]:
    """Return the two kinds of programme cost, by name."""
    return budget.set_up, budget.recurrent


def total(lines: Sequence[Line], side: str = "net", **what: str) -> Array:
    """Return the sum of those lines that are as asked for, shape (year, draw).

    Parameters
    ----------
    lines : sequence of Line
        Lines of one strategy.
    side : str
        ``net``, ``with_option`` or ``without``.
    **what : str
        Payer, money or kind that the lines must have.
    """
    chosen = [line for line in lines if all(getattr(line, k) == v for k, v in what.items())]
    shape = lines[0].with_option.shape if lines else (1, 1)
    return np.asarray(sum((getattr(line, side) for line in chosen), np.zeros(shape)))


def break_even(cumulative: Array) -> int | None:
    """Return the first year from which what was spent stays paid back; None if there is none.

    Parameters
    ----------
    cumulative : ndarray, shape (year,)
        Net spending up to and including each year.

    Examples
    --------
    >>> break_even(np.array([100.0, 20.0, -5.0])), break_even(np.array([100.0, -5.0, 3.0]))
    (3, None)
    """
    scale = float(np.max(np.abs(cumulative), initial=0.0))
    above = np.flatnonzero(cumulative > 1e-12 * scale)
    first = int(above[-1]) + 2 if len(above) else 1
    return first if first <= len(cumulative) else None
