"""V6 to V10: what time and events are worth."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

from heco.reference import Twin
from heco.scenario.expressions import Expr, Number, names
from heco.scenario.schema import CountingBy
from heco.verify import alter
from heco.verify.bench import TOTALS, Bench
from heco.verify.check import EXACT, Check, NotApplicable, Probe, Verdict

#: A yearly rate at which only what falls at once is left.
ENDLESS = math.inf
#: Cycles on which methods of counting are tried that the scenario does not use.
SHORT = 30
#: Cycles times times in a state whose utilities are looked at, at most.
MANY = 20_000


def _alike(scenario: Any) -> Any:
    """Return the scenario with life years counted as QALYs are."""
    counting = scenario.time.cycle_counting
    same = CountingBy.model_construct(
        cost=counting.cost, qaly=counting.qaly, life_years=counting.qaly
    )
    return alter.timed(scenario, cycle_counting=same)


def _utilities(bench: Bench) -> Verdict:
    probe, scenario = Probe(), bench.scenario
    if scenario.states:
        outcomes = bench.run(_alike(alter.lived(scenario)))
        probe.near(outcomes.qaly, outcomes.life_years, "all utilities 1, discounted")
        probe.near(outcomes.qaly_undiscounted, outcomes.life_years_undiscounted,
                   "all utilities 1, undiscounted")  # fmt: skip
    else:
        probe.say("there are no states: only QALYs of 0 were tried")
    nothing = bench.run(alter.amounts(scenario, alter.same, _zero, _zero))
    probe.near(nothing.qaly, 0.0, "all utilities 0")
    probe.near(nothing.qaly_undiscounted, 0.0, "all utilities 0, undiscounted")
    return probe.verdict()


def _zero(formula: Expr) -> Expr:
    return Number(0.0)


def _costs(bench: Bench) -> Verdict:
    probe, scenario, base = Probe(), bench.scenario, bench.base
    if not (base.cost.any() or base.cost_undiscounted.any()):
        raise NotApplicable("nothing costs anything")
    free = bench.run(alter.amounts(scenario, _zero))
    probe.near(free.cost, 0.0, "all costs 0")
    probe.near(free.cost_undiscounted, 0.0, "all costs 0, undiscounted")
    twice = bench.run(alter.amounts(scenario, alter.times(2.0)))
    for name in ("cost", "cost_undiscounted"):
        probe.near(getattr(twice, name), 2.0 * getattr(base, name), f"all costs doubled, {name}")
    for category, cost in base.cost_by.items():
        probe.near(twice.cost_by[category], 2.0 * cost, f"all costs doubled, {category}")
    for made, what in ((free, "all costs 0"), (twice, "all costs doubled")):
        probe.near(made.qaly, base.qaly, f"{what}, QALYs")
    return probe.verdict()


def _bounds(bench: Bench) -> Verdict:
    bench.needs_states()
    scenario, probe = bench.scenario, Probe()
    if not any(state.utility is not None for state in scenario.states.values()):
        raise NotApplicable("no state has a utility")
    if any(s.utility and s.utility.timing == "start" for s in scenario.states.values()):
        raise NotApplicable("a utility is granted in full at the start of each cycle")
    if any(s.utility and not alter.alive(s) for s in scenario.states.values()):
        raise NotApplicable("a state that is not life has a utility")
    plain = alter.amounts(scenario, alter.nothing, alter.nothing)
    if not all(state.utility is not None for state in plain.states.values() if alter.alive(state)):
        probe.say("living states without a utility count as 0")
    outcomes = bench.once(_alike(plain))
    ranges: dict[frozenset[tuple[str, Expr]], tuple[float, float]] = {}
    for i, strategy in enumerate(outcomes.strategies):
        # Strategies that set nothing which utilities depend on have the same utilities.
        key = _set_by(plain, strategy)
        if key not in ranges:
            ranges[key] = _range(plain, strategy)
        low, high = ranges[key]
        years, gained = outcomes.life_years_undiscounted[i], outcomes.qaly_undiscounted[i]
        if high <= 1.0 + 1e-12:
            probe.at_most(gained, years, f"{strategy}: QALYs above life years")
            probe.at_most(outcomes.qaly[i], outcomes.life_years[i],
                          f"{strategy}: discounted QALYs above life years")  # fmt: skip
        probe.at_most(gained, high * years, f"{strategy}: above the highest utility")
        probe.at_most(low * years, gained, f"{strategy}: below the lowest utility")
    return probe.verdict()


def _range(scenario: Any, strategy: str) -> tuple[float, float]:
    """Return the lowest and the highest utility of the living, over all cycles and both sides."""
    twin = Twin(scenario, strategy, {})
    low, high = math.inf, -math.inf
    for name, state in scenario.states.items():
        if not alter.alive(state):
            continue
        if state.utility is None:
            low, high = min(low, 0.0), max(high, 0.0)
            continue
        scale = twin.scale(state.utility) / float(twin.length)
        words = words_of(scenario, twin, state.utility.value)
        if words & {"state_time", "state_cycle"} and twin.cycles * twin.spans[name] > MANY:
            raise NotApplicable(f"too many times in {name} to look at the utility of each")
        stays = range(twin.spans[name]) if words & {"state_time", "state_cycle"} else range(1)
        for cycle in range(twin.cycles) if words else range(1):
            # Nobody can have stayed for longer than the model runs, nor more than is told apart.
            for stay in (there for there in stays if there <= cycle):
                for end in (False, True):
                    moment = twin.in_cycle(cycle, end, False, stay, name)
                    worth = scale * twin.value(state.utility.value, moment)
                    low, high = min(low, worth), max(high, worth)
    return low, high


def _set_by(scenario: Any, strategy: str) -> frozenset[tuple[str, Expr]]:
    """Return what a strategy sets that the utilities depend on."""
    twin = Twin(scenario, strategy, {})
    used: set[str] = set()
    for state in scenario.states.values():
        if state.utility is not None:
            used |= _used(scenario, twin, state.utility.value)
    return frozenset((n, f) for n, f in scenario.strategies[strategy].set.items() if n in used)


def words_of(scenario: Any, twin: Twin, formula: Expr) -> set[str]:
    """Return the words for time that a formula depends on, directly or through parameters."""
    times = {"time", "age", "cycle", "state_time", "state_cycle"}
    return _used(scenario, twin, formula) & times


def _used(scenario: Any, twin: Twin, formula: Expr) -> set[str]:
    """Return every name that a formula depends on, directly or through parameters."""
    seen: set[str] = set()
    waiting = [formula]
    while waiting:
        for name in names(waiting.pop()) - seen:
            seen.add(name)
            waiting += [layer[name] for layer in twin.settings if name in layer]
            parameter = scenario.parameters.get(name)
            if parameter is not None and parameter.expr is not None:
                waiting.append(parameter.expr)
            if parameter is not None and parameter.table is not None:
                seen.add(parameter.table.by)
    return seen


def _discounting(bench: Bench) -> Verdict:
    scenario, probe = bench.scenario, Probe()
    whole = bench.run(alter.discounted(scenario, 0.0, 0.0))
    for name in TOTALS[:3]:
        plain = f"{name}_undiscounted"
        probe.near(getattr(whole, name), getattr(whole, plain), f"{name} at a rate of 0")
        probe.near(getattr(whole, plain), getattr(bench.base, plain), f"{name}, undiscounted")
    positive = alter.amounts(scenario, alter.size_of, alter.size_of, alter.size_of)
    rates = scenario.time.discount
    less = bench.run(positive)
    least = bench.run(
        alter.discounted(positive, rates.highest("cost") + 0.05, rates.highest("qaly") + 0.05)
    )
    for name in TOTALS[:3]:
        probe.at_most(getattr(least, name), getattr(less, name), f"{name} at a higher rate")
        plain = getattr(less, f"{name}_undiscounted")
        probe.at_most(getattr(less, name), plain, f"{name}, discounted above undiscounted")
    _endless(bench, probe)
    return probe.verdict()


def _endless(bench: Bench, probe: Probe) -> None:
    """Compare what is left at an endless rate with what is dated at once."""
    scenario = bench.scenario
    rate = 1e9 if scenario.time.discounting == "exponential" else ENDLESS
    # What falls once, on the way through the tree or as a one-off.
    events = alter.amounts(_standing_still(scenario))
    if scenario.states:
        events = alter.lasting(events, 1)
    left = bench.run(alter.discounted(events, rate, rate))
    at_once = bench.run(_dated_at_once(events))
    for name in ("cost", "qaly"):
        probe.near(getattr(left, name), getattr(at_once, f"{name}_undiscounted"),
                   f"{name} of events at an endless rate")  # fmt: skip
    if scenario.states:
        # A year and a cycle are enough to see everything that is dated in the first year.
        year = math.ceil(1.0 / alter.lengths(scenario)) + 1
        first = alter.lasting(alter.lived(scenario), min(bench.cycles, year))
        lived = alter.discounted(first, rate, rate)
        outcomes = bench.once(lived, trace=True)
        assert outcomes.trace is not None
        living = [i for i, state in enumerate(lived.states.values()) if alter.alive(state)]
        for i, strategy in enumerate(outcomes.strategies):
            people = outcomes.trace[i, :, living, 0].sum(axis=0)
            probe.near(outcomes.life_years[i, 0], _years_at_once(lived, strategy, people),
                       f"{strategy}: life years at an endless rate")  # fmt: skip


def _years_at_once(scenario: Any, strategy: str, people: Any) -> float:
    """Return life years dated at once, from who is alive at each boundary."""
    twin = Twin(scenario, strategy, {})
    twin.prepare()
    years = 0.0
    for cycle in range(twin.cycles):
        for side, weight, date, outcome in twin.sides(cycle):
            if outcome == "life_years" and _at_once(scenario, date):
                years += weight * float(people[cycle + side]) * float(twin.length)
    return years


def _at_once(scenario: Any, date: float) -> bool:
    stepped = scenario.time.discounting in ("annual-step", "first-year-free")
    return math.floor(date + 1e-9) == 0 if stepped else date == 0.0


def _standing_still(scenario: Any) -> Any:
    """Return the scenario in which states are worth nothing."""
    made = alter.amounts(scenario, utility=alter.nothing)
    states = {
        name: state.model_copy(update={"cost": {}, "on_entry": None})
        for name, state in made.states.items()
    }
    moves = {
        source: {t: m.model_copy(update={"cost": {}, "qaly": None}) for t, m in row.items()}
        for source, row in made.transitions.items()
    }
    return replace(made, states=states, transitions=moves)


def _dated_at_once(scenario: Any) -> Any:
    """Return the scenario without the events that are dated later than at once."""

    def late(at: Any) -> bool:
        if at is None:
            return False
        cycle = scenario.time.cycle
        years = float(at.in_years(cycle) if cycle is not None else at.years)
        return not _at_once(scenario, years)

    def kept(event: Any) -> Any:
        return event.model_copy(update={"cost": {}, "qaly": None}) if late(event.at) else event

    return replace(
        scenario,
        tree={node: {k: kept(b) for k, b in row.items()} for node, row in scenario.tree.items()},
        strategies={
            name: one.model_copy(update={"one_off": tuple(map(kept, one.one_off))})
            for name, one in scenario.strategies.items()
        },
    )


def _horizon(bench: Bench) -> Verdict:
    bench.needs_states()
    scenario, probe = bench.scenario, Probe()
    if any(not alter.alive(s) and not s.absorbing for s in scenario.states.values()):
        raise NotApplicable("people may come back from a state that does not count as life")
    forever = alter.discounted(alter.immortal(alter.lived(scenario)), 0.0, 0.0)
    living = [i for i, state in enumerate(scenario.states.values()) if alter.alive(state)]
    counting = scenario.time.cycle_counting
    used = {counting.cost, counting.qaly, counting.life_years}
    for method in alter.METHODS:
        # Methods that the scenario does not use are tried on fewer cycles, odd or even as they are.
        cycles = bench.cycles
        if method not in used and cycles > SHORT:
            cycles = SHORT + cycles % 2
        outcomes = bench.once(alter.counted(alter.lasting(forever, cycles), method))
        years = cycles * alter.lengths(scenario)
        alive = outcomes.entry[:, living].sum(axis=1)
        probe.near(outcomes.qaly, alive * years, f"counted by {method}")
        probe.near(outcomes.life_years, alive * years, f"life years counted by {method}")
    if any(state.absorbing and not alter.alive(state) for state in scenario.states.values()):
        return probe.verdict()
    probe.say("no state is death, so nobody had to be kept alive")
    return probe.verdict()


CHECKS = (
    Check("V6", "value", "With all utilities 1 QALYs are life years; with all 0 there are none",
          "utilities applied twice or not at all; health booked to the dead", EXACT, _utilities),
    Check("V7", "value", "With all costs 0 nothing is spent; all costs doubled double the total",
          "costs written in two places, or added instead of multiplied", EXACT, _costs),
    Check("V8", "value", "QALYs stay within life years times the lowest and the highest utility",
          "utilities above 1 by an error; years counted differently", EXACT, _bounds),
    Check("V9", "value", "At a rate of 0 discounting changes nothing; at an endless rate only what "
          "falls at once is left", "discounting from the wrong date, or of only one outcome",
          EXACT, _discounting),
    Check("V10", "value", "Who cannot die lives to the horizon, however cycles are counted",
          "a boundary counted twice or left out; Simpson's weights swapped", EXACT, _horizon),
)  # fmt: skip
