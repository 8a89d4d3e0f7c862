"""The clock: how many cycles, how long, and which states must remember how long people stay.

A state whose row or values ask for time in state (`state_time`, `state_cycle`) is expanded into
tunnel states, one per cycle spent in it, up to the horizon or to what the author says is told
apart (`track`); the last tunnel holds everyone who has stayed longer. The expansion is automatic,
capped and reported.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction

from heco.errors import refuse
from heco.scenario.expressions import Expr
from heco.scenario.expressions import names_now as names_in
from heco.scenario.scenario import Scenario
from heco.scenario.schema_structure import Move, State

#: Words that mean something only where the time spent in a state is known.
TIME_IN_STATE = frozenset({"state_time", "state_cycle"})


@dataclass(frozen=True)
class Clockwork:
    """The cycles of a model.

    Parameters
    ----------
    cycles : int
        Number of cycles.
    length : Fraction
        Length of a cycle. [years]
    start_age : float
        Age at the start; 0 if the scenario gives none. [years]
    """

    cycles: int
    length: Fraction
    start_age: float

    @property
    def years(self) -> float:
        """Return the length of a cycle in years."""
        return float(self.length)


def clockwork(scenario: Scenario) -> Clockwork | None:
    """Return the cycles of a scenario, or None for a tree alone."""
    time = scenario.time
    if not scenario.states:
        return None
    if time.cycle is None or time.horizon is None:
        raise refuse(
            "a model with states needs a cycle and a horizon",
            "[time]",
            'For example: cycle = "1 year", horizon = "20 years".',
        )
    length = time.cycle.years
    if time.horizon == "lifetime":
        if time.start_age is None or time.end_age <= time.start_age:
            raise refuse(
                f"a lifetime horizon runs from start_age to end_age ({time.end_age:g}); "
                f"start_age is {time.start_age}",
                "[time] horizon",
                "Give start_age, below end_age.",
            )
        span = Fraction(time.end_age).limit_denominator(10**6) - Fraction(
            time.start_age
        ).limit_denominator(10**6)
        cycles = math.ceil(span / length)
    else:
        exact = time.horizon.in_years(time.cycle) / length
        cycles = round(exact)
        if cycles < 1 or exact != cycles:
            raise refuse(
                f'the horizon "{time.horizon.text}" is {float(exact):.6g} cycles of '
                f'"{time.cycle.text}"; it must be a whole number of cycles',
                "[time] horizon",
                f'For example horizon = "{max(1, cycles)} cycles".',
            )
    return Clockwork(cycles, length, time.start_age or 0.0)


def mentions(scenario: Scenario, formulas: Iterable[Expr], words: Collection[str]) -> bool:
    """Return whether formulas use one of some words, themselves or through parameters."""
    seen: set[str] = set()
    stack: list[Expr] = list(formulas)
    while stack:
        for name in names_in(stack.pop()):
            if name in words:
                return True
            parameter = scenario.parameters.get(name)
            if parameter is None or name in seen:
                continue
            seen.add(name)
            if parameter.expr is not None:
                stack.append(parameter.expr)
            if parameter.table is not None and parameter.table.by in words:
                return True
    return False


def _formulas(state: State, row: Mapping[str, Move]) -> Iterator[Expr]:
    for move in row.values():
        if move.p is not None and move.p != "rest":
            yield move.p
        if move.rate is not None:
            yield move.rate
        yield from move.cost.values()
        if move.qaly is not None:
            yield move.qaly
    if state.utility is not None:
        yield state.utility.value
    for value in state.cost.values():
        yield value.value


def tunnels(scenario: Scenario, clock: Clockwork) -> dict[str, int]:
    """Return how many micro-states each state needs: 1, or one per cycle of time in state."""
    needed: dict[str, int] = {}
    for name, state in scenario.states.items():
        row = scenario.transitions.get(name, {})
        needed[name] = 1
        if not mentions(scenario, _formulas(state, row), TIME_IN_STATE):
            continue
        if scenario.time.exits == "matrix-exponential":
            raise refuse(
                'time in state cannot be combined with exits = "matrix-exponential"',
                f"[transitions.{name}]",
                'Use exits = "competing", or cycles short enough that only one move happens.',
            )
        count = clock.cycles
        if state.track is not None:
            span = state.track.years if state.track.cycles else state.track.years / clock.length
            count = min(count, math.ceil(span))
        if count > scenario.time.max_tunnel:
            raise refuse(
                f"time in state would need {count:,} tunnel states, over the limit of "
                f"{scenario.time.max_tunnel:,}",
                f"[states.{name}]",
                'Say how long it matters, for example track = "10 years", or raise '
                "[time] max_tunnel.",
            )
        needed[name] = count
    return needed
