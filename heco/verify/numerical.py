"""V21 to V23: the numerical method: cycles, units, sizes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from itertools import pairwise
from typing import Any

import numpy as np

from heco.outcomes import Array
from heco.scenario.expressions import Call, Expr, Name, Number, names
from heco.scenario.fields import Value
from heco.scenario.scenario import Scenario
from heco.scenario.schema_structure import Move
from heco.verify import alter
from heco.verify.bench import TOTALS, Bench
from heco.verify.check import EXACT, Check, NotApplicable, Probe, Verdict

#: Cycles that are halved at most; a longer model is cut short.
MOST_CYCLES = 1_250
#: The share of a change that may be left when the cycle is halved again: about a half if exits are
#: handled to first order, a quarter for the trapezoid.
LEFT = 0.75
LEFT_TRAPEZOID = 0.3
#: Changes that are no longer followed, relative to the net benefit and to all that a strategy costs
#: and gains; more where something changes with time, because it may do so in steps between cycles.
SETTLED = (1e-6, 1e-10)
SETTLED_IN_STEPS = (1e-3, 1e-8)
#: By what factor life years may change in all when cycles become eight times shorter.
SHORTER = 1.5
#: People whom a cohort is made of, and again.
PEOPLE = 1_000.0


def formulas_of(scenario: Scenario) -> Iterator[Expr]:
    """Yield the formulas of the cohort model."""
    for state in scenario.states.values():
        yield from (value.value for value in state.cost.values())
        if state.utility is not None:
            yield state.utility.value
    for row in scenario.transitions.values():
        for move in row.values():
            yield from (f for f in (move.p, move.rate, move.qaly) if f is not None and f != "rest")
            yield from move.cost.values()


def _depends(scenario: Scenario, formula: Expr, word: str) -> bool:
    """Return whether a formula depends on a word, directly or through parameters."""
    seen: set[str] = set()
    waiting = [formula]
    while waiting:
        for name in names(waiting.pop()) - seen:
            seen.add(name)
            parameter = scenario.parameters.get(name)
            if parameter is not None and parameter.expr is not None:
                waiting.append(parameter.expr)
            if parameter is not None and parameter.table is not None:
                seen.add(parameter.table.by)
    return word in seen


def _any_cycle(bench: Bench) -> None:
    """Go no further with a model whose words mean something else in other cycles."""
    scenario = bench.scenario
    for source, row in scenario.transitions.items():
        for target, move in row.items():
            fixed = move.p is not None and move.p != "rest" and move.p != Number(0.0)
            if fixed and not _depends(scenario, move.p, "cycle_length"):  # type: ignore[arg-type]
                raise NotApplicable(
                    f"the move from {source} to {target} is a probability for this length of cycle"
                )
    for word in ("cycle", "state_cycle", "state_time"):
        if any(_depends(scenario, formula, word) for formula in formulas_of(scenario)):
            raise NotApplicable(f"something depends on {word}")
    default = scenario.time.values.removeprefix("per ")
    for state in scenario.states.values():
        worth = [*state.cost.values(), *([state.utility] if state.utility else [])]
        if any((value.per or default) == "cycle" or value.timing == "start" for value in worth):
            raise NotApplicable("something is counted per cycle")
    dates = [branch.at for row in scenario.tree.values() for branch in row.values()]
    dates += [event.at for one in scenario.strategies.values() for event in one.one_off]
    if any(at is not None and at.cycles for at in dates):
        raise NotApplicable("something is dated in cycles")


def _halved(bench: Bench) -> Verdict:
    bench.needs_states()
    _any_cycle(bench)
    scenario = alter.counted(alter.freed(bench.scenario), "half-cycle")
    scenario = alter.timed(scenario, discounting="continuous-index")
    assert scenario.time.cycle is not None
    length, cycles = scenario.time.cycle.years, min(bench.cycles, MOST_CYCLES)
    exact = scenario.time.exits == "matrix-exponential"
    timeless = not any(
        _depends(scenario, formula, word)
        for formula in formulas_of(scenario)
        for word in ("time", "age")
    )
    # Somebody who goes and comes back within a cycle is not seen to move.
    smooth = exact and timeless and not _eventful(scenario)
    probe = Probe(LEFT_TRAPEZOID if smooth else LEFT)
    results, years = [], []
    for k in (1, 2, 4, 8):
        outcomes = bench.once(alter.in_cycles_of(scenario, length / k, cycles * k))
        results.append(_benefits(bench, outcomes))
        years.append(outcomes.life_years_undiscounted[:, 0])
    # Errors of several orders may cancel in long cycles; the shortest show how fast it converges.
    _, first, second = (np.abs(b - a) for a, b in pairwise(results))
    of_result, of_all = SETTLED if timeless else SETTLED_IN_STEPS
    settled = of_result * np.abs(results[0]) + of_all * np.maximum(1.0, _scale(bench))
    for i, name in enumerate(bench.scenario.strategies):
        share = second[i] / max(first[i], 1e-300) if second[i] > settled[i] else 0.0
        probe.note(share, f"net benefit of {name}")
        # What converges to the wrong place converges as well.
        if years[0][i] > 0.0:
            factor = max(years[-1][i] / years[0][i], years[0][i] / max(years[-1][i], 1e-300))
            if factor > SHORTER:
                probe.note(np.inf, f"life years of {name}: {factor:.2g} times what they were")
    if cycles < bench.cycles:
        probe.say(f"over the first {cycles:,} cycles")
    return probe.verdict()


def _benefits(bench: Bench, outcomes: Any) -> Array:
    """Return what each strategy is worth beside the comparator; alone, its own worth."""
    benefit = outcomes.net_monetary_benefit(bench.wtp[0], bench.scenario.decision.effect)[:, 0]
    if not bench.scenario.options:
        return np.asarray(benefit)
    j = outcomes.index(bench.scenario.comparator)
    made = benefit - benefit[j]
    made[j] = benefit[j]
    return np.asarray(made)


def _eventful(scenario: Scenario) -> bool:
    """Return whether moving or arriving is worth something."""
    moves = (move for row in scenario.transitions.values() for move in row.values())
    return any(move.cost or move.qaly is not None for move in moves) or any(
        state.on_entry is not None for state in scenario.states.values()
    )


def _scale(bench: Bench) -> Array:
    """Return how much money and health a strategy is about, and the comparator beside it."""
    base = bench.base
    worth = np.abs(base.cost[:, 0]) + bench.wtp[0] * np.abs(bench.effects(base)[:, 0])
    return np.asarray(worth + worth[base.index(bench.scenario.comparator)])


def _units(bench: Bench) -> Verdict:
    bench.needs_states()
    scenario = bench.scenario
    made = alter.freed(scenario)
    length = Fraction(made.time.cycle.years) if made.time.cycle else Fraction(1)
    default = made.time.values.removeprefix("per ")

    def value(one: Value) -> Value:
        yearly = (one.per or default) == "year"
        factor = float(length) if yearly else 1.0 / float(length)
        other = Call("mul", (Number(factor), one.value))
        return one.model_copy(update={"value": other, "per": "cycle" if yearly else "year"})

    def move(one: Move) -> Move:
        if one.rate is None:
            return one
        monthly = Call("div", (one.rate, Number(12.0)))
        return one.model_copy(update={"rate": Call("mul", (Number(12.0), monthly))})

    states = {
        name: state.model_copy(update={
            "cost": {key: value(cost) for key, cost in state.cost.items()},
            "utility": None if state.utility is None else value(state.utility),
        })
        for name, state in made.states.items()
    }  # fmt: skip
    moves = {s: {t: move(m) for t, m in row.items()} for s, row in made.transitions.items()}
    other = replace(made, states=states, transitions=moves)
    outcomes = bench.run(alter.in_cycles_of(other, length, bench.cycles))
    probe = Probe()
    for total in TOTALS:
        probe.near(getattr(outcomes, total), getattr(bench.base, total), total)
    return probe.verdict()


def _people(bench: Bench) -> Verdict:
    scenario, probe = bench.scenario, Probe()
    crowds = {}
    for people in (1.0, PEOPLE):
        made = alter.freed(scenario)
        size = made.population.model_copy(update={"size": Number(people)})
        strategies = {
            name: one.model_copy(update={"one_off": tuple(_sized(e, people) for e in one.one_off)})
            for name, one in made.strategies.items()
        }
        crowd = replace(made, population=size, strategies=strategies)
        from heco.model import compile_model

        model = compile_model(crowd)
        outcomes = model.evaluate(bench.rows)
        crowds[people] = (
            outcomes,
            [
                model.measure_values(bench.rows, outcomes, Name("spend"), name)
                for name in made.strategies
            ],
        )
    (one, spent), (many, all_spent) = crowds[1.0], crowds[PEOPLE]
    for total in TOTALS:
        probe.near(getattr(many, total), getattr(one, total), f"{total} per person")
    for i, name in enumerate(scenario.strategies):
        probe.near(all_spent[i], PEOPLE * spent[i], f"spent on {name}")
        probe.near(spent[i], one.cost_undiscounted[i], f"spent on one person, {name}")
    return probe.verdict()


def _sized(event: Any, people: float) -> Any:
    """Return what is paid for a whole cohort, for a cohort of another size."""
    if event.per != "cohort":
        return event
    made = alter.times(people)
    gain = None if event.qaly is None else made(event.qaly)
    cost = {name: made(formula) for name, formula in event.cost.items()}
    return event.model_copy(update={"cost": cost, "qaly": gain})


CHECKS = (
    Check("V21", "numerical", "Halving the cycle converges: each halving changes less",
          "yearly probabilities used as those of a cycle; competing exits converted one by one",
          LEFT, _halved, "of the change before"),
    Check("V22", "numerical", "The same numbers per month and per year, per cycle and per year, "
          "give the same totals", "a unit converted twice or not at all", EXACT, _units),
    Check("V23", "numerical", "A cohort of a thousand is a thousand cohorts of one",
          "per-person and whole-cohort amounts confused", EXACT, _people),
)  # fmt: skip
