"""V11 to V15: what comparing strategies must and must not depend on."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from heco.outcomes import Outcomes
from heco.scenario.expressions import Call, Expr, Name, Number
from heco.scenario.schema_parameters import Parameter
from heco.scenario.schema_structure import Strategy
from heco.verify import alter
from heco.verify.bench import TOTALS, Bench
from heco.verify.check import EXACT, Check, NotApplicable, Probe, Verdict
from heco.verify.finding import movers, ratios

#: What the copy of a strategy is called.
TWIN = "once_more_for_verification"
#: The lever with which an option costs more and does nothing.
DEAR = "verification_costs_more"


def _identical(bench: Bench) -> Verdict:
    probe = Probe()
    made = alter.freed(bench.scenario)
    strategies: dict[str, Strategy] = {}
    for name, one in made.strategies.items():
        strategies |= {name: one, f"{name} {TWIN}": one}
    outcomes = bench.run(replace(made, strategies=strategies))
    for i, name in enumerate(made.strategies):
        for total in TOTALS:
            first, second = getattr(outcomes, total)[2 * i], getattr(outcomes, total)[2 * i + 1]
            probe.near(second, first, f"{name} against itself, {total}")
            probe.near(first, getattr(bench.base, total)[i], f"{name} beside a copy, {total}")
    return probe.verdict()


def _swap(bench: Bench) -> Verdict:
    bench.needs_options()
    scenario, probe, base = bench.scenario, Probe(), bench.base
    turned = alter.swapped(scenario)
    outcomes = bench.run(turned)
    for total in TOTALS:
        now = getattr(outcomes, total)
        then = getattr(base, total)
        for i in range(1, len(now)):
            probe.near(now[i] - now[0], then[-1 - i] - then[-1],
                       f"{outcomes.strategies[i]}, {total}")  # fmt: skip
    option, comparator = scenario.option, scenario.comparator
    both = replace(
        alter.freed(scenario),
        strategies={name: scenario.strategies[name] for name in (comparator, option)},
    )
    asked: dict[str, Any] = {"wtp": bench.wtp[:1], "comparator": comparator, "option": option}
    first = bench.ask(both, ["base_case"], **asked)
    second = bench.ask(alter.swapped(both), ["base_case"], **asked)
    for quantity, sign in (("incremental_cost", -1), ("incremental_qaly", -1), ("inmb", -1),
                           ("icer", 1)):  # fmt: skip
        ends = [_value(run, quantity) for run in (first, second)]
        if ends[0] is not None and ends[1] is not None:
            probe.near(ends[1], sign * ends[0], f"{option} and {comparator} swapped, {quantity}")
        elif ends[0] is not None or ends[1] is not None:
            probe.note(np.nan, f"{quantity} is there only one way round")
    return probe.verdict()


def _value(run: Any, quantity: str) -> float | None:
    """Return a deterministic number of the base case; None where it means nothing."""
    found = [q for q in run.quantities if q.quantity == quantity and q.basis == "deterministic"]
    return found[0].value if found else None


def _order(bench: Bench) -> Verdict:
    probe = Probe()
    turned = alter.backwards(bench.scenario)
    outcomes = bench.run(turned, trace=True)
    _by_name(probe, outcomes, bench.base)
    if bench.uncertain:
        from heco.model import compile_model

        before = bench.model.sample(2, bench.seed)
        after = compile_model(turned).sample(2, bench.seed)
        for name in before.names:
            probe.near(after.column(name), before.column(name), f"draws of {name}")
    return probe.verdict()


def _by_name(probe: Probe, outcomes: Outcomes, base: Outcomes) -> None:
    order = [outcomes.index(name) for name in base.strategies]
    for total in TOTALS:
        probe.near(getattr(outcomes, total)[order], getattr(base, total), total)
    for name, shares in base.shares.items():
        probe.near(outcomes.shares[name][order], shares, f"people counted as {name}")
    if base.trace is not None and outcomes.trace is not None:
        states = [outcomes.states.index(name) for name in base.states]
        probe.near(outcomes.trace[order][:, :, states], base.trace, "people by state")


def _null(bench: Bench) -> Verdict:
    bench.needs_options()
    scenario, probe = bench.scenario, Probe()
    outcomes = bench.run(_dear(scenario))
    cost = outcomes.cost[0]
    if cost.any():
        probe.near(outcomes.cost[1], 2.0 * cost, "an option that costs twice as much")
    for total in ("qaly", "life_years"):
        gain = getattr(outcomes, total)[1] - getattr(outcomes, total)[0]
        probe.near(gain, 0.0, f"an option that only costs more, {total}")
    _ratios(bench, probe)
    return probe.verdict()


def _dear(scenario: Any) -> Any:
    """Return the comparator against an option that is the same, but every cost is doubled."""

    def dearer(formula: Expr) -> Expr:
        return Call("mul", (Call("add", (Number(1.0), Name(DEAR))), formula))

    made = alter.amounts(scenario, dearer)
    lever = Parameter(label="Costs more", source="verification", fixed=0.0, lever=True)
    one = made.strategies[scenario.comparator]
    other = one.model_copy(update={"set": {**one.set, DEAR: Number(1.0)}})
    return replace(
        made, parameters={**made.parameters, DEAR: lever},
        strategies={scenario.comparator: one, scenario.option: other},
    )  # fmt: skip


def _ratios(bench: Bench, probe: Probe) -> None:
    """Set all ratios of effect to 1, where nothing else makes strategies differ in health."""
    scenario = bench.scenario
    found = movers(bench, ratios(scenario))
    if not found:
        probe.say("no ratio of effect moves health; only costs were made to differ")
        return
    null = alter.parameters(scenario, dict.fromkeys(found, 1.0))
    outcomes = bench.once(null)
    gains = bench.effects(outcomes)[:, 0]
    other: list[str] = []
    for name in scenario.options:
        gain = gains[outcomes.index(name)] - gains[outcomes.index(scenario.comparator)]
        if abs(gain) > EXACT and _differs(bench, null, name):
            other.append(name)
            continue
        probe.near(gain, 0.0, f"{name} with {', '.join(found)} at 1")
    if other:
        probe.say(f"ratios at 1: not tried for {', '.join(other)}, which differs in health also by "
                  "something else")  # fmt: skip


def _differs(bench: Bench, scenario: Any, option: str) -> bool:
    """Return whether the reference, too, finds that two strategies differ in health."""
    effect = scenario.decision.effect
    both = (option, scenario.comparator)
    values = [getattr(bench.told(scenario, name), effect) for name in both]
    return bool(abs(values[0] - values[1]) > EXACT)


def _line(bench: Bench) -> Verdict:
    bench.needs_options()
    scenario, probe = bench.scenario, Probe()
    points = (1_000.0, 20_000.0, 50_000.0, 200_000.0)
    run = bench.ask(scenario, ["base_case"], wtp=points)
    base, effects = bench.base, bench.effects(bench.base)
    j = base.index(scenario.comparator)
    for name in scenario.options:
        i = base.index(name)
        cost = base.cost[i, 0] - base.cost[j, 0]
        gain = effects[i, 0] - effects[j, 0]
        for wtp in points:
            rows = [q for q in run.quantities if q.quantity == "inmb" and q.wtp == wtp
                    and q.strategy == name and q.basis == "deterministic"]  # fmt: skip
            if not rows or rows[0].value is None:
                raise NotApplicable("no net benefit is worked out")
            probe.near(rows[0].value, wtp * gain - cost, f"{name} at {wtp:,.0f}")
        benefit = [base.net_monetary_benefit(wtp, scenario.decision.effect) for wtp in points]
        slope = (benefit[-1][i] - benefit[0][i]) / (points[-1] - points[0])
        probe.near(slope, effects[i], f"slope of {name}")
    return probe.verdict()


CHECKS = (
    Check("V11", "comparison", "Two identical strategies cost and gain the same",
          "a strategy that changes the population or its neighbours", EXACT, _identical),
    Check("V12", "comparison", "Swapping strategies turns differences round and keeps the ICER",
          "the comparator taken by position; differences the wrong way round", EXACT, _swap),
    Check("V13", "comparison", "The order in which things are written changes nothing",
          "states, strategies or draws matched by position instead of by name", EXACT, _order),
    Check("V14", "comparison", "An option that has no effect gains nothing",
          "costs that leak into health; effects that bypass their ratio", EXACT, _null),
    Check("V15", "comparison", "Net benefit is a straight line in the willingness to pay, and its "
          "slope is the gain", "willingness to pay applied twice, or to costs", EXACT, _line),
)  # fmt: skip
