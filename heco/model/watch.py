"""Draws that leave their domain: noticed when a value is computed, counted, never dropped."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from heco.model.domains import Mask, all_finite
from heco.model.graph import CYCLE, DRAW, Graph, Node, parameters_of
from heco.model.plan import Plan
from heco.model.program import Epochs
from heco.model.tree import Guard
from heco.outcomes import OutOfDomain

#: Rounding error that a probability, a share or a row may show.
ROUNDING = 1e-12

BoolArray = NDArray[np.bool_]


class Watch:
    """Looks at every guarded value of an evaluation.

    Parameters
    ----------
    plan : Plan
        Says which values are guarded, and where they stand.
    draws : int
        Number of draws.
    """

    def __init__(self, plan: Plan, draws: int) -> None:
        self.bad = np.zeros(draws, dtype=bool)
        self.block = slice(0, 0)
        self.cycles = range(0)
        self._graph: Graph = plan.names.graph
        self._guards: dict[int, list[Guard]] = {}
        for guard in plan.all_guards():
            self._guards.setdefault(guard.node.index, []).append(guard)
        self._amounts: Mapping[int, tuple[str, str]] = plan.amount_places()
        self._found: dict[tuple[str, str], tuple[BoolArray, str, Node]] = {}
        self._kept: set[tuple[str, str]] = set()

    def __call__(self, index: int, value: Any, mask: Mask, epochs: Epochs | None) -> None:
        """Mark the draws in which a value is out of bounds, not finite or ill-defined."""
        for guard in self._guards.get(index, ()):
            low, high = guard.low - ROUNDING, guard.high + ROUNDING
            # Nearly always the extremes settle it; a NaN fails both comparisons.
            if mask is None and _within(value, low, high):
                continue
            fine = (np.asarray(value) >= low) & (np.asarray(value) <= high)
            if guard.kept:
                # What has no value is found where it is gained; this is about what is too high.
                self._kept.add((guard.where, guard.what))
                known = ~np.isnan(value) if mask is None else ~(np.isnan(value) | mask)
                wrong = known & ~fine
                self._mark(guard.node, guard.where, guard.what, wrong, value, None, epochs, True)
            elif guard.strict:
                self._mark(guard.node, guard.where, guard.what, ~fine, value, mask, epochs)
            else:
                known = ~np.isnan(value) if mask is None else ~(np.isnan(value) | mask)
                self._mark(guard.node, guard.where, guard.what, known & ~fine, value, None, epochs)
        if index in self._amounts and (mask is not None or not all_finite(value)):
            where, what = self._amounts[index]
            node = self._graph.nodes[index]
            wrong = ~np.isfinite(value)
            self._mark(node, where, f"the {what} is not a number", wrong, value, mask, epochs)

    def _mark(
        self,
        node: Node,
        where: str,
        what: str,
        wrong: Any,
        value: Any,
        mask: Mask,
        epochs: Epochs | None,
        kept: bool = False,
    ) -> None:
        wrong = np.asarray(wrong if mask is None else wrong | mask)
        if not wrong.any():
            return
        if (where, what) not in self._found:
            first = np.unravel_index(int(np.argmax(wrong)), wrong.shape)
            shown = f"{float(np.broadcast_to(value, wrong.shape)[first]):.6g}"
            if node.axes & CYCLE:
                cycle = int(first[0])
                if node.axes & DRAW and epochs is not None:
                    cycle = epochs.first[cycle]
                shown += f" at cycle {self.cycles[cycle] + 1}"
            self._found[where, what] = (np.zeros(len(self.bad), dtype=bool), shown, node)
        draws = wrong.any(axis=0) if wrong.ndim == 2 else wrong
        self._found[where, what][0][self.block] |= draws
        if not kept:
            self.bad[self.block] |= draws

    def report(self) -> tuple[OutOfDomain, ...]:
        """Return what was found out of its domain, most draws first."""
        return self._rows(kept=False)

    def kept(self) -> tuple[OutOfDomain, ...]:
        """Return what is unusual and kept because the author says so, most draws first."""
        return self._rows(kept=True) if self._kept else ()

    def _rows(self, kept: bool) -> tuple[OutOfDomain, ...]:
        rows = [
            OutOfDomain(where, f"{what} ({shown})", int(draws.sum()), parameters_of(node))
            for (where, what), (draws, shown, node) in self._found.items()
            if ((where, what) in self._kept) == kept
        ]
        return tuple(sorted(rows, key=lambda row: (-row.draws, row.where, row.what)))


def _within(value: Any, low: float, high: float) -> bool:
    if isinstance(value, float):
        return low <= value <= high
    return bool(value.min() >= low and value.max() <= high)
