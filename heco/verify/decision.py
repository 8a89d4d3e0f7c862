"""V30 to V33: the frontier, thresholds, budgets and equity."""

from __future__ import annotations

from typing import Any

import numpy as np

from heco.analysis.frontier import FRONTIER, incremental
from heco.verify import alter
from heco.verify.bench import Bench
from heco.verify.check import EXACT, Check, NotApplicable, Probe, Verdict

#: How much net benefit a threshold may leave. [currency per person]
POUND = 1.0
#: People in whom effects are counted where a scenario gives no number.
PEOPLE = 10_000.0


def _frontier(bench: Bench) -> Verdict:
    bench.needs_options()
    probe = Probe()
    sample = bench.many if bench.uncertain and bench.n else bench.sample
    cost = sample.outcomes.cost.mean(axis=1)
    effect = bench.effects(sample.outcomes).mean(axis=1)
    places = incremental(cost, effect)
    line = [i for i, place in enumerate(places) if place.status == FRONTIER]
    line.sort(key=lambda i: (effect[i], cost[i]))
    steps = [float(p.icer) for i in line if (p := places[i]).icer is not None]
    probe.at_most(-np.diff(steps), 0.0, "ratios along the frontier fall")
    between = [(a + b) / 2.0 for a, b in zip([0.0, *steps], [*steps, 2.0 * (steps or [1.0])[-1]],
                                             strict=True)]  # fmt: skip
    for wtp, i in zip(between, line, strict=False):
        worth = wtp * effect - cost
        name = sample.outcomes.strategies[i]
        probe.at_most(worth.max() - worth[i], 0.0, f"{name} is on the frontier but not the best")
    for wtp in (*steps, *bench.wtp, 0.0):
        worth = wtp * effect - cost
        on_line = max(float(worth[i]) for i in line)
        probe.at_most(float(worth.max()), on_line, f"the best at {wtp:,.0f} is off the frontier")
    return probe.verdict()


def _thresholds(bench: Bench) -> Verdict:
    scenario, probe = bench.scenario, Probe(POUND)
    if scenario.analysis.threshold is None or not scenario.options:
        raise NotApplicable("no threshold is asked for")
    run = bench.ask(scenario, ["threshold"], wtp=bench.wtp)
    for q in run.quantities:
        if q.quantity != "threshold" or q.value is None or q.wtp is None:
            continue
        if q.basis != "deterministic":
            continue
        # A root that is given as an override and not as a column goes another way to the result.
        outcomes = bench.once(alter.parameters(scenario, {q.subject: float(q.value)}))
        benefit = outcomes.net_monetary_benefit(q.wtp, scenario.decision.effect)[:, 0]
        gap = benefit[outcomes.index(q.strategy)] - benefit[outcomes.index(q.comparator)]
        probe.note(gap, f"{q.strategy}, {q.subject} = {q.value:.6g} at {q.wtp:,.0f}")
    if probe.worst < 0:
        probe.say("no input has a threshold within its range")
    return probe.verdict()


def _budget(bench: Bench) -> Verdict:
    probe, base = Probe(), bench.base
    assert base.yearly_cost is not None
    probe.near(base.yearly_cost.sum(axis=1), base.cost_undiscounted, "cost of all years")
    for name, cost in base.yearly_cost_by.items():
        probe.near(cost.sum(axis=1), base.spend_by[name], f"cost of all years, {name}")
    settings = bench.scenario.analysis.budget
    if settings is None:
        probe.say("no budget is asked for: only the years of one cohort were added up")
        return probe.verdict()
    if not bench.scenario.options:
        return probe.verdict()
    run = bench.ask(bench.scenario, ["budget"])
    if settings.people is not None or settings.prevalent is not None or settings.set_up \
            or settings.recurrent:  # fmt: skip
        probe.say("the budget has lines beside the cohort's: the years of one cohort were added up")
        return probe.verdict()
    for q in run.quantities:
        if q.quantity == "budget_net" and q.basis == "deterministic":
            probe.near(q.value, _net(bench, settings, q.strategy, int(q.subject)),
                       f"{q.strategy}, year {q.subject}")  # fmt: skip
    return probe.verdict()


def _net(bench: Bench, settings: Any, option: str, year: int) -> float:
    """Return what an option adds in a year: every cohort so far, each in its own year."""
    base = bench.base
    assert base.yearly_cost is not None
    assert base.population is not None
    i, j = base.index(option), base.index(bench.scenario.comparator)
    spent = 0.0
    for entered in range(1, year + 1):
        age = year - entered
        if age >= base.yearly_cost.shape[1]:
            continue
        uptake = settings.uptake[min(entered, len(settings.uptake)) - 1]
        extra = float(base.yearly_cost[i, age, 0] - base.yearly_cost[j, age, 0])
        spent += float(base.population[0]) * uptake * extra
    return spent


def _equity(bench: Bench) -> Verdict:
    scenario, probe = bench.scenario, Probe()
    settings = scenario.analysis.equity
    if settings is None or not scenario.options:
        raise NotApplicable("who gains and who loses is not asked for")
    run = bench.ask(scenario, ["equity"])
    base, effects = bench.base, bench.effects(bench.base)
    people = PEOPLE if base.population is None else float(base.population[0])
    j = base.index(scenario.comparator)
    groups = [q for q in run.quantities if q.quantity == "group_nhb" and q.basis == "deterministic"]
    ways = {(q.strategy, q.wtp, q.subject.partition("/")[2]) for q in groups}
    for option, wtp, sharing in sorted(ways, key=str):
        assert wtp is not None
        i = base.index(option)
        gained = (
            float(effects[i, 0] - effects[j, 0]) - float(base.cost[i, 0] - base.cost[j, 0]) / wtp
        )
        mine = [q for q in groups if (q.strategy, q.wtp) == (option, wtp)]
        found = sum(q.value or 0.0 for q in mine if q.subject.partition("/")[2] == sharing)
        probe.near(found, people * gained, f"{option} at {wtp:,.0f}")
    return probe.verdict()


CHECKS = (
    Check("V30", "decision", "The strategy with the highest net benefit is on the frontier",
          "dominated strategies left in the sequence of ratios", EXACT, _frontier),
    Check("V31", "decision", "At a threshold the net benefit is nothing",
          "a threshold solved for another strategy or willingness to pay", POUND, _thresholds,
          "per person"),
    Check("V32", "decision", "The years of a budget add up to what the cohort costs, undiscounted",
          "a budget that is discounted; a cost in the wrong year", EXACT, _budget),
    Check("V33", "decision", "The groups' net health benefits add up to that of everybody",
          "health that is shared out twice", EXACT, _equity),
)  # fmt: skip
