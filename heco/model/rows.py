"""Rows: the probabilities of leaving a state, from probabilities, rates or a rate matrix.

Exits that compete as rates share one probability of leaving (M2.2 of the methods: never one by
one); "rest" is what the others leave. Destinations are worked through in the order of the
author's states, so the order in which a row is written changes nothing.
"""

from __future__ import annotations

from collections.abc import Mapping

from heco.model.clock import Clockwork
from heco.model.graph import Graph, Node
from heco.model.names import START, Clock, Names, Scope
from heco.model.tree import Guard
from heco.scenario.scenario import Scenario
from heco.scenario.schema_structure import Move

Guards = dict[int, Guard]


def row_chances(
    names: Names,
    scope: Scope,
    clock: Clockwork,
    guards: Guards,
    name: str,
    row: Mapping[str, Move],
    when: Clock,
) -> dict[str, Node]:
    """Return the probability of each destination in a cycle."""
    graph = names.graph
    ordered = [target for target in names.scenario.states if target in row]
    where = f"[transitions.{name}]"
    chances: dict[str, Node] = {}
    rest = ""
    rates: dict[str, Node] = {}
    for target in ordered:
        move = row[target]
        if move.rate is not None:
            rates[target] = names.node(move.rate, scope, when)
        elif move.p == "rest":
            rest = target
        elif move.p is not None:
            chances[target] = names.node(move.p, scope, when)
    if rates:
        total = graph.total(list(rates.values()))
        fraction = graph.internal("exit_fraction", total, graph.const(clock.years))
        for target, rate in rates.items():
            guard(guards, f"{where} {target}", "a rate must not be negative", rate, 0.0)
            chances[target] = graph.call("mul", rate, fraction)
    for target, node in chances.items():
        if target not in rates:
            rule = "a probability must lie in [0, 1]"
            guard(guards, f"{where} {target}", rule, node, 0.0, 1.0)
    total = graph.total([chances[target] for target in ordered if target in chances])
    if rest:
        chances[rest] = graph.call("sub", graph.const(1.0), total)
        exits = " + ".join(target for target in ordered if target != rest)
        rule = f'{exits} come to more than 1; nothing is left for "rest"'
        guard(guards, f"{where} {rest}", rule, chances[rest], 0.0)
    else:
        gap = graph.call("sub", total, graph.const(1.0))
        guard(guards, where, "the row must add to 1", gap, -1e-9, 1e-9)
    return chances


def exponential_chances(
    scenario: Scenario,
    names: Names,
    scope: Scope,
    clock: Clockwork,
    guards: Guards,
) -> dict[str, dict[str, Node]]:
    """Return every row from the exponential of the rate matrix, if the scenario asks for it."""
    if scenario.time.exits != "matrix-exponential":
        return {}
    graph: Graph = names.graph
    first = {name: position for position, name in enumerate(scenario.states)}
    cells: dict[tuple[int, int], Node] = {}
    for name, row in scenario.transitions.items():
        for target, move in row.items():
            if move.rate is None:
                continue
            rate = names.node(move.rate, scope, START)
            guard(
                guards, f"[transitions.{name}] {target}", "a rate must not be negative", rate, 0.0
            )
            cells[(first[name], first[target])] = rate
    if not cells:
        return {}
    matrix = graph.matrix(len(scenario.states), clock.years, cells)
    reach = _reachable(cells, len(scenario.states))
    return {
        name: {
            target: graph.item(matrix, (first[name], first[target]))
            for target in scenario.states
            if first[target] in reach[first[name]]
        }
        for name in scenario.states
    }


def _reachable(cells: Mapping[tuple[int, int], Node], size: int) -> list[set[int]]:
    reach = [{i} for i in range(size)]
    for _ in range(size):
        for source, target in cells:
            for start in range(size):
                if source in reach[start]:
                    reach[start].add(target)
    return reach


def guard(
    guards: Guards,
    where: str,
    what: str,
    node: Node,
    low: float = float("-inf"),
    high: float = float("inf"),
    kept: bool = False,
) -> None:
    """Note that a value must stay in its domain; the first rule about a value stands."""
    guards.setdefault(node.index, Guard(where, what, node, low, high, kept=kept))
