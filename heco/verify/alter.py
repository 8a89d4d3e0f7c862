"""Ways to alter a scenario: the same words with something else in one kind of place.

Formulas are replaced where they stand (what a state, a move, an arrival, a branch or a one-off is
worth), so that no parameter has to change. What the author says must hold of the parameters
(ranges, ``[checks]``) is taken away in altered scenarios: it need not hold there.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import replace
from fractions import Fraction
from typing import Any

from heco.scenario.durations import Duration
from heco.scenario.expressions import Call, Expr, Number
from heco.scenario.fields import Value
from heco.scenario.scenario import Scenario
from heco.scenario.schema import CountingBy
from heco.scenario.schema_discount import Discount
from heco.scenario.schema_structure import Move, State

#: What becomes of a formula; None takes it away.
Becomes = Callable[[Expr], Expr | None]

#: What the counting methods are called.
METHODS = ("start", "end", "half-cycle", "life-table", "simpson")


def times(factor: float) -> Becomes:
    """Multiply formulas."""
    return lambda formula: Call("mul", (Number(factor), formula))


def size_of(formula: Expr) -> Expr:
    """Take the size of a formula's value, whatever its sign."""
    return Call("abs", (formula,))


def nothing(formula: Expr) -> None:
    """Take a formula away."""


def same(formula: Expr) -> Expr:
    """Leave a formula as it is."""
    return formula


def freed(scenario: Scenario) -> Scenario:
    """Return the scenario without what its author says must hold, and with who is alive settled."""
    parameters = {
        name: parameter.model_copy(update={"range": None, "possible": None})
        for name, parameter in scenario.parameters.items()
    }
    states = {
        name: state.model_copy(update={"alive": alive(state)})
        for name, state in scenario.states.items()
    }
    held = {"same_at_entry": (), "same_across_strategies": (), "holds": (), "coherent": ()}
    checks = scenario.checks.model_copy(update=held)
    return replace(scenario, parameters=parameters, states=states, checks=checks)


def alive(state: State) -> bool:
    """Return whether time in a state counts as life."""
    if state.alive is not None:
        return state.alive
    return not (state.absorbing and state.utility is None and not state.cost)


def deaths(scenario: Scenario) -> list[str]:
    """Return the states that are death."""
    return [name for name, state in scenario.states.items() if not alive(state) and state.absorbing]


def _costs(costs: Mapping[str, Expr], becomes: Becomes) -> dict[str, Expr]:
    made = {name: becomes(formula) for name, formula in costs.items()}
    return {name: formula for name, formula in made.items() if formula is not None}


def _event(event: Any, cost: Becomes, qaly: Becomes) -> Any:
    """Return an event (a move, a branch, an arrival, a one-off) worth something else."""
    gain = None if event.qaly is None else qaly(event.qaly)
    return event.model_copy(update={"cost": _costs(event.cost, cost), "qaly": gain})


def amounts(
    scenario: Scenario,
    cost: Becomes = same,
    qaly: Becomes = same,
    utility: Becomes = same,
) -> Scenario:
    """Return the scenario with other amounts.

    Parameters
    ----------
    scenario : Scenario
        The words.
    cost, qaly, utility : callable
        What becomes of each cost, of each QALY gained or lost at once, and of each utility.
    """
    made = freed(scenario)

    def changed(value: Value, becomes: Becomes) -> Value | None:
        formula = becomes(value.value)
        return None if formula is None else value.model_copy(update={"value": formula})

    def state(one: State) -> State:
        costs = {name: changed(value, cost) for name, value in one.cost.items()}
        return one.model_copy(update={
            "cost": {name: value for name, value in costs.items() if value is not None},
            "utility": None if one.utility is None else changed(one.utility, utility),
            "on_entry": None if one.on_entry is None else _event(one.on_entry, cost, qaly),
        })  # fmt: skip

    return replace(
        made,
        states={name: state(one) for name, one in made.states.items()},
        transitions={
            source: {target: _event(move, cost, qaly) for target, move in row.items()}
            for source, row in made.transitions.items()
        },
        tree={
            node: {key: _event(branch, cost, qaly) for key, branch in row.items()}
            for node, row in made.tree.items()
        },
        strategies={
            name: one.model_copy(
                update={"one_off": tuple(_event(event, cost, qaly) for event in one.one_off)}
            )
            for name, one in made.strategies.items()
        },
    )


def lived(scenario: Scenario) -> Scenario:
    """Return the scenario in which nothing is worth anything but life: utility 1 while alive."""
    made = amounts(scenario, nothing, nothing, nothing)
    one = Value(value=Number(1.0), per="year")
    states = {
        name: state.model_copy(update={"utility": one}) if alive(state) else state
        for name, state in made.states.items()
    }
    return replace(made, states=states)


def timed(scenario: Scenario, **changes: Any) -> Scenario:
    """Return the scenario with other words in [time]."""
    return replace(scenario, time=scenario.time.model_copy(update=changes))


def discounted(scenario: Scenario, cost: float, qaly: float) -> Scenario:
    """Return the scenario at other rates."""
    rates = Discount.model_construct(cost=cost, qaly=qaly, preset="")
    return timed(scenario, discount=rates)


def counted(scenario: Scenario, method: str) -> Scenario:
    """Return the scenario with everything counted in one way, each at its own date."""
    counting = CountingBy.model_construct(cost=method, qaly=method, life_years=method)
    return timed(scenario, cycle_counting=counting, discount_timing="auto")


def lasting(scenario: Scenario, cycles: int) -> Scenario:
    """Return the scenario followed for so many cycles."""
    return timed(scenario, horizon=Duration(Fraction(cycles), cycles=True, text=f"{cycles} cycles"))


def in_cycles_of(scenario: Scenario, cycle: Fraction, cycles: int) -> Scenario:
    """Return the scenario with cycles of another length, given in years."""
    return lasting(timed(scenario, cycle=Duration(cycle, text=f"{cycle} years")), cycles)


def starting_in(scenario: Scenario, state: str) -> Scenario:
    """Return the scenario with everybody in one state at the start, past any tree."""
    strategies = {
        name: one.model_copy(update={"enters": "", "starts": {state: Number(1.0)}, "one_off": ()})
        for name, one in scenario.strategies.items()
    }
    return replace(freed(scenario), strategies=strategies, tree={})


def parameters(scenario: Scenario, values: Mapping[str, float | Expr]) -> Scenario:
    """Return the scenario with other values of parameters, wherever they are used."""
    made = freed(scenario)
    new = {
        name: value if not isinstance(value, int | float) else Number(float(value))
        for name, value in values.items()
    }
    return replace(made, overrides={**made.overrides, **new})


def rows(
    scenario: Scenario, becomes: Callable[[str, Mapping[str, Move]], dict[str, Move]]
) -> Scenario:
    """Return the scenario with other rows of moves."""
    made = freed(scenario)
    new = {source: becomes(source, row) for source, row in made.transitions.items()}
    return replace(made, transitions=new)


def immortal(scenario: Scenario) -> Scenario:
    """Return the scenario in which nobody dies: who would have died stays."""
    dead = set(deaths(scenario))

    def row(source: str, moves: Mapping[str, Move]) -> dict[str, Move]:
        by_rate = any(move.rate is not None for move in moves.values())
        kept = {target: move for target, move in moves.items() if target not in dead}
        # A row that is left without a move is a row of people who stay.
        if by_rate or any(move.p == "rest" for move in kept.values()):
            return kept
        stay = kept.get(source, Move(p="rest"))
        return {**kept, source: stay.model_copy(update={"p": "rest"})}

    return rows(scenario, row)


def swapped(scenario: Scenario) -> Scenario:
    """Return the scenario in which the strategies have each other's words, first for last."""
    names = list(scenario.strategies)
    records = [scenario.strategies[name] for name in reversed(names)]
    made = freed(scenario)
    return replace(made, strategies=dict(zip(names, records, strict=True)))


def backwards(scenario: Scenario) -> Scenario:
    """Return the scenario with every list of names the other way round."""

    def turned(entries: Mapping[str, Any]) -> dict[str, Any]:
        return dict(reversed(list(entries.items())))

    made = freed(scenario)
    return replace(
        made,
        parameters=turned(made.parameters),
        states=turned(made.states),
        transitions={name: turned(row) for name, row in turned(made.transitions).items()},
        tree={name: turned(row) for name, row in turned(made.tree).items()},
        strategies=turned(made.strategies),
        decision=made.decision.model_copy(update={"comparator": made.comparator}),
    )


def lengths(scenario: Scenario) -> float:
    """Return the length of a cycle in years; not a number without one."""
    cycle = scenario.time.cycle
    return float(cycle.years) if cycle is not None else math.nan
