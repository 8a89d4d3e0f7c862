"""Formulas as one graph in which nothing is computed twice.

Every formula of every strategy becomes nodes of a single graph. Equal nodes are the same node, so
what strategies share is computed once, and a derived parameter costs nothing extra wherever it is
used. A node knows along which axes it varies: draws, cycles, both or neither. Values that do not
vary along an axis keep length 1 there, so constants never pay for cycles or draws.

`heco.model.program` computes the nodes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from heco.model.domains import outside
from heco.scenario.functions import CALLS

DRAW = 1
CYCLE = 2


@dataclass(frozen=True, eq=False, slots=True)
class Node:
    """One value of the graph.

    Parameters
    ----------
    op : str
        ``const``, ``column``, ``clock``, ``table``, ``call``, ``internal``, ``matrix`` or ``item``.
    payload : object
        The number, the name of the column, clock word, table or function, or the layout of a
        matrix.
    args : tuple of Node
        What it is computed from.
    axes : int
        `DRAW`, `CYCLE`, both, or 0.
    index : int
        Position in the graph; arguments come before what uses them.
    """

    op: str
    payload: Any
    args: tuple[Node, ...]
    axes: int
    index: int

    @property
    def constant(self) -> float | None:
        """Return the value of a constant node, otherwise None."""
        return float(self.payload) if self.op == "const" else None


class Graph:
    """The nodes of one compiled model; equal nodes are interned."""

    def __init__(self) -> None:
        self.nodes: list[Node] = []
        self._known: dict[tuple[Any, ...], Node] = {}

    def _node(self, op: str, payload: Any, args: tuple[Node, ...], axes: int) -> Node:
        key = (op, payload, *(arg.index for arg in args))
        found = self._known.get(key)
        if found is None:
            found = Node(op, payload, args, axes, len(self.nodes))
            self.nodes.append(found)
            self._known[key] = found
        return found

    def const(self, value: float) -> Node:
        """Return the node of a number."""
        return self._node("const", float(value), (), 0)

    def column(self, name: str, varies: bool) -> Node:
        """Return the node of a drawn parameter."""
        return self._node("column", name, (), DRAW if varies else 0)

    def clock(self, word: str, side: str) -> Node:
        """Return the node of ``time``, ``age`` or ``cycle`` at one side of each cycle."""
        return self._node("clock", (word, side if word != "cycle" else "start"), (), CYCLE)

    def table(self, name: str, key: Node) -> Node:
        """Return the node of a table looked up at ``key``."""
        return self._node("table", name, (key,), key.axes)

    def internal(self, name: str, *args: Node) -> Node:
        """Return the node of one of the engine's own operations."""
        return self._node("internal", name, args, _axes(args))

    def matrix(self, size: int, length: float, rates: Mapping[tuple[int, int], Node]) -> Node:
        """Return the node of exp(Q L), for the rate matrix Q with these cells off its diagonal."""
        cells = tuple(sorted(rates))
        args = tuple(rates[cell] for cell in cells)
        return self._node("matrix", (size, length, cells), args, _axes(args))

    def item(self, matrix: Node, cell: tuple[int, int]) -> Node:
        """Return the node of one cell of a matrix node."""
        return self._node("item", cell, (matrix,), matrix.axes)

    def call(self, function: str, *args: Node) -> Node:
        """Return the node of a function; constants are folded, zeros and ones drop out."""
        simple = self._folded(function, args) or self._shortened(function, args)
        return simple or self._node("call", function, args, _axes(args))

    def _folded(self, function: str, args: tuple[Node, ...]) -> Node | None:
        """Return the number that a call of numbers is, unless it is out of its domain."""
        numbers = [arg.constant for arg in args]
        if any(number is None for number in numbers):
            return None
        value = CALLS[function].apply(*numbers)
        fine = outside(CALLS[function], numbers, value) is None and np.isfinite(value)
        return self.const(float(value)) if fine else None

    def _shortened(self, function: str, args: tuple[Node, ...]) -> Node | None:
        """Return what a call amounts to if one of its arguments settles it."""
        numbers = [arg.constant for arg in args]
        first = numbers[0]
        if function == "mul" and 0.0 in numbers:
            return self.const(0.0)
        if function == "mul" and 1.0 in numbers:
            return args[1 - numbers.index(1.0)]
        if function == "add" and 0.0 in numbers:
            return args[1 - numbers.index(0.0)]
        if (function, numbers[-1]) in (("sub", 0.0), ("div", 1.0)):
            return args[0]
        if first is None:
            return None
        # A lever that a strategy leaves alone takes what it would switch on out of the model.
        if function == "where":
            return args[1] if first != 0.0 else args[2]
        if function == "and" and first == 0.0:
            return self.const(0.0)
        return self.const(1.0) if function == "or" and first != 0.0 else None

    def total(self, terms: Sequence[Node]) -> Node:
        """Return the sum of the terms, in order; 0 for none."""
        result = self.const(0.0)
        for term in terms:
            result = self.call("add", result, term)
        return result


def _axes(args: Sequence[Node]) -> int:
    axes = 0
    for arg in args:
        axes |= arg.axes
    return axes


def parameters_of(node: Node) -> tuple[str, ...]:
    """Return the parameters, drawn or looked up, that a node depends on, sorted."""
    seen: set[int] = set()
    names: set[str] = set()
    stack = [node]
    while stack:
        here = stack.pop()
        if here.index in seen:
            continue
        seen.add(here.index)
        if here.op in ("column", "table"):
            names.add(here.payload)
        stack.extend(here.args)
    return tuple(sorted(names))
