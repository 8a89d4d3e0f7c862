"""The model: one pure function from draws to outcomes.

``model.evaluate(draws) -> Outcomes`` is the only door. The base case is one row, a tornado 2k+1
rows, a probabilistic analysis n rows; the model cannot tell them apart. Draws are worked through
in blocks whose size depends only on the model and on the stated memory cap, never on the machine,
so that the same scenario gives the same bytes everywhere.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from heco.errors import refuse
from heco.model.clock import tunnels
from heco.model.names import ENTRY, Scope, base_values
from heco.model.operations import Workspace
from heco.model.plan import Plan, make_plan
from heco.outcomes import Array, Outcomes
from heco.sampling import Draws
from heco.scenario.expressions import Expr
from heco.scenario.scenario import Scenario

#: Most working memory that a model keeps between evaluations. [MB]
KEPT_MB = 64


@dataclass(frozen=True)
class Model:
    """A scenario that can be evaluated.

    Parameters
    ----------
    scenario : Scenario
        The words it was compiled from.
    """

    scenario: Scenario
    _bases: Mapping[str, float] = field(init=False, repr=False, compare=False)
    # What has been worked out already; the answers do not depend on it.
    _plans: dict[Any, Plan] = field(init=False, repr=False, compare=False, default_factory=dict)
    _spaces: list[Workspace] = field(init=False, repr=False, compare=False, default_factory=list)
    _groups: dict[str, Model] = field(init=False, repr=False, compare=False, default_factory=dict)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_bases", base_values(self.scenario))

    @property
    def strategies(self) -> tuple[str, ...]:
        """Return the names of the strategies, in the author's order."""
        return tuple(self.scenario.strategies)

    @property
    def columns(self) -> tuple[str, ...]:
        """Return the names of all parameters that have a value of their own (not derived)."""
        return tuple(self._bases)

    def base(self, rows: int = 1) -> Draws:
        """Return rows that all hold the deterministic values."""
        column = np.array(list(self._bases.values()), dtype=float)[:, None]
        return Draws(tuple(self._bases), np.repeat(column, rows, axis=1))

    def plan(self, draws: Draws) -> Plan:
        """Return the scenario compiled for these columns."""
        columns = self._columns(draws)
        key = frozenset(columns.items())
        if key not in self._plans:
            unknown = set(columns) - self.known
            if unknown:
                raise refuse(f"no parameter is called {', '.join(sorted(unknown))}", "draws")
            self._plans[key] = make_plan(self.scenario, columns, self._lookups())
        return self._plans[key]

    @property
    def groups(self) -> dict[str, Model]:
        """Return the model of each group alone, in the author's order; empty without groups."""
        for name in self.scenario.groups:
            if name not in self._groups:
                self._groups[name] = Model(self.scenario.of_group(name))
        return self._groups

    def _columns(self, draws: Draws) -> dict[str, bool]:
        """Return which columns matter -> whether they vary.

        A column that holds the deterministic value in every draw is none: as a number it may
        take what it switches off out of the model.
        """
        found: dict[str, bool] = {}
        for name, row in zip(draws.names, draws.values, strict=True):
            varies = bool((row != row[:1]).any())
            if varies or not draws.n or row[0] != self._bases.get(name):
                found[name] = varies
        return found

    @property
    def known(self) -> frozenset[str]:
        """Return every name that a formula may use for a parameter, or a component of one."""
        return frozenset(self._bases) | frozenset(self.scenario.parameters)

    def _lookups(self) -> dict[str, Any]:
        def lookup(table: Any) -> Any:
            def look(keys: Any) -> tuple[Any, Any]:
                values, outside = table.lookup(np.asarray(keys, dtype=float))
                return values, outside if np.any(outside) else None

            return look

        return {name: lookup(table) for name, table in self.scenario.tables.items()}

    def evaluate(
        self,
        draws: Draws,
        *,
        trace: bool = False,
        yearly: bool | int = False,
        memory_mb: float = 512.0,
    ) -> Outcomes:
        """Return what happens under every strategy for every draw.

        Parameters
        ----------
        draws : Draws
            Values of parameters, shape (parameter, draw). Parameters that are not among them keep
            their deterministic value; a column for a derived parameter overrides its formula.
        trace : bool
            Whether to keep the share of the cohort in each state at each cycle boundary.
        yearly : bool or int
            Whether to keep undiscounted cost by model year; a number keeps that many first years,
            which costs less than all of a lifetime.
        memory_mb : float
            Most memory for working arrays. [MB]

        Raises
        ------
        ScenarioError
            If what ``[checks]`` says must be equal is not.
        """
        from heco.model.evaluation import Evaluation

        if self.scenario.groups:
            from heco.model.groups import over_groups

            return over_groups(self, draws, trace=trace, yearly=yearly, memory_mb=memory_mb)
        # Working arrays outlive an evaluation, because the next one will want the same; threads
        # that evaluate at the same time each take their own.
        space = self._spaces.pop() if self._spaces else Workspace()
        plan = self.plan(draws)
        outcomes = Evaluation(
            self, plan, draws, trace=trace, yearly=yearly, memory_mb=memory_mb, space=space
        ).run()
        if space.size <= KEPT_MB * 1e6 / 8:
            self._spaces.append(space)
        return outcomes

    def parameter_values(
        self, draws: Draws, names: Sequence[str], strategy: str | None = None
    ) -> dict[str, Array]:
        """Return the values of any parameters at time 0, derived ones included, by draw.

        With ``strategy``, as that strategy sets them.
        """
        from heco.scenario.expressions import Name

        formulas = {name: Name(name) for name in names}
        return self.formula_values(draws, formulas, strategy)

    def formula_values(
        self, draws: Draws, formulas: Mapping[str, Expr], strategy: str | None = None
    ) -> dict[str, Array]:
        """Return the values of formulas over parameters at time 0, by draw."""
        from heco.model.program import Program

        plan = self.plan(draws)
        scope: Scope = plan.names.outside
        if strategy is not None:
            scope = next(item.scope for item in plan.strategies if item.name == strategy)
        nodes = {key: plan.names.node(formula, scope, ENTRY) for key, formula in formulas.items()}
        program = Program(plan.names.graph, list(nodes.values()), self._lookups())
        columns = dict(zip(draws.names, draws.values, strict=True))
        with np.errstate(all="ignore"):
            values, masks = program.start(columns)
        found: dict[str, Array] = {}
        for key, node in nodes.items():
            value = np.array(np.broadcast_to(values[node.index], (draws.n,)), dtype=float)
            mask = masks.get(node.index)
            if mask is not None:
                value[np.broadcast_to(mask, (draws.n,))] = np.nan
            found[key] = value
        return found

    def amounts(self, draws: Draws, strategy: str) -> dict[tuple[str, str, str], Array]:
        """Return what is paid or gained once, by (place, outcome, category).

        Discounted, per person of the cohort, shape (draw,): the branches of the tree that the
        strategy passes, and its one-offs.
        """
        from heco.model.counting import date_factor
        from heco.model.program import Program

        if self.scenario.groups:
            from heco.model.groups import weighted

            return weighted(self, draws, lambda model: model.amounts(draws, strategy))
        plan = self.plan(draws)
        here = next(item for item in plan.strategies if item.name == strategy)
        program = Program(plan.names.graph, [a.node for a in here.amounts], self._lookups())
        values, _ = program.start(dict(zip(draws.names, draws.values, strict=True)))
        time = self.scenario.time
        found: dict[tuple[str, str, str], Array] = {}
        for amount in here.amounts:
            rate = time.discount.rates(amount.outcome)
            paid = values[amount.node.index] * date_factor(amount.years, rate, time.discounting)
            key = (amount.where, amount.outcome, amount.category)
            found[key] = found.get(key, np.zeros(draws.n)) + paid
        return found

    def measure_values(
        self, draws: Draws, outcomes: Outcomes, formula: Expr, strategy: str
    ) -> Array:
        """Return the value of a formula over the words of [measures], shape (draw,)."""
        from heco.model.measures import measure_values

        return measure_values(self, draws, outcomes, formula, strategy)

    def sample(self, n: int, seed: int, design: str = "random") -> Draws:
        """Return ``n`` draws of every uncertain parameter."""
        from heco.model.drawing import sample_scenario

        return sample_scenario(self.scenario, n, seed, design)

    @property
    def tunnels(self) -> dict[str, int]:
        """Return the states that were expanded for time in state -> into how many."""
        from heco.model.clock import clockwork

        clock = clockwork(self.scenario)
        if clock is None:
            return {}
        return {name: n for name, n in tunnels(self.scenario, clock).items() if n > 1}


def compile_model(scenario: Scenario) -> Model:
    """Return the model of a scenario; what cannot be compiled is refused here, not later."""
    model = Model(scenario)
    model.plan(model.base())
    for part in model.groups.values():
        part.plan(part.base())
    return model
