"""What people are worth, added up: weights times people times values, one strategy at a time.

A value that is the same in every cycle waits until the end: people are added up first, once for
all values that share weights. A value that changes with time is settled epoch by epoch in the
same way, or, where nearly every cycle is an epoch of its own, multiplied out cycle by cycle.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from heco.model.graph import CYCLE, DRAW
from heco.model.operations import Workspace
from heco.model.plan import Key, StrategyPlan, Term
from heco.model.program import Epochs
from heco.model.weights import Weights

Array = NDArray[np.float64]


class _Groups:
    """Terms by what they are weighed with; each group has its rows in one matrix of weights."""

    def __init__(self, terms: Sequence[Term], weights: Mapping[str, Weights]) -> None:
        self.parts: list[tuple[Weights, str]] = []
        self.terms: list[tuple[Term, slice]] = []
        places: dict[tuple[int, str], slice] = {}
        self.rows = 0
        for term in terms:
            weight = weights[term.weights]
            key = (id(weight), term.side)
            if key not in places:
                self.parts.append((weight, term.side))
                places[key] = slice(self.rows, self.rows + len(weight.start))
                self.rows += len(weight.start)
            self.terms.append((term, places[key]))
        self._known: dict[tuple[int, int], Array] = {}

    def weigh(self, occupancy: Array, first: int, space: Workspace) -> Array:
        """Return people at the boundaries from cycle ``first`` on, added up, (micro, row, draw)."""
        boundaries, micro, draws = occupancy.shape
        cycles = boundaries - 1
        matrix = self._known.get((first, cycles))
        if matrix is None:
            matrix = np.zeros((self.rows, boundaries))
            where, row = slice(first, first + cycles), 0
            for weight, side in self.parts:
                rows = slice(row, row + len(weight.start))
                if side != "end":
                    matrix[rows, :-1] += weight.start[:, where]
                if side != "start":
                    matrix[rows, 1:] += weight.end[:, where]
                row = rows.stop
            self._known[(first, cycles)] = matrix
        total: Array = space.array("weighed", (micro, self.rows, draws))
        # One small product per micro-state: a library that shares large ones out among cores
        # would make results, to the last bit, a matter of how many cores there are.
        np.matmul(matrix, occupancy.transpose(1, 0, 2), out=total)
        return total


class Ledger:
    """The terms of one strategy, sorted by how they are added up.

    Parameters
    ----------
    plan : StrategyPlan
        The strategy.
    weights : mapping of str to Weights
        Weights by name; equal ones may be the same object.
    """

    def __init__(self, plan: StrategyPlan, weights: Mapping[str, Weights]) -> None:
        steady = [term for term in plan.terms if not term.node.axes & CYCLE]
        varying = [term for term in plan.terms if term.node.axes & CYCLE]
        self.steady = _Groups(steady, weights)
        self.varying = _Groups(varying, weights)
        self.weights = weights

    @property
    def rows(self) -> int:
        """Return how many sums are kept for each micro-state and draw."""
        return self.steady.rows + self.varying.rows


class Account:
    """The sums of one strategy for one block of draws."""

    def __init__(self, ledger: Ledger, space: Workspace) -> None:
        self.ledger = ledger
        self._space = space
        self.sums: dict[Key, Array] = {}
        self._waiting: Array | None = None

    def collect(
        self, occupancy: Array, cycles: range, values: Sequence[Any], epochs: Epochs
    ) -> None:
        """Add up what people are worth in some cycles.

        Parameters
        ----------
        occupancy : ndarray, shape (boundary, micro, draw)
            People at the start of the first of the cycles, and at the end of each.
        cycles : range
            The cycles, counted from 0.
        values : sequence
            Values by node.
        epochs : Epochs
            Which rows of the values that vary by draw and cycle hold when.
        """
        ledger = self.ledger
        if ledger.steady.terms:
            total = ledger.steady.weigh(occupancy, cycles.start, self._space)
            if self._waiting is None:
                self._waiting = total.copy()
            else:
                self._waiting += total
        few = 2 * len(epochs.first) <= len(cycles)
        settled: list[tuple[Term, slice]] = []
        for term, rows in ledger.varying.terms:
            value = values[term.node.index]
            if few and term.node.axes & DRAW:
                settled.append((term, rows))
            else:
                self._by_cycle(term, value, occupancy, cycles, epochs)
        if settled:
            self._by_epoch(settled, occupancy, cycles, values, epochs)

    def _by_cycle(
        self, term: Term, value: Array, occupancy: Array, cycles: range, epochs: Epochs
    ) -> None:
        weight = self.ledger.weights[term.weights]
        where = slice(cycles.start, cycles.stop)
        if term.side == "start":
            people, factor = occupancy[:-1, term.micro], weight.start[:, where]
        else:
            people, factor = occupancy[1:, term.micro], weight.end[:, where]
        if term.node.axes & DRAW:
            worth: Array = self._space.array("worth", people.shape)
            each = value if len(value) == len(people) else value[epochs.row]
            total = factor @ np.multiply(people, each, out=worth)
        else:
            total = (factor * value[:, 0]) @ people
        self._book(term.key, total if term.scale == 1.0 else term.scale * total)

    def _by_epoch(
        self,
        terms: Sequence[tuple[Term, slice]],
        occupancy: Array,
        cycles: range,
        values: Sequence[Any],
        epochs: Epochs,
    ) -> None:
        for row, span in enumerate(epochs.spans()):
            people = self.ledger.varying.weigh(
                occupancy[span.start : span.stop + 1], cycles.start + span.start, self._space
            )
            for term, rows in terms:
                value = term.scale * values[term.node.index][row]
                self._book(term.key, people[term.micro, rows] * value)

    def _book(self, key: Key, amount: Array) -> None:
        if key in self.sums:
            self.sums[key] += amount
        else:
            self.sums[key] = amount

    def finish(self, values: Sequence[Any]) -> dict[Key, Array]:
        """Return the totals by key, shape (row, draw)."""
        for term, rows in self.ledger.steady.terms:
            assert self._waiting is not None
            value = term.scale * values[term.node.index]
            self._book(term.key, self._waiting[term.micro, rows] * value)
        return self.sums
