"""What a name means, where it stands.

A formula sees parameters through a scope. Strategies and branches of the tree open new scopes in
which some parameters take other values; parameters derived by ``expr`` follow, because they are
worked out anew in the scope in which they are asked for. Nothing is ever changed in place.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import NamedTuple

from heco.model.graph import Graph, Node
from heco.scenario.durations import Duration
from heco.scenario.elsewhere import clock_words_of
from heco.scenario.expressions import AT, Call, Expr, Name, Number
from heco.scenario.scenario import Scenario


class Clock(NamedTuple):
    """When a formula is read.

    Parameters
    ----------
    side : str
        ``entry`` (time 0, in the tree), or the ``start`` or ``end`` of a cycle.
    tunnel : int
        Cycles spent in the state, this one included; 0 where that is not known.
    started : bool
        Whether it is about people who started in the state (see `heco.model.layout`).
    moved : tuple of (str, Node)
        Words for time that stand for something else than the present.
    """

    side: str
    tunnel: int = 0
    started: bool = False
    moved: tuple[tuple[str, Node], ...] = ()


ENTRY = Clock("entry")
START = Clock("start")
END = Clock("end")

#: How far before its end a cycle is read, in years: far enough for floats, too near for tables.
BEFORE_END = 1e-9


class Scope:
    """Parameters that take other values here than outside.

    Parameters
    ----------
    changes : mapping of str to Expr
        The formulas; each sees the parameters of the outer scope.
    outer : Scope or None
        The scope outside.
    """

    def __init__(self, changes: Mapping[str, Expr] | None = None, outer: Scope | None = None):
        self.outer = outer
        self.changes: dict[str, tuple[Expr, Scope]] = dict(outer.changes) if outer else {}
        for name, formula in (changes or {}).items():
            assert outer is not None
            self.changes[name] = (formula, outer)
        self.known: dict[tuple[str, Clock], Node] = {}


class Names:
    """Turns formulas into nodes of one graph.

    Parameters
    ----------
    scenario : Scenario
        The words.
    columns : mapping of str to bool
        Drawn parameters that will be given -> whether they vary between draws. A column for a
        parameter that has a formula overrides the formula.
    cycle_years : float
        Length of a cycle. [years]
    """

    def __init__(self, scenario: Scenario, columns: Mapping[str, bool], cycle_years: float) -> None:
        self.scenario = scenario
        self.columns = columns
        self.cycle_years = cycle_years
        cycle = scenario.time.cycle
        self.length = cycle.years if cycle is not None else Fraction(1)
        self.graph = Graph()
        self.outside = Scope(scenario.overrides, Scope())
        if scenario.within:
            self.outside = Scope(scenario.within, self.outside)
        self.bases = base_values(scenario)
        #: Every value that a parameter takes somewhere, in any scope and at any time.
        self.uses: dict[tuple[str, int], Node] = {}

    def date(self, at: Duration | None) -> float:
        """Return when something falls, in years from the decision; at once if nothing is said."""
        if at is None:
            return 0.0
        cycle = self.scenario.time.cycle
        return float(at.in_years(cycle) if cycle is not None else at.years)

    def node(self, formula: Expr, scope: Scope, clock: Clock) -> Node:
        """Return the node of a formula in a scope at a time."""
        if isinstance(formula, Number):
            return self.graph.const(formula.value)
        if isinstance(formula, Name):
            return self.name(formula.id, scope, clock)
        if formula.function == AT:
            return self._read(formula, scope, clock)
        args = (self.node(arg, scope, clock) for arg in formula.args)
        return self.graph.call(formula.function, *args)

    def _read(self, formula: Call, scope: Scope, clock: Clock) -> Node:
        """Return the node of a parameter read at another place than the present."""
        name, key = formula.args
        assert isinstance(name, Name)
        moved = dict(clock.moved)
        for word in clock_words_of(self.scenario.parameters, name.id):
            moved[word] = self.node(key, scope, clock)
        return self.name(name.id, scope, clock._replace(moved=tuple(moved.items())))

    def name(self, name: str, scope: Scope, clock: Clock) -> Node:
        """Return the node that a name stands for in a scope at a time."""
        key = (name, clock)
        found = scope.known.get(key)
        if found is None:
            found = self._name(name, scope, clock)
            scope.known[key] = found
            self.uses[name, found.index] = found
        return found

    def _name(self, name: str, scope: Scope, clock: Clock) -> Node:
        graph = self.graph
        if name in ("time", "age", "cycle", "cycle_length", "state_time", "state_cycle"):
            return self._clock(name, clock)
        if name in scope.changes:
            formula, outer = scope.changes[name]
            return self.node(formula, outer, clock)
        if name in self.columns:
            return graph.column(name, self.columns[name])
        parameter = self.scenario.parameters.get(name)
        if parameter is not None and parameter.expr is not None:
            return self.node(parameter.expr, scope, clock)
        if parameter is not None and parameter.table is not None:
            return graph.table(name, self.name(parameter.table.by, scope, clock))
        return graph.const(self.bases[name])

    def _clock(self, word: str, clock: Clock) -> Node:
        graph = self.graph
        for moved, node in clock.moved:
            if moved == word:
                return node
        if word == "cycle_length":
            return graph.const(self.cycle_years)
        if word in ("state_cycle", "state_time"):
            before = clock.tunnel - 1 if clock.side == "start" or clock.started else clock.tunnel
            if word == "state_cycle":
                return graph.const(before + (clock.side == "start"))
            elapsed = float(before * self.length)
            return graph.const(elapsed - BEFORE_END * (clock.side == "end"))
        if clock.side == "entry":
            start = self.scenario.time.start_age or 0.0
            return graph.const({"time": 0.0, "cycle": 0.0, "age": start}[word])
        return graph.clock(word, clock.side)


def base_values(scenario: Scenario) -> dict[str, float]:
    """Return the deterministic value of every parameter that is neither derived nor looked up.

    Components of joint parameters are named ``name.component``.
    """
    values: dict[str, float] = {}
    for name, parameter in scenario.parameters.items():
        if parameter.fixed is not None:
            values[name] = parameter.fixed * scenario.price_factors.get(name, 1.0)
        elif name in scenario.distributions:
            base = scenario.distributions[name].base
            if isinstance(base, Mapping):
                values.update({f"{name}.{part}": float(value) for part, value in base.items()})
            else:
                values[name] = float(base)
        elif name in scenario.samples:
            import numpy as np

            column = scenario.samples[name]
            settings = parameter.samples
            middle = np.median if settings and settings.base == "median" else np.mean
            values[name] = float(middle(column))
    return values
