"""Outcomes: what the model says happens, for every strategy and every draw.

Everything an analysis needs comes out of one evaluation, disaggregated; nothing is averaged yet.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


@dataclass(frozen=True)
class OutOfDomain:
    """Draws in which a value left its domain.

    Parameters
    ----------
    where : str
        The place in the scenario, such as ``[transitions.well] dead``.
    what : str
        What went wrong, in words, with the first offending value.
    draws : int
        In how many draws.
    names : tuple of str
        The parameters involved.
    """

    where: str
    what: str
    draws: int
    names: tuple[str, ...] = ()


@dataclass(frozen=True)
class Outcomes:
    """Costs and health by strategy and draw.

    Parameters
    ----------
    strategies : tuple of str
        Names, in the author's order; the first axis of every array.
    cost, qaly, life_years : ndarray, shape (strategy, draw)
        Discounted totals per person of the cohort.
    cost_undiscounted, qaly_undiscounted, life_years_undiscounted : ndarray, shape (strategy, draw)
        The same without discounting.
    cost_by : mapping of str to ndarray, shape (strategy, draw)
        Discounted cost per person by category; categories add up to `cost`.
    spend_by : mapping of str to ndarray, shape (strategy, draw)
        Undiscounted cost per person by category; categories add up to `cost_undiscounted`.
    by_state : mapping of (outcome, state) to ndarray, shape (strategy, draw)
        Discounted cost, qaly and life_years by state; what belongs to no state (pathway, moves,
        one-offs) is under the state "".
    shares : mapping of str to ndarray, shape (strategy, draw)
        Probability of passing a branch counted under that name.
    events : mapping of str to ndarray, shape (strategy, draw)
        Moves and arrivals of the cohort counted under that name, per person, undiscounted.
    years_in : mapping of str to ndarray, shape (strategy, draw)
        Undiscounted life years per person by state, of the states that formulas ask for.
    entry : ndarray, shape (strategy, state, draw)
        Share of the cohort in each state at the start; no states gives length 0.
    states : tuple of str
        States, in the author's order, without tunnel expansion.
    population : ndarray, shape (draw,) or None
        People entering the model.
    valid : ndarray of bool, shape (draw,)
        False where some value left its domain in some strategy; such draws are left out of every
        summary, in all strategies alike, and counted in `out_of_domain`.
    trace : ndarray, shape (strategy, boundary, state, draw), or None
        Share of the cohort in each state at each cycle boundary, if asked for.
    yearly_cost : ndarray, shape (strategy, year, draw), or None
        Undiscounted cost per person in each model year, if asked for.
    yearly_cost_by : mapping of str to ndarray, shape (strategy, year, draw)
        The same by category, if asked for; categories add up to `yearly_cost`.
    tunnels : mapping of str to int
        States that were expanded for time in state, and into how many.
    detail : mapping of (outcome, category, state) to ndarray, shape (strategy, draw)
        The finest discounted parts; `cost_by` and `by_state` are sums of them.
    noted : tuple of OutOfDomain
        Values beyond what is usual that the author wants kept, such as utilities above 1; their
        draws are valid.
    """

    strategies: tuple[str, ...]
    cost: Array
    qaly: Array
    life_years: Array
    cost_undiscounted: Array
    qaly_undiscounted: Array
    life_years_undiscounted: Array
    cost_by: Mapping[str, Array]
    spend_by: Mapping[str, Array]
    by_state: Mapping[tuple[str, str], Array]
    shares: Mapping[str, Array]
    entry: Array
    states: tuple[str, ...]
    population: Array | None
    valid: NDArray[np.bool_]
    out_of_domain: tuple[OutOfDomain, ...] = ()
    trace: Array | None = None
    yearly_cost: Array | None = None
    yearly_cost_by: Mapping[str, Array] = field(default_factory=dict)
    tunnels: Mapping[str, int] = field(default_factory=dict)
    detail: Mapping[tuple[str, str, str], Array] = field(default_factory=dict)
    events: Mapping[str, Array] = field(default_factory=dict)
    years_in: Mapping[str, Array] = field(default_factory=dict)
    noted: tuple[OutOfDomain, ...] = ()

    @property
    def n(self) -> int:
        """Return the number of draws."""
        return int(self.cost.shape[1])

    def index(self, strategy: str) -> int:
        """Return the position of a strategy on the first axis."""
        return self.strategies.index(strategy)

    def effect(self, name: str) -> Array:
        """Return ``qaly`` or ``life_years``, shape (strategy, draw)."""
        return self.life_years if name == "life_years" else self.qaly

    def counted(self) -> dict[str, Array]:
        """Return people counted on the tree and events of the cohort, by name, per person."""
        found = dict(self.shares)
        for name, events in self.events.items():
            found[name] = found[name] + events if name in found else events
        return found

    def net_monetary_benefit(self, wtp: float, effect: str = "qaly") -> Array:
        """Return wtp * effect - cost, as currency per person, shape (strategy, draw)."""
        return wtp * self.effect(effect) - self.cost
