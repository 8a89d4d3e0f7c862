"""V16 to V20: results that must move one way, or not at all, when an input does.

Where a result moves the other way, the reference is asked: if it says the same, the words of the
scenario make it so, and the check does not apply; the reason says that it should be looked at.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from heco.model import compile_model
from heco.scenario.expressions import Expr
from heco.scenario.scenario import Scenario
from heco.verify import alter
from heco.verify.bench import Bench
from heco.verify.check import EXACT, Check, NotApplicable, Probe, Verdict
from heco.verify.finding import called, counted_branches, movers, ratios

#: How much dearer something is made.
DEARER = 1.1
#: Words by which uptake and prevalence are known.
UPTAKE = r"\b(uptake|attend|participat|coverage|accept)"
PREVALENCE = r"\bprevalence"


def _gap(bench: Bench, outcomes: Any, option: str) -> float:
    """Return what an option gains over the comparator in the base case."""
    effects = bench.effects(outcomes)[:, 0]
    j = outcomes.index(bench.scenario.comparator)
    return float(effects[outcomes.index(option)] - effects[j])


def _meant(bench: Bench, scenario: Scenario, option: str, gain: float) -> bool:
    """Return whether the reference finds the same gain: then the words make it so."""
    effect = scenario.decision.effect
    told = [getattr(bench.told(scenario, n), effect) for n in (option, scenario.comparator)]
    return bool(abs(told[0] - told[1] - gain) <= EXACT * max(1.0, abs(gain)))


def _prices(bench: Bench) -> Verdict:
    bench.needs_options()
    scenario, base, probe = bench.scenario, bench.base, Probe()
    j = base.index(scenario.comparator)
    tried = 0
    for category, cost in base.cost_by.items():
        used = cost - cost[j]
        if not used.any():
            continue
        tried += 1
        outcomes = bench.run(_dearer(scenario, category))
        for i, name in enumerate(base.strategies):
            for wtp in bench.wtp[:1]:
                effect = scenario.decision.effect
                before = base.net_monetary_benefit(wtp, effect)
                after = outcomes.net_monetary_benefit(wtp, effect)
                change = (after[i] - after[j]) - (before[i] - before[j])
                # Whoever uses more of it loses by just what the use costs more.
                probe.near(change, (1.0 - DEARER) * used[i], f"{category} dearer, {name}")
    if not tried:
        raise NotApplicable("no category of cost differs between strategies")
    return probe.verdict()


def _dearer(scenario: Scenario, category: str) -> Scenario:
    """Return the scenario with one category of cost dearer."""
    made = alter.freed(scenario)
    more = alter.times(DEARER)

    def costs(given: Any, usual: str) -> Any:
        return {
            name: _raised(formula, more) if (name or usual) == category else formula
            for name, formula in given.items()
        }

    def event(one: Any, usual: str) -> Any:
        return None if one is None else one.model_copy(update={"cost": costs(one.cost, usual)})

    return replace(
        made,
        states={
            name: state.model_copy(update={
                "cost": costs(state.cost, "states"), "on_entry": event(state.on_entry, "arrivals"),
            })
            for name, state in made.states.items()
        },
        transitions={
            source: {target: event(move, "moves") for target, move in row.items()}
            for source, row in made.transitions.items()
        },
        tree={
            node: {key: event(branch, "pathway") for key, branch in row.items()}
            for node, row in made.tree.items()
        },
        strategies={
            name: one.model_copy(
                update={"one_off": tuple(event(item, "one_off") for item in one.one_off)}
            )
            for name, one in made.strategies.items()
        },
    )  # fmt: skip


def _raised(cost: Any, more: Any) -> Any:
    """Return a cost, of a state or of an event, that is dearer."""
    if hasattr(cost, "value") and hasattr(cost, "model_copy"):
        return cost.model_copy(update={"value": more(cost.value)})
    return more(cost)


def _shrinks(bench: Bench) -> Verdict:
    bench.needs_options()
    scenario, probe = bench.scenario, Probe()
    found = movers(bench, ratios(scenario))
    if not found:
        raise NotApplicable("no ratio of effect moves health")
    twin_values = bench.model.parameter_values(bench.sample.draws, found)
    sizes = {name: float(value[0]) for name, value in twin_values.items()}
    none = bench.once(alter.parameters(scenario, dict.fromkeys(found, 1.0)))
    half = alter.parameters(scenario, {name: size**0.5 for name, size in sizes.items()})
    weaker = bench.once(half)
    for option in scenario.options:
        if abs(_gap(bench, none, option)) > EXACT:
            probe.say(f"{option} differs in health also by something else")
            continue
        full, less = _gap(bench, bench.base, option), _gap(bench, weaker, option)
        if abs(less) > abs(full) * (1 + EXACT) and _meant(bench, half, option, less):
            probe.say(f"{option}: a weaker effect gains more, and the reference agrees; see "
                      "whether this is meant")  # fmt: skip
            continue
        probe.at_most(abs(less), abs(full), f"{option} with {', '.join(found)} nearer to 1")
    return probe.verdict()


def _uptake(bench: Bench) -> Verdict:
    bench.needs_options()
    scenario, probe = bench.scenario, Probe()
    found = movers(bench, called(scenario, UPTAKE), 0.0)
    if not found:
        raise NotApplicable("no input that moves health is called uptake, attendance or coverage")
    empty = alter.parameters(scenario, dict.fromkeys(found, 0.0))
    outcomes = bench.once(empty)
    j = outcomes.index(scenario.comparator)
    for option in scenario.options:
        gain = _gap(bench, outcomes, option)
        if abs(gain) > EXACT and _meant(bench, empty, option, gain):
            probe.say(f"{option} changes health also by another way than {', '.join(found)}")
            continue
        probe.near(gain, 0.0, f"{option} with {', '.join(found)} at 0")
        extra = float(outcomes.cost[outcomes.index(option), 0] - outcomes.cost[j, 0])
        if abs(extra) > EXACT:
            probe.say(f"{option} costs {extra:,.2f} per person even if nobody comes")
    return probe.verdict()


def _accuracy(bench: Bench) -> Verdict:
    scenario, probe = bench.scenario, Probe()
    if not scenario.tree:
        raise NotApplicable("there is no tree of tests")
    perfect = {word: _accuracies(scenario, word) for word in ("sensitivity", "specificity")}
    if not any(perfect.values()):
        raise NotApplicable("no input is called sensitivity or specificity")
    for word, names in perfect.items():
        if names:
            _emptied(bench, probe, dict.fromkeys(names, 1.0), names, f"{word} of 1")
    prevalence = called(scenario, PREVALENCE)
    if prevalence:
        null = dict.fromkeys(prevalence, 0.0)
        _emptied(bench, probe, null, prevalence, "prevalence of 0")
        _undefined(bench, probe, alter.parameters(scenario, null))
    else:
        probe.say("no input is called prevalence")
    return probe.verdict()


def _accuracies(scenario: Scenario, word: str) -> list[str]:
    joint = [f"{name}.{word}" for name, p in scenario.parameters.items() if p.accuracy is not None]
    return [name for name in called(scenario, word) if name not in joint] + joint


def _emptied(
    bench: Bench, probe: Probe, values: dict[str, float], names: Sequence[str], what: str
) -> None:
    """Compare the branches that must be empty: those that the reference finds empty."""
    # Who goes which way does not depend on what comes after.
    short = alter.lasting(bench.scenario, 1) if bench.scenario.states else bench.scenario
    made, about = counted_branches(alter.parameters(short, values), names)
    if not about:
        probe.say(f"{what}: no branch depends on it")
        return
    outcomes = bench.once(made)
    usual = bench.once(counted_branches(alter.freed(short), names)[0])
    empty = 0
    for i, strategy in enumerate(outcomes.strategies):
        told = bench.told(made, strategy)
        for name in about:
            before = usual.shares[name][i, 0] if name in usual.shares else 0.0
            if before > 0.0 and abs(told.shares.get(name, 0.0)) <= 1e-15:
                empty += 1
                share = outcomes.shares[name][i, 0] if name in outcomes.shares else 0.0
                probe.near(share, 0.0, f"{strategy}, {name}, {what}")
    if not empty:
        probe.say(f"a {what} empties no branch")


def _undefined(bench: Bench, probe: Probe, scenario: Scenario) -> None:
    """See that a ratio over nobody has no value."""
    ratio = {name: m for name, m in scenario.measures.items() if m.ratio and not m.compared_with}
    if not ratio:
        return
    model = compile_model(scenario)
    outcomes = model.evaluate(bench.sample.draws)
    run = bench.ask(scenario, ["pathway"])
    for name, measure in ratio.items():
        assert measure.ratio is not None
        for strategy in scenario.strategies:
            bottom: Expr = measure.ratio[1]
            people = model.measure_values(bench.sample.draws, outcomes, bottom, strategy)
            for q in run.quantities:
                if q.quantity == name and q.strategy == strategy and people[0] == 0.0:
                    probe.note(np.nan if q.value is not None else 0.0, f"{name}, {strategy}")


def _longer(bench: Bench) -> Verdict:
    bench.needs_states()
    if bench.cycles < 2:
        raise NotApplicable("there is one cycle only")
    scenario = bench.scenario
    if (scenario.time.cycle_counting.life_years or scenario.time.cycle_counting.qaly) == "simpson":
        scenario = alter.counted(scenario, "half-cycle")
    probe = Probe()
    years = bench.run(scenario).life_years
    for cycles in {max(1, bench.cycles // 2), bench.cycles - 1}:
        short = bench.run(alter.lasting(alter.freed(scenario), cycles))
        probe.at_most(short.life_years, years, f"{cycles} cycles against {bench.cycles}")
    return probe.verdict()


CHECKS = (
    Check("V16", "direction", "What an option uses up, made dearer, makes it worse by just its use",
          "a price that is not used; savings counted as costs", EXACT, _prices),
    Check("V17", "direction", "A weaker effect gains less",
          "a ratio the wrong way up; a ratio applied to the wrong group", EXACT, _shrinks),
    Check("V18", "direction", "If nobody comes, nobody gains",
          "effects on people who were never reached; uptake applied twice", EXACT, _uptake),
    Check("V19", "direction", "A perfect test misses nobody and alarms nobody; without disease "
          "there is no case, and a cost per case has no value",
          "complements taken from the wrong row; division by nobody", EXACT, _accuracy),
    Check("V20", "direction", "A longer horizon gives no fewer life years",
          "a last boundary left out; weights below 0", EXACT, _longer),
)  # fmt: skip
