"""A scenario compiled so that every value it rests on stays a symbol.

The model folds constants and takes out what is switched off; a living sheet must not, because its
reader may switch it on. So every parameter is a column here, and so is every number that is
written straight into the model (`heco.workbook.literals`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from heco.evidence.rates import quiet
from heco.model import Model
from heco.model.clock import Clockwork
from heco.model.graph import Node
from heco.model.names import BEFORE_END, base_values
from heco.model.operations import exit_fraction, exponential
from heco.model.plan import Plan, make_plan
from heco.outcomes import Array, Outcomes
from heco.scenario.functions import CALLS
from heco.scenario.scenario import Scenario
from heco.workbook.literals import Literals, Setting


@dataclass
class Living:
    """A scenario whose values are all symbols.

    Parameters
    ----------
    scenario : Scenario
        With names in the place of numbers, for the settings below.
    plan : Plan
        Compiled with a column for every value.
    values : dict of str to float
        The value of every column in the base case.
    settings : list of Setting
        The numbers that have no parameter of their own.
    outcomes : Outcomes
        What heco says about the base case of the scenario as written.
    spent : mapping of str to dict
        By strategy and (outcome, category) what falls in the tree and in one-offs, discounted.
    """

    scenario: Scenario
    plan: Plan
    values: dict[str, float]
    settings: list[Setting]
    outcomes: Outcomes
    spent: Mapping[str, Mapping[tuple[str, str], float]] = field(default_factory=dict)

    @property
    def clock(self) -> Clockwork | None:
        """Return the cycles; None for a tree alone."""
        return self.plan.clock

    def numbers(self, nodes: Iterable[Node]) -> dict[int, Array]:
        """Return what nodes come to in the base case, shape () or (cycle,), by index."""
        wanted: dict[int, Node] = {}
        stack = list(nodes)
        while stack:
            node = stack.pop()
            if node.index not in wanted:
                wanted[node.index] = node
                stack += node.args
        found: dict[int, Any] = {}
        words = _clock_words(self.clock) if self.clock else {}
        with quiet():
            for index in sorted(wanted):
                node = wanted[index]
                found[index] = self._number(node, [found[arg.index] for arg in node.args], words)
        return found

    def _number(self, node: Node, args: list[Any], words: Mapping[Any, Array]) -> Any:
        if node.op == "const":
            return np.float64(node.payload)
        if node.op == "column":
            return np.float64(self.values[node.payload])
        if node.op == "clock":
            return words[node.payload]
        if node.op == "table":
            return self.scenario.tables[node.payload].lookup(args[0])[0]
        if node.op == "matrix":
            return exponential(node.payload, *args)
        if node.op == "item":
            return args[0][node.payload]
        if node.op == "internal":
            return exit_fraction(np.array(args[0], dtype=float, ndmin=1), float(args[1]))
        return CALLS[node.payload].apply(*args)


def _clock_words(clock: Clockwork) -> dict[tuple[str, str], Array]:
    boundary = np.array([float(clock.length * c) for c in range(clock.cycles + 1)])
    start, end = boundary[:-1], boundary[1:] - BEFORE_END
    return {
        ("time", "start"): start,
        ("time", "end"): end,
        ("age", "start"): clock.start_age + start,
        ("age", "end"): clock.start_age + end,
        ("cycle", "start"): np.arange(1.0, clock.cycles + 1.0),
    }


def living(scenario: Scenario) -> Living:
    """Compile a scenario so that every value stays a symbol, and compute its base case.

    Raises
    ------
    ScenarioError
        If the base case cannot be computed.
    """
    from heco.analysis.context import base_sample

    model = Model(scenario)
    outcomes = base_sample(model).outcomes
    if scenario.states:
        outcomes = model.evaluate(model.base(), trace=True)
    spent = {}
    for name in scenario.strategies:
        parts: dict[tuple[str, str], float] = {}
        for (_, outcome, category), amount in model.amounts(model.base(), name).items():
            parts[outcome, category] = parts.get((outcome, category), 0.0) + float(amount[0])
        spent[name] = parts
    literals = Literals(scenario)
    words = literals.taken()
    settings = literals.found
    values = base_values(scenario) | {setting.column: setting.value for setting in settings}
    tables = {name: table.lookup for name, table in scenario.tables.items()}
    plan = make_plan(words, dict.fromkeys(values, True), tables)
    return Living(words, plan, values, settings, outcomes, spent)
