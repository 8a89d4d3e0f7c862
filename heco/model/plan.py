"""A scenario compiled for a given set of drawn columns: every name resolved, nothing computed.

A plan is the bridge between words and arrays. It lists, per strategy, the entry shares, the moves
and the *terms*: each term says that people in one micro-state, on one side of each cycle, with
one set of weights, are worth one node.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from heco.model.clock import TIME_IN_STATE, Clockwork, clockwork, mentions
from heco.model.cohort import Cohort, build
from heco.model.graph import CYCLE, Node
from heco.model.measures import states_asked
from heco.model.names import ENTRY, Names, Scope
from heco.model.program import Program, Tables
from heco.model.tree import Amount, Averages, Guard, Pathway, follow
from heco.scenario.expressions import Expr, Name
from heco.scenario.scenario import Scenario

#: The outcome of keys under which events are counted; the category is the name.
COUNT = "count"


@dataclass(frozen=True)
class Key:
    """Where a value is booked: outcome, category and state ("" where it belongs to none)."""

    outcome: str
    category: str
    state: str


@dataclass(frozen=True)
class Term:
    """People in a micro-state are worth a node.

    Parameters
    ----------
    key : Key
        Where it is booked.
    micro : int
        The micro-state.
    side : str
        ``start``, ``end``, or ``both`` for a value that is the same on both sides and all cycles.
    weights : str
        Which weights: ``cost``, ``qaly``, ``life_years``, ``cost start``, ``cost moves``, ...
    node : Node
        The value of one person. [per scale]
    scale : float
        What the value is multiplied by: years per cycle, or 1.
    """

    key: Key
    micro: int
    side: str
    weights: str
    node: Node
    scale: float


@dataclass
class StrategyPlan:
    """One strategy, compiled."""

    name: str
    scope: Scope
    entry: dict[str, Node] = field(default_factory=dict)
    amounts: list[Amount] = field(default_factory=list)
    cohort: Cohort = field(default_factory=Cohort)
    terms: list[Term] = field(default_factory=list)
    shares: dict[str, Node] = field(default_factory=dict)
    guards: list[Guard] = field(default_factory=list)
    averages: Averages = field(default_factory=dict)
    entries: list[tuple[Key, Node]] = field(default_factory=list)


@dataclass
class Plan:
    """A scenario, compiled for a set of columns."""

    names: Names
    clock: Clockwork | None
    strategies: list[StrategyPlan]
    population: Node | None
    guards: list[Guard]
    program: Program
    years_in: frozenset[str] = frozenset()

    def all_guards(self) -> Iterator[Guard]:
        """Yield the guards of the parameters, then of every strategy."""
        yield from self.guards
        for strategy in self.strategies:
            yield from strategy.guards

    def amount_places(self) -> dict[int, tuple[str, str]]:
        """Return, for every node that is paid or gained, where it stands and what it is."""
        found: dict[int, tuple[str, str]] = {}
        for strategy in self.strategies:
            for amount in strategy.amounts:
                found.setdefault(amount.node.index, (amount.where, amount.outcome))
            for key, node in strategy.entries:
                found.setdefault(node.index, (f"[states.{key.state}] on_entry", key.outcome))
            for term in strategy.terms:
                source = strategy.cohort.layout.micro[term.micro].state
                place = (
                    f"[states.{term.key.state}]" if term.key.state else f"[transitions.{source}]"
                )
                found.setdefault(term.node.index, (place, term.key.outcome))
        return found


def make_plan(scenario: Scenario, columns: Mapping[str, bool], tables: Tables) -> Plan:
    """Compile a scenario for drawn columns (name -> whether it varies between draws)."""
    clock = clockwork(scenario)
    names = Names(scenario, columns, clock.years if clock else 1.0)
    size = scenario.population.size
    population = None if size is None else names.node(size, names.outside, ENTRY)
    plans = [_strategy(scenario, names, name, clock, population) for name in scenario.strategies]
    guards = _parameter_guards(scenario, names)
    kept: list[Node] = []
    if population is not None:
        kept.append(population)
        guards.append(Guard("[population] size", "the size must not be negative", population, 0.0))
    for plan in plans:
        kept += _kept(plan)
    made = [node for plan in plans for node in _amounts(plan)]
    watched = [guard.node for guard in (*guards, *(g for plan in plans for g in plan.guards))]
    program = Program(names.graph, [*kept, *made], tables, [*watched, *made])
    return Plan(names, clock, plans, population, guards, program, states_asked(scenario))


def _amounts(plan: StrategyPlan) -> list[Node]:
    nodes = [node for _, node in plan.entries]
    return [*nodes, *(item.node for item in plan.amounts), *(item.node for item in plan.terms)]


def _kept(plan: StrategyPlan) -> list[Node]:
    nodes = [*plan.entry.values(), *plan.shares.values()]
    nodes += [step.p for step in plan.cohort.steps]
    for ways in plan.averages.values():
        nodes += [node for way in ways.values() for node in way]
    return nodes


def _strategy(
    scenario: Scenario, names: Names, name: str, clock: Clockwork | None, population: Node | None
) -> StrategyPlan:
    strategy = scenario.strategies[name]
    scope = Scope(strategy.set, names.outside) if strategy.set else names.outside
    plan = StrategyPlan(name, scope)
    if strategy.enters:
        path = follow(names, scenario.tree, strategy.enters, scope)
        _take_pathway(plan, path, names)
    elif clock is not None:
        plan.entry = _starts(scenario, names, name, scope, plan)
    graph = names.graph
    for position, one_off in enumerate(strategy.one_off):
        years = names.date(one_off.at)
        paid: list[tuple[str, str, Expr]] = [
            ("cost", category or "one_off", formula) for category, formula in one_off.cost.items()
        ]
        if one_off.qaly is not None:
            paid.append(("qaly", "", one_off.qaly))
        for outcome, category, formula in paid:
            node = names.node(formula, scope, ENTRY)
            if one_off.per == "cohort":
                assert population is not None, position
                node = graph.call("div", node, population)
            plan.amounts.append(
                Amount(outcome, category, node, years, f"[strategies.{name}] one_off")
            )
    if clock is not None:
        starters = {state for state, share in plan.entry.items() if share.constant != 0.0}
        plan.cohort = build(scenario, names, scope, clock, starters)
        plan.guards += plan.cohort.guards.values()
        _terms(scenario, names, plan)
    return plan


def _take_pathway(plan: StrategyPlan, path: Pathway, names: Names) -> None:
    plan.entry = dict(path.entry)
    plan.amounts = list(path.amounts)
    plan.shares = {name: names.graph.total(nodes) for name, nodes in path.shares.items()}
    plan.guards += path.guards.values()
    plan.averages = dict(path.averages)
    ends = names.graph.total(path.ends)
    gap = names.graph.call("sub", ends, names.graph.const(1.0))
    plan.guards.append(Guard("[tree]", "the leaves must add to 1", gap, -1e-9, 1e-9))


def _starts(
    scenario: Scenario, names: Names, name: str, scope: Scope, plan: StrategyPlan
) -> dict[str, Node]:
    strategy = scenario.strategies[name]
    written = strategy.starts or scenario.population.starts
    where = f"[strategies.{name}] starts" if strategy.starts else "[population] starts"
    graph = names.graph
    entry: dict[str, Node] = {}
    rest = ""
    for state in scenario.states:
        if state not in written:
            continue
        share = written[state]
        if share == "rest":
            rest = state
            continue
        entry[state] = names.node(share, scope, ENTRY)
        plan.guards.append(
            Guard(f"{where} {state}", "a share must lie in [0, 1]", entry[state], 0.0, 1.0)
        )
    total = graph.total(list(entry.values()))
    if rest:
        entry[rest] = graph.call("sub", graph.const(1.0), total)
        plan.guards.append(
            Guard(where, 'the shares come to more than 1; nothing is left for "rest"',
                  entry[rest], 0.0)
        )  # fmt: skip
    else:
        gap = graph.call("sub", total, graph.const(1.0))
        plan.guards.append(Guard(where, "the shares must add to 1", gap, -1e-9, 1e-9))
    return entry


def _terms(scenario: Scenario, names: Names, plan: StrategyPlan) -> None:
    cohort, graph = plan.cohort, names.graph
    for worth in cohort.worth:
        key = Key(worth.outcome, worth.category, worth.state)
        if worth.timing == "start":
            weights = f"{worth.outcome} start"
            plan.terms.append(Term(key, worth.micro, "start", weights, worth.start, worth.scale))
        elif worth.start is worth.end and not worth.start.axes & CYCLE:
            plan.terms.append(
                Term(key, worth.micro, "both", worth.outcome, worth.start, worth.scale)
            )
        else:
            for side, node in (("start", worth.start), ("end", worth.end)):
                plan.terms.append(Term(key, worth.micro, side, worth.outcome, node, worth.scale))
    for move in cohort.moves:
        node = graph.call("mul", move.p, move.value)
        key = Key(move.outcome, move.category, move.state)
        plan.terms.append(Term(key, move.source, "start", f"{move.outcome} moves", node, 1.0))
    for event in cohort.counted:
        # What is counted is never discounted; any weights of moves have a row for that.
        key = Key(COUNT, event.name, "")
        plan.terms.append(Term(key, event.source, "start", "cost moves", event.p, 1.0))
    one = graph.const(1.0)
    assert plan.cohort is not None
    for position, (name, *_) in enumerate(cohort.layout.micro):
        if is_alive(scenario, name):
            years = Key("life_years", "", name)
            length = names.cycle_years
            plan.terms.append(Term(years, position, "both", "life_years", one, length))
    for arrival in cohort.entries:
        if arrival.state in plan.entry:
            node = graph.call("mul", plan.entry[arrival.state], arrival.value)
            plan.entries.append((Key(arrival.outcome, arrival.category, arrival.state), node))
    for name, state in scenario.states.items():
        arrives = state.on_entry if name in plan.entry else None
        if arrives is not None and arrives.at_start:
            plan.entries += [
                (Key(COUNT, word, ""), plan.entry[name]) for word in dict.fromkeys(arrives.count)
            ]


def is_alive(scenario: Scenario, name: str) -> bool:
    """Return whether time in a state counts as life years.

    An absorbing state without utility and cost is death, unless the author says otherwise.
    """
    state = scenario.states[name]
    if state.alive is not None:
        return state.alive
    return not (state.absorbing and state.utility is None and not state.cost)


def _parameter_guards(scenario: Scenario, names: Names) -> list[Guard]:
    """Return the rules that parameters obey by their unit or their declared range.

    They hold wherever a parameter is used: as a strategy or a branch sets it, and at every time
    at which it is read.
    """
    guards: list[Guard] = []
    for name, parameter in scenario.parameters.items():
        low, high, rule = float("-inf"), float("inf"), ""
        if parameter.bounds is not None:
            low, high = parameter.bounds
            rule = f"its range is {low:g} to {high:g}"
        elif parameter.unit == "probability":
            low, high, rule = 0.0, 1.0, "a probability must lie in [0, 1]"
        elif parameter.unit == "utility":
            if scenario.checks.utility_above_one == "report":
                continue  # noted where a state has it
            high, rule = 1.0, "a utility must not be above 1"
        if rule:
            guards += [
                Guard(f"[parameters.{name}]", rule, node, low, high, strict=False)
                for node in _uses(scenario, names, name)
            ]
    return guards


def _uses(scenario: Scenario, names: Names, name: str) -> list[Node]:
    """Return the values of a parameter that the model uses; at time 0 if it uses none."""
    joint = name in scenario.distributions and scenario.distributions[name].components
    nodes = [node for (used, _), node in names.uses.items() if used == name]
    if nodes or joint or mentions(scenario, [Name(name)], {"cycle", *TIME_IN_STATE}):
        return nodes
    if scenario.parameters[name].table is not None:
        return []
    return [names.name(name, names.outside, ENTRY)]
