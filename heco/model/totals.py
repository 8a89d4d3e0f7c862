"""Totals by strategy and draw, kept in the form in which outcomes show them.

Every amount is booked where it will be read: discounted under its category and its state,
undiscounted under its category, and by model year if asked for. Coarser parts are sums of finer
ones, so they add up whatever the rounding; a part with one member is that member.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

import numpy as np

from heco.model.plan import COUNT, Key, Plan
from heco.outcomes import Array

#: Rows of every amount; one row per model year may follow.
DISCOUNTED, UNDISCOUNTED, FIRST_YEAR = 0, 1, 2


class Totals:
    """Totals per person of everything that can be booked.

    Parameters
    ----------
    plan : Plan
        Where anything can be booked.
    years : int
        How many model years are kept apart, for costs.
    draws : int
        Number of draws.
    """

    def __init__(self, plan: Plan, years: int, draws: int) -> None:
        # In this order, whatever the order of the author's entries.
        keys = sorted(set(_keys(plan)), key=lambda key: (key.outcome, key.category, key.state))
        counted = [key.category for key in keys if key.outcome == COUNT]
        if counted:
            keys = [key for key in keys if key.outcome != COUNT]
        parts = dict.fromkeys((key.outcome, key.category) for key in keys)
        strategies = len(plan.strategies)
        # One piece of memory: asking for many small ones costs more than filling them.
        sheets = iter(np.zeros((len(keys) + len(parts) + 1, strategies, draws)))
        self._nothing: Array = next(sheets)
        self._detail: dict[Key, Array] = dict(zip(keys, sheets, strict=False))
        self._undiscounted: dict[tuple[str, str], Array] = dict(zip(parts, sheets, strict=True))
        self._events = {name: np.zeros((strategies, draws)) for name in counted}
        self._years_in = {state: np.zeros((strategies, draws)) for state in sorted(plan.years_in)}
        self._yearly: dict[str, Array] = {}
        if years:
            spent = [category for outcome, category in parts if outcome == "cost"]
            self._yearly = {part: np.zeros((strategies, years, draws)) for part in spent}
        self._shape = (strategies, years, draws)

    def add(self, key: Key, position: int, block: slice, amount: Array) -> None:
        """Book an amount of one strategy, shape (row, draw of the block)."""
        if key.outcome == COUNT:
            self._events[key.category][position, block] += amount[UNDISCOUNTED]
            return
        if self._years_in and key.outcome == "life_years" and key.state in self._years_in:
            self._years_in[key.state][position, block] += amount[UNDISCOUNTED]
        self._detail[key][position, block] += amount[DISCOUNTED]
        self._undiscounted[key.outcome, key.category][position, block] += amount[UNDISCOUNTED]
        if self._yearly and key.outcome == "cost":
            self._yearly[key.category][position, :, block] += amount[FIRST_YEAR:]

    def events(self) -> dict[str, Array]:
        """Return how often what is counted in the cohort happens, shape (strategy, draw) each."""
        return self._events

    def years_in(self) -> dict[str, Array]:
        """Return undiscounted life years of the states asked for, shape (strategy, draw) each."""
        return self._years_in

    def detail(self) -> dict[tuple[str, str, str], Array]:
        """Return what is discounted by (outcome, category, state), shape (strategy, draw) each."""
        return {(key.outcome, key.category, key.state): part for key, part in self._detail.items()}

    def by_state(self) -> dict[tuple[str, str], Array]:
        """Return what is discounted by (outcome, state), shape (strategy, draw) each."""
        return self._summed(lambda key: (key.outcome, key.state))

    def discounted(self) -> dict[tuple[str, str], Array]:
        """Return what is discounted by (outcome, category), shape (strategy, draw) each."""
        return self._summed(lambda key: (key.outcome, key.category))

    def _summed(self, place: Callable[[Key], tuple[str, str]]) -> dict[tuple[str, str], Array]:
        found: dict[tuple[str, str], list[Array]] = {}
        for key, part in self._detail.items():
            found.setdefault(place(key), []).append(part)
        return {where: _total(parts, self._nothing) for where, parts in found.items()}

    def undiscounted(self) -> dict[tuple[str, str], Array]:
        """Return what is not discounted by (outcome, category), shape (strategy, draw) each."""
        return self._undiscounted

    def yearly(self) -> dict[str, Array]:
        """Return cost by category and model year, shape (strategy, year, draw) each."""
        return self._yearly

    def yearly_total(self) -> Array | None:
        """Return cost by model year, shape (strategy, year, draw); None if years are not kept."""
        if not self._shape[1]:
            return None
        parts = list(self._yearly.values())
        return _total(parts, parts[0]) if parts else np.zeros(self._shape)

    def outcome(self, name: str, parts: Mapping[tuple[str, str], Array]) -> Array:
        """Return cost, qaly or life_years as the sum of its parts, shape (strategy, draw)."""
        return _total(
            [part for (outcome, _), part in parts.items() if outcome == name], self._nothing
        )


def _total(parts: Sequence[Array], nothing: Array) -> Array:
    total = parts[0] if parts else nothing
    for part in parts[1:]:
        total = total + part
    return total


def _keys(plan: Plan) -> Iterator[Key]:
    for strategy in plan.strategies:
        for amount in strategy.amounts:
            yield Key(amount.outcome, amount.category, "")
        for key, _ in strategy.entries:
            yield key
        for term in strategy.terms:
            yield term.key
