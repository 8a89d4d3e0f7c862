"""The cohort model as nodes: micro-states, moves, and what they are worth.

States are worked through in the order of the author's states; a state that must remember how long
people stay is a run of tunnel states (`heco.model.layout`).
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field

from heco.model.clock import Clockwork
from heco.model.graph import Node
from heco.model.layout import Layout, Micro, lay_out
from heco.model.names import Clock, Names, Scope
from heco.model.rows import exponential_chances, guard, row_chances
from heco.model.tree import Guard
from heco.scenario.expressions import Expr
from heco.scenario.fields import Value
from heco.scenario.scenario import Scenario
from heco.scenario.schema_structure import Move


@dataclass(frozen=True)
class Worth:
    """Something that time in a micro-state is worth.

    Parameters
    ----------
    outcome, category, state : str
        ``cost`` or ``qaly``; category of cost; the state as the author named it.
    micro : int
        Position of the micro-state.
    start, end : Node
        Value at the start and just before the end of a cycle.
    scale : float
        Years per cycle for values per year, 1 for values per cycle.
    timing : str
        ``cycle`` or ``start``.
    """

    outcome: str
    category: str
    state: str
    micro: int
    start: Node
    end: Node
    scale: float
    timing: str


@dataclass(frozen=True)
class Step:
    """A move between micro-states in one cycle, with its probability."""

    source: int
    target: int
    p: Node


@dataclass(frozen=True)
class MoveWorth:
    """What a move is worth: the value of one person moving, charged to ``state`` ("" for none)."""

    outcome: str
    category: str
    state: str
    source: int
    p: Node
    value: Node


@dataclass(frozen=True)
class Counted:
    """A move from a micro-state, with its probability, that is counted under a name."""

    name: str
    source: int
    p: Node


@dataclass(frozen=True)
class EntryWorth:
    """What starting in a state is worth, at time 0."""

    outcome: str
    category: str
    state: str
    value: Node


@dataclass
class Cohort:
    """The cohort model of one strategy, as nodes."""

    layout: Layout = field(default_factory=Layout)
    steps: list[Step] = field(default_factory=list)
    worth: list[Worth] = field(default_factory=list)
    moves: list[MoveWorth] = field(default_factory=list)
    entries: list[EntryWorth] = field(default_factory=list)
    counted: list[Counted] = field(default_factory=list)
    guards: dict[int, Guard] = field(default_factory=dict)


def build(
    scenario: Scenario, names: Names, scope: Scope, clock: Clockwork, starters: Collection[str]
) -> Cohort:
    """Return the cohort model of a strategy, whose parameters are seen through ``scope``.

    ``starters`` are the states in which somebody may start.
    """
    layout = lay_out(scenario, clock, starters)
    cohort = Cohort(layout)
    exponential = exponential_chances(scenario, names, scope, clock, cohort.guards)
    for position, micro in enumerate(layout.micro):
        _values(scenario, names, scope, clock, cohort, position, micro)
        name = micro.state
        row = dict(scenario.transitions.get(name, {}))
        if not row:
            cohort.steps.append(Step(position, layout.onward[position], names.graph.const(1.0)))
            continue
        when = Clock("start", micro.tunnel, micro.started)
        chances = (
            exponential[name]
            if exponential
            else row_chances(names, scope, clock, cohort.guards, name, row, when)
        )
        for target in scenario.states:
            if target not in chances or chances[target].constant == 0.0:
                continue
            to = layout.onward[position] if target == name else layout.door[target]
            cohort.steps.append(Step(position, to, chances[target]))
            move = row.get(target)
            _move_values(names, scope, cohort, scenario, name, target, move, position,
                         chances[target], when)  # fmt: skip
    _entry_values(scenario, names, scope, cohort)
    return cohort


def _values(
    scenario: Scenario,
    names: Names,
    scope: Scope,
    clock: Clockwork,
    cohort: Cohort,
    position: int,
    micro: Micro,
) -> None:
    name, nothing = micro.state, names.graph.const(0.0)
    state = scenario.states[name]

    def add(outcome: str, category: str, value: Value) -> None:
        per = value.per or scenario.time.values.removeprefix("per ")
        start = names.node(value.value, scope, Clock("start", micro.tunnel, micro.started))
        # Those who start in a state are in its second tunnel when the first cycle ends.
        empty = micro.started and micro.tunnel == 1
        end = Clock("end", micro.tunnel, micro.started)
        end_value = nothing if empty else names.node(value.value, scope, end)
        if start.constant == 0.0 and end_value.constant == 0.0:
            return
        scale = clock.years if per == "year" else 1.0
        cohort.worth.append(
            Worth(outcome, category, name, position, start, end_value, scale, value.timing)
        )
        if outcome == "qaly" and per == "year":
            kept = scenario.checks.utility_above_one == "report"
            rule = "a utility is above 1" if kept else "a utility must not be above 1"
            for side in (start, end_value):
                guard(cohort.guards, f"[states.{name}] utility", rule, side, high=1.0, kept=kept)

    for category, value in state.cost.items():
        add("cost", category or "states", value)
    if state.utility is not None:
        add("qaly", "", state.utility)


def _move_values(
    names: Names,
    scope: Scope,
    cohort: Cohort,
    scenario: Scenario,
    source: str,
    target: str,
    move: Move | None,
    position: int,
    p: Node,
    when: Clock,
) -> None:
    paid: list[tuple[str, str, str, Expr]] = []
    if move is not None:
        paid += [("cost", category or "moves", "", f) for category, f in move.cost.items()]
        if move.qaly is not None:
            paid.append(("qaly", "", "", move.qaly))
    arrival = scenario.states[target].on_entry
    if arrival is not None and source != target:
        paid += [("cost", c or "arrivals", target, f) for c, f in arrival.cost.items()]
        if arrival.qaly is not None:
            paid.append(("qaly", "", target, arrival.qaly))
    for outcome, category, state, formula in paid:
        value = names.node(formula, scope, when)
        cohort.moves.append(MoveWorth(outcome, category, state, position, p, value))
    counts = set(move.count) if move is not None else set()
    if arrival is not None and source != target:
        counts |= set(arrival.count)
    cohort.counted += [Counted(name, position, p) for name in sorted(counts)]


def _entry_values(scenario: Scenario, names: Names, scope: Scope, cohort: Cohort) -> None:
    for name, state in scenario.states.items():
        arrival = state.on_entry
        if arrival is None or not arrival.at_start:
            continue
        for category, formula in arrival.cost.items():
            value = names.node(formula, scope, Clock("entry"))
            cohort.entries.append(EntryWorth("cost", category or "arrivals", name, value))
        if arrival.qaly is not None:
            value = names.node(arrival.qaly, scope, Clock("entry"))
            cohort.entries.append(EntryWorth("qaly", "", name, value))
