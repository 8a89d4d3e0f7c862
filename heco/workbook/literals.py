"""Numbers written straight into the model, turned into inputs of their own.

``cost = 1200`` on a branch or ``well = 0.9`` in a row of transitions has no name; in a workbook it
gets a cell like every other input. 0 and 1 stay as they are: they say what cannot happen and what
must, not how much.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar

from heco.scenario.expressions import Name, Number
from heco.scenario.fields import Record, Value
from heco.scenario.scenario import Scenario

AnyRecord = TypeVar("AnyRecord", bound=Record)


@dataclass(frozen=True)
class Setting:
    """A number that has no parameter of its own.

    Parameters
    ----------
    column : str
        What it is called among the values of the model.
    word : str
        What its cell is called, as far as Excel admits it.
    label, unit : str
        What it is, in words.
    value : float
        The number.
    """

    column: str
    word: str
    label: str
    unit: str
    value: float


@dataclass
class Literals:
    """Takes the numbers out of a scenario and notes what each was."""

    scenario: Scenario
    found: list[Setting] = field(default_factory=list)

    def taken(self) -> Scenario:
        """Return the scenario with names in the place of numbers."""
        scenario = self.scenario
        strategies = {
            name: self._strategy(name, record) for name, record in scenario.strategies.items()
        }
        tree = {
            node: {key: self._branch(node, key, branch) for key, branch in row.items()}
            for node, row in scenario.tree.items()
        }
        transitions = {
            state: {target: self._move(state, target, move) for target, move in row.items()}
            for state, row in scenario.transitions.items()
        }
        states = {name: self._state(name, state) for name, state in scenario.states.items()}
        population = scenario.population.model_copy(
            update={
                "size": self._one(scenario.population.size, "people", "Number of people", "people"),
                "starts": self._shares(scenario.population.starts, "start", "At the start"),
            }
        )
        return replace(
            scenario, strategies=strategies, tree=tree, transitions=transitions, states=states,
            population=population, overrides=self._set(scenario.overrides, "all", "everywhere"),
        )  # fmt: skip

    def _one(self, formula: Any, word: str, label: str, unit: str, every: bool = False) -> Any:
        """Return a name in the place of a plain number; ``every`` includes 0 and 1."""
        if not isinstance(formula, Number) or (not every and formula.value in (0.0, 1.0)):
            return formula
        column = f"{label} {len(self.found) + 1}"
        self.found.append(Setting(column, word, label, unit, formula.value))
        return Name(column)

    def _set(self, formulas: Mapping[str, Any], key: str, where: str) -> dict[str, Any]:
        return {
            name: self._one(
                formula, f"{name}_{key}", f"{self._parameter(name)}, {where}", self._unit(name),
                every=True,
            )
            for name, formula in formulas.items()
        }  # fmt: skip

    def _costs(self, costs: Mapping[str, Any], key: str, where: str) -> dict[str, Any]:
        currency = self.scenario.decision.currency
        return {
            category: self._one(formula, f"c_{key}{f'_{category}' if category else ''}",
                                f"{_cost(category)}, {where}", currency)
            for category, formula in costs.items()
        }  # fmt: skip

    def _shares(self, shares: Mapping[str, Any], key: str, where: str) -> dict[str, Any]:
        return {
            state: self._one(share, f"share_{key}_{state}",
                             f"{where}: share in {self._state_label(state)}", "probability")
            for state, share in shares.items()
        }  # fmt: skip

    def _strategy(self, name: str, record: Any) -> Any:
        label = record.label or _words(name)
        one_off = tuple(
            self._event(item, f"{name}_once_{number}", f"{label}, once")
            for number, item in enumerate(record.one_off, 1)
        )
        return record.model_copy(
            update={
                "set": self._set(record.set, name, label), "one_off": one_off,
                "starts": self._shares(record.starts, name, label),
            }
        )  # fmt: skip

    def _event(self, record: AnyRecord, key: str, where: str) -> AnyRecord:
        """Return a record with cost and QALYs of an event."""
        fields: Any = record
        return record.model_copy(
            update={
                "cost": self._costs(fields.cost, key, where),
                "qaly": self._one(fields.qaly, f"q_{key}", f"QALYs, {where}", "QALY"),
            }
        )

    def _branch(self, node: str, name: str, branch: Any) -> Any:
        where, key = f"{_words(node)}: {branch.label or _words(name)}", f"{node}_{name}"
        return self._event(branch, key, where).model_copy(
            update={
                "p": self._one(branch.p, f"p_{key}", f"Probability, {where}", "probability"),
                "set": self._set(branch.set, key, where),
            }
        )

    def _move(self, source: str, target: str, move: Any) -> Any:
        where = f"{self._state_label(source)} to {self._state_label(target)}"
        key = f"{source}_{target}"
        said = f"Probability per cycle, {where}"
        return self._event(move, key, where).model_copy(
            update={
                "p": self._one(move.p, f"p_{key}", said, "probability"),
                "rate": self._one(move.rate, f"r_{key}", f"Rate, {where}", "per year"),
            }
        )

    def _state(self, name: str, state: Any) -> Any:
        label, currency = self._state_label(name), self.scenario.decision.currency
        arrival, utility = state.on_entry, state.utility
        costs = {
            category: self._value(value, f"c_{name}{f'_{category}' if category else ''}",
                                  f"{_cost(category)}, {label}", currency)
            for category, value in state.cost.items()
        }  # fmt: skip
        worth = utility and self._value(utility, f"u_{name}", f"Utility, {label}", "utility")
        arrives = arrival and self._event(arrival, f"arrive_{name}", f"arriving in {label}")
        return state.model_copy(update={"cost": costs, "utility": worth, "on_entry": arrives})

    def _value(self, value: Value, word: str, label: str, unit: str) -> Value:
        return value.model_copy(update={"value": self._one(value.value, word, label, unit)})

    def _state_label(self, name: str) -> str:
        state = self.scenario.states.get(name)
        return (state.label if state else "") or _words(name)

    def _parameter(self, name: str) -> str:
        parameter = self.scenario.parameters.get(name.partition(".")[0])
        return parameter.label if parameter else name

    def _unit(self, name: str) -> str:
        parameter = self.scenario.parameters.get(name.partition(".")[0])
        return parameter.unit if parameter else ""


def _words(name: str) -> str:
    return name.replace("_", " ")


def _cost(category: str) -> str:
    return f"Cost of {_words(category)}" if category else "Cost"
