"""Every place of a scenario that pays or gives health: one list for all who follow the money."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from heco.scenario.expressions import Expr
from heco.scenario.fields import Value
from heco.scenario.scenario import Scenario


def _plain(values: Mapping[str, Value]) -> dict[str, Expr]:
    return {key: value.value for key, value in values.items()}


def payments(
    scenario: Scenario, strategy: str
) -> Iterator[tuple[str, str, Mapping[str, Expr], Expr | None]]:
    """Yield (place, default category, costs, health effect) of everything that has a value."""
    for node, row in scenario.tree.items():
        for branch, item in row.items():
            yield f"[tree.{node}] {branch}", "pathway", item.cost, item.qaly
    for name, state in scenario.states.items():
        utility = state.utility.value if state.utility else None
        yield f"[states.{name}]", "states", _plain(state.cost), utility
        if state.on_entry is not None:
            yield f"[states.{name}] on_entry", "arrivals", state.on_entry.cost, state.on_entry.qaly
    for name, moves in scenario.transitions.items():
        for target, move in moves.items():
            yield f"[transitions.{name}] {target}", "moves", move.cost, move.qaly
    for one_off in scenario.strategies[strategy].one_off:
        yield f"[strategies.{strategy}] one_off", "one_off", one_off.cost, one_off.qaly
