"""The nodes of a graph, computed in order, block by block of draws and chunk by chunk of cycles.

Shapes of values: () for a constant, (draw,), (cycle, 1) and (epoch, draw). An *epoch* is a run of
cycles in which nothing that differs between draws changes: the months of one year of a life
table, the years after a treatment has stopped. What varies by draw and by cycle is computed once
per epoch, which costs nothing where every cycle is an epoch of its own.

Some nodes are *kept*: they can be read when the program has run. Others are only *watched*: they
are shown to whoever guards their domain as soon as they are computed, and their memory is used
again once nothing needs them any more.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from operator import itemgetter

import numpy as np
from numpy.typing import NDArray

from heco.model.domains import Mask, Values, either, needed, outside
from heco.model.graph import CYCLE, DRAW, Graph, Node
from heco.model.operations import DIRECT, Workspace, exit_fraction, exponential
from heco.scenario.calls import Function, finite
from heco.scenario.functions import CALLS

Masks = dict[int, NDArray[np.bool_]]
Tables = Mapping[str, Callable[[Values], tuple[Values, Mask]]]


@dataclass(frozen=True)
class Epochs:
    """The runs of cycles, within a chunk, in which nothing that differs between draws changes.

    Parameters
    ----------
    row : list of int
        For each cycle of the chunk the row of values that holds in it.
    first : list of int
        For each row the first cycle of the chunk in which it holds.
    """

    row: list[int]
    first: list[int]

    def spans(self) -> list[slice]:
        """Return the cycles of each row."""
        ends = [*self.first[1:], len(self.row)]
        return [slice(first, end) for first, end in zip(self.first, ends, strict=True)]


#: What is called with every watched value: node, value, mask of draws out of domain, epochs.
Watch = Callable[[int, Values, Mask, Epochs | None], None]


@dataclass(frozen=True)
class _Step:
    """One node, ready to be computed from the values of its arguments.

    ``register`` says where the result may be written (-1: wherever NumPy likes); ``in_place``
    that the result may overwrite an argument.
    """

    index: int
    compute: Callable[..., Values]
    args: tuple[int, ...]
    function: Function | None = None
    table: bool = False
    writes: bool = False
    in_place: bool = False
    register: int = -1


class Program:
    """The nodes that are kept or watched, with what they need, ready to be computed.

    Parameters
    ----------
    graph : Graph
        The graph.
    kept : sequence of Node
        What will be asked for.
    tables : mapping of str to callable
        Look-up of each table: keys -> (values, out-of-range mask or None).
    watched : sequence of Node
        What will be shown to a `Watch`.
    """

    def __init__(
        self, graph: Graph, kept: Sequence[Node], tables: Tables, watched: Sequence[Node] = ()
    ) -> None:
        wanted: set[int] = set()
        stack = [*kept, *watched]
        while stack:
            node = stack.pop()
            if node.index not in wanted:
                wanted.add(node.index)
                stack.extend(node.args)
        ordered = [graph.nodes[index] for index in sorted(wanted)]
        self._watched = {node.index for node in watched}
        self._template: list[Values] = [None] * len(graph.nodes)
        groups: dict[int, list[_Step]] = {axes: [] for axes in (0, DRAW, CYCLE, DRAW | CYCLE)}
        self._columns: list[Node] = []
        self._clocks: list[Node] = []
        inputs: set[int] = set()
        for node in ordered:
            if node.op == "const":
                self._template[node.index] = node.payload
            elif node.op == "column":
                self._columns.append(node)
            elif node.op == "clock":
                self._clocks.append(node)
            else:
                groups[node.axes].append(_step(node, tables))
                if node.axes == DRAW | CYCLE:
                    inputs |= {arg.index for arg in node.args if arg.axes == CYCLE}
        given = [node for node in ordered if node.op in ("const", "column")]
        self._given = [node.index for node in given if node.index in self._watched]
        self._ticking = [node.index for node in self._clocks if node.index in self._watched]
        self._inputs = sorted(inputs)
        self._static = sorted(groups[0] + groups[DRAW], key=lambda step: step.index)
        self._cyclic = groups[CYCLE]
        self._moving, registers = _with_registers(
            groups[DRAW | CYCLE], {node.index for node in kept}
        )
        #: How many arrays of shape (draw,), and (epoch, draw), are alive at once.
        self.static = len(groups[DRAW]) + len(self._columns)
        self.moving = registers + sum(step.register < 0 for step in self._moving)

    def start(
        self, columns: Mapping[str, Values], watch: Watch | None = None
    ) -> tuple[list[Values], Masks]:
        """Compute what does not vary by cycle; return values and out-of-domain masks by index."""
        values = list(self._template)
        masks: Masks = {}
        for node in self._columns:
            values[node.index] = columns[node.payload]
        if watch is not None:
            for index in self._given:
                watch(index, values[index], None, None)
        self._run(self._static, values, masks, watch)
        return values, masks

    def step(
        self,
        values: list[Values],
        masks: Masks,
        clock: Mapping[tuple[str, str], Values],
        watch: Watch,
        space: Workspace,
        draws: int,
    ) -> Epochs:
        """Compute what varies by cycle, for the cycles of ``clock``, arrays of shape (cycle, 1)."""
        if masks:
            for step in (*self._cyclic, *self._moving):
                masks.pop(step.index, None)
        for node in self._clocks:
            values[node.index] = clock[node.payload]
        for index in self._ticking:
            watch(index, values[index], None, None)
        self._run(self._cyclic, values, masks, watch)
        epochs = self._epochs(values, masks, len(clock["cycle", "start"]))
        by_cycle = {index: (values[index], masks.get(index)) for index in self._inputs}
        for index, (value, mask) in by_cycle.items():
            values[index] = value[epochs.first]
            if mask is not None:
                masks[index] = mask[epochs.first]
        shape = (len(epochs.first), draws)
        self._run(self._moving, values, masks, watch, epochs, lambda name: space.array(name, shape))
        for index, (value, mask) in by_cycle.items():
            values[index] = value
            if mask is not None:
                masks[index] = mask
        return epochs

    def _epochs(self, values: list[Values], masks: Masks, cycles: int) -> Epochs:
        changed = np.zeros(cycles, dtype=bool)
        changed[:1] = True
        for index in self._inputs:
            for part in (values[index], masks.get(index)):
                if part is not None:
                    changed[1:] |= (part[1:] != part[:-1])[:, 0]
        row = np.cumsum(changed) - 1
        return Epochs(row.tolist(), np.flatnonzero(changed).tolist())

    def _run(
        self,
        steps: Sequence[_Step],
        values: list[Values],
        masks: Masks,
        watch: Watch | None,
        epochs: Epochs | None = None,
        register: Callable[[int], Values] | None = None,
    ) -> None:
        watched = self._watched if watch is not None else ()
        for step in steps:
            args = [values[index] for index in step.args]
            if step.register >= 0 and register is not None:
                value = step.compute(*args, out=register(step.register))
            else:
                value = step.compute(*args)
            mask: Mask = None
            if step.table:
                value, mask = value
            elif step.function is not None and step.function.valid is not None:
                mask = outside(step.function, args, value)
            values[step.index] = value
            if mask is not None:
                masks[step.index] = mask
            if masks:
                _inherit(step, args, masks)
            if step.index in watched and watch is not None:
                watch(step.index, value, masks.get(step.index), epochs)


def _step(node: Node, tables: Tables) -> _Step:
    args = tuple(arg.index for arg in node.args)
    if node.op == "call":
        function = CALLS[node.payload]
        direct = DIRECT.get(node.payload)
        if direct is None:
            return _Step(node.index, function.apply, args, function)
        # A result that is judged by the arguments as well must leave them as they are.
        in_place = function.valid in (None, finite)
        return _Step(node.index, direct, args, function, writes=True, in_place=in_place)
    if node.op == "table":
        return _Step(node.index, tables[node.payload], args, table=True)
    if node.op == "item":
        return _Step(node.index, itemgetter(node.payload), args)
    if node.op == "matrix":
        return _Step(node.index, partial(exponential, node.payload), args)
    return _Step(node.index, exit_fraction, args, writes=True)


def _with_registers(steps: Sequence[_Step], kept: set[int]) -> tuple[list[_Step], int]:
    """Return the steps with a place for each result, and how many places there are.

    A place is used again when nothing needs its value any more. Functions that may hand back one
    of their arguments as it is have no place for their result, and hold on to their arguments.
    """
    last = {arg: position for position, step in enumerate(steps) for arg in step.args}
    held = kept | {arg for step in steps if not step.writes for arg in step.args}
    place: dict[int, int] = {}
    free: list[int] = []
    found: list[_Step] = []
    count = 0
    for position, step in enumerate(steps):
        done = [
            place[arg] for arg in dict.fromkeys(step.args)
            if arg in place and arg not in held and last[arg] == position
        ]  # fmt: skip
        if step.in_place:
            free += done
        if step.writes:
            if not free:
                free.append(count)
                count += 1
            place[step.index] = free.pop()
            step = replace(step, register=place[step.index])
            if step.index not in last and step.index not in held:
                free.append(place[step.index])
        if not step.in_place:
            free += done
        found.append(step)
    return found, count


def _inherit(step: _Step, args: Sequence[Values], masks: Masks) -> None:
    """Pass on where the arguments of a step are out of their domain."""
    given = [masks.get(index) for index in step.args]
    if all(mask is None for mask in given):
        return
    inherited: Mask = None
    if step.function is not None:
        inherited = needed(step.function, args[0], given)
    else:
        for mask in given:
            inherited = either(inherited, mask)
    mask = either(masks.get(step.index), inherited)
    if mask is not None:
        masks[step.index] = mask
