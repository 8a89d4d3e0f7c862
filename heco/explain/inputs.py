"""Steps that explain inputs: a parameter, its formula or distribution, its source."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from heco.scenario.expressions import BUILTINS, Call, Expr, Name, to_text

if TYPE_CHECKING:
    from heco.model import Model
    from heco.outcomes import Outcomes
    from heco.sampling import Draws
    from heco.scenario.scenario import Scenario


@dataclass(frozen=True)
class Step:
    """One line of an explanation.

    Parameters
    ----------
    name : str
        The quantity, or the place in the scenario.
    value : float or None
        Its value in the base case; None for a heading.
    says : str
        Formula, distribution or description.
    label, unit, source : str
        In words, where the scenario has them.
    below : tuple of Step
        What it is made of.
    seen : bool
        Whether it was explained further up.
    """

    name: str
    value: float | None = None
    says: str = ""
    label: str = ""
    unit: str = ""
    source: str = ""
    below: tuple[Step, ...] = ()
    seen: bool = False


@dataclass
class Inputs:
    """Explains the parameters of one scenario, in its base case, as a strategy sets them."""

    model: Model
    strategy: str = ""
    _told: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.scenario: Scenario = self.model.scenario
        self.base: Draws = self.model.base()
        self.outcomes: Outcomes = self.model.evaluate(self.base)

    # -- parameters ----------------------------------------------------------------------------

    def _is_parameter(self, name: str) -> bool:
        return name in self.scenario.parameters or name in self.model.columns

    def parameter(self, name: str) -> Step:
        """Return the explanation of a parameter, as the strategy sets it."""
        scenario = self.scenario
        fact = scenario.parameters.get(name) or scenario.parameters.get(name.partition(".")[0])
        assert fact is not None
        value = self._value(Name(name))
        step = Step(name, value, label=fact.label, unit=fact.unit, source=fact.source)
        set_here = scenario.strategies[self.strategy].set.get(name)
        told = f"{name} = {value!r}"
        if told in self._told:
            return replace(step, seen=True, source="")
        self._told.add(told)
        branches = self._set_by_branches(name)
        if set_here is not None:
            says = f"{to_text(set_here)}   set by strategy {self.strategy}"
            return replace(step, says=says, source="", below=tuple(self._parts(set_here, {name})))
        if fact.expr is not None:
            below = tuple(self._parts(fact.expr, set()))
            return replace(step, says=to_text(fact.expr) + branches, below=below)
        if fact.table is not None:
            where = fact.table.file or "rows in the scenario"
            return replace(step, says=f"looked up by {fact.table.by} in {where}; here at the start")
        family = scenario.distributions.get(name.partition(".")[0])
        says = family.describe() if family is not None else "fixed"
        if name in scenario.price_factors:
            says += f", times {scenario.price_factors[name]:.4f} for the price year"
        return replace(step, says=says + branches)

    def _set_by_branches(self, name: str) -> str:
        """Return where the tree gives a parameter other values, as a note."""
        places = [
            f"{to_text(branch.set[name])} on [tree.{node}] {key}"
            for node, row in self.scenario.tree.items()
            for key, branch in row.items()
            if name in branch.set
        ]
        return f"   (beyond a branch: {', '.join(places)})" if places else ""

    def _parts(self, formula: Expr, without: set[str]) -> Iterator[Step]:
        for name in in_order(formula):
            if name not in BUILTINS and name not in without and self._is_parameter(name):
                yield self.parameter(name)

    def _value(self, formula: Expr) -> float:
        values = self.model.formula_values(self.base, {"x": formula}, self.strategy)
        return float(values["x"][0])


def in_order(formula: Expr) -> list[str]:
    """Return the names of a formula in the order in which they are read."""
    if isinstance(formula, Name):
        return [formula.id]
    if isinstance(formula, Call):
        return list(dict.fromkeys(name for arg in formula.args for name in in_order(arg)))
    return []
