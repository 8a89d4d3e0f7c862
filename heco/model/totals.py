"""Totals by strategy and draw, kept in the form in which outcomes show them.

Every amount is booked where it will be read: discounted under its category and its state,
undiscounted under its category, and by model year if asked for. Memory that is never read is
never touched.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from heco.model.plan import Key, Plan
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
        parts = dict.fromkeys((key.outcome, key.category) for key in keys)
        places = dict.fromkeys((key.outcome, key.state) for key in keys)
        strategies = len(plan.strategies)
        # One piece of memory: asking for many small ones costs more than filling them.
        sheets = iter(np.zeros((2 * len(parts) + len(places) + 1, strategies, draws)))
        self._nothing: Array = next(sheets)
        self.discounted: dict[tuple[str, str], Array] = dict(zip(parts, sheets, strict=False))
        self.undiscounted: dict[tuple[str, str], Array] = dict(zip(parts, sheets, strict=False))
        self.by_state: dict[tuple[str, str], Array] = dict(zip(places, sheets, strict=True))
        self.yearly = np.zeros((strategies, years, draws)) if years else None

    def add(self, key: Key, position: int, block: slice, amount: Array) -> None:
        """Book an amount of one strategy, shape (row, draw of the block)."""
        part, here = (key.outcome, key.category), (position, block)
        self.discounted[part][here] += amount[DISCOUNTED]
        self.undiscounted[part][here] += amount[UNDISCOUNTED]
        self.by_state[key.outcome, key.state][here] += amount[DISCOUNTED]
        if self.yearly is not None and key.outcome == "cost":
            self.yearly[position, :, block] += amount[FIRST_YEAR:]

    def costs(self, parts: dict[tuple[str, str], Array]) -> dict[str, Array]:
        """Return the parts that are costs, by category, shape (strategy, draw) each."""
        return {category: part for (outcome, category), part in parts.items() if outcome == "cost"}

    def outcome(self, name: str, parts: dict[tuple[str, str], Array]) -> Array:
        """Return cost, qaly or life_years as the sum of its parts, shape (strategy, draw)."""
        found: Sequence[Array] = [
            part for (outcome, _), part in parts.items() if outcome == name
        ]
        total = found[0] if found else self._nothing
        for part in found[1:]:
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
