"""The arithmetic: follow the cohort through the cycles, one block of draws at a time.

Occupancy is held as (boundary, micro-state, draw) for a chunk of cycles only, so memory does not
grow with the horizon. Moving is one multiplication and one addition per possible move, vectorised
over draws; structural zeros cost nothing. What people are worth is added up in
`heco.model.ledger`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from heco.model.cohort import Cohort
from heco.model.graph import CYCLE, DRAW, Node
from heco.model.operations import Workspace
from heco.model.program import Epochs

Array = NDArray[np.float64]


class Walk:
    """One strategy walking through the cycles for one block of draws.

    Parameters
    ----------
    cohort : Cohort
        The micro-states and the moves between them.
    entry : ndarray, shape (micro, draw)
        Share of the cohort in each micro-state at the start.
    space : Workspace
        Where the people of a chunk of cycles are kept.
    """

    def __init__(self, cohort: Cohort, entry: Array, space: Workspace) -> None:
        self.people = entry
        self._space = space
        reached: set[int] = set()
        # Per move: from, to, whether it is the first that reaches its destination, probability.
        self._moves: list[tuple[int, int, bool, Node]] = []
        for move in cohort.steps:
            self._moves.append((move.source, move.target, move.target not in reached, move.p))
            reached.add(move.target)
        self._empty = [micro for micro in range(len(entry)) if micro not in reached]
        self._by_cycle = any(p.axes == CYCLE for *_, p in self._moves)

    def _now(self, values: Sequence[Any], cycle: int, row: int) -> list[tuple[int, int, bool, Any]]:
        """Return the moves with the probabilities of one cycle; None where everybody goes."""
        found = []
        for source, target, first, p in self._moves:
            value = values[p.index]
            if p.axes & CYCLE:
                value = value[row] if p.axes & DRAW else value[cycle, 0]
            found.append((source, target, first, None if p.constant == 1.0 else value))
        return found

    def step(self, cycles: int, values: Sequence[Any], epochs: Epochs) -> Array:
        """Move through some cycles.

        Returns
        -------
        ndarray, shape (boundary, micro, draw)
            The first boundary is where people are now, the others are the ends of the cycles.
            It is overwritten by the next step of any walk in the same workspace.
        """
        occupancy: Array = self._space.array("occupancy", (cycles + 1, *self.people.shape))
        occupancy[0] = self.people
        work = self._space.array("flow", self.people.shape[1:])
        multiply, add = np.multiply, np.add
        epoch = -1
        before = list(occupancy[0])
        for c in range(cycles):
            if self._by_cycle or epochs.row[c] != epoch:
                epoch = epochs.row[c]
                moves = self._now(values, c, epoch)
            after = list(occupancy[c + 1])
            for source, target, first, p in moves:
                if first:
                    multiply(before[source], 1.0 if p is None else p, out=after[target])
                elif p is None:
                    add(after[target], before[source], out=after[target])
                else:
                    multiply(before[source], p, out=work)
                    add(after[target], work, out=after[target])
            for micro in self._empty:
                after[micro][...] = 0.0
            before = after
        self.people[...] = occupancy[-1]
        return occupancy
