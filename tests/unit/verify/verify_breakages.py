"""Mistakes of the kind that modellers make, put into the engine one at a time.

Each is a function of pytest's ``monkeypatch``; its name says what is broken. `KILLS` says which
check must find it.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any

import numpy as np

import heco.analysis.cea as cea
import heco.analysis.curves as curves
import heco.analysis.equity as equity
import heco.analysis.frontier as frontier
import heco.analysis.threshold as threshold
import heco.model.cohort as cohort
import heco.model.counting as counting
import heco.model.evaluation as evaluation
import heco.model.kernel as kernel
import heco.model.model as engine
import heco.model.program as program
import heco.workbook.clocks as clocks
from heco.outcomes import Outcomes
from heco.scenario.functions import CALLS

SCENARIO = """
[decision]
question = "Is screening worth its cost?"
comparator = "none"
option = "screen"
wtp = [20_000, 30_000]
[time]
cycle = "6 months"
horizon = "10 years"
exits = "matrix-exponential"
[population]
size = 1_000

[parameters]
uptake = {label = "Uptake", unit = "probability", beta = {events = 70, n = 100}, source = "s"}
prevalence = {label = "Prevalence", unit = "probability", beta = {events = 20, n = 100}, \
source = "s"}
sensitivity = {label = "Sensitivity", unit = "probability", beta = {events = 80, n = 100}, \
source = "s"}
specificity = {label = "Specificity", unit = "probability", fixed = 0.9, source = "s"}
hr = {label = "Hazard ratio of death, treated", unit = "hazard ratio", \
lognormal = {median = 0.5, ci95 = [0.4, 0.625]}, source = "s"}
c_test = {label = "Test", unit = "GBP", gamma = {mean = 100, se = 20}, source = "s"}
c_ill = {label = "A year of illness", unit = "GBP", fixed = 900, source = "s"}
on = {label = "Screening is offered", fixed = 0, lever = true, source = "s"}

[tree.invite]
comes = {p = "uptake * on", cost = {test = "c_test"}, to = "test"}
stays_away = {p = "rest", to = "unseen"}
[tree.test]
tp = {p = "prevalence * sensitivity", cost = {care = 500}, to = "treated", count = "cases"}
fn = {p = "prevalence * (1 - sensitivity)", to = "ill", count = "missed"}
fp = {p = "(1 - prevalence) * (1 - specificity)", to = "well", count = "alarms", qaly = -0.001}
tn = {p = "rest", to = "well"}
[tree.unseen]
ill = {p = "prevalence", to = "ill"}
well = {p = "rest", to = "well"}

[states]
well = {utility = 0.9}
ill = {utility = 0.6, cost = {care = "c_ill"}}
treated = {utility = 0.6, cost = {care = {value = 300, per = "cycle"}}, on_entry = {cost = 10}}
dead = {absorbing = true}
[transitions]
well = {ill = {rate = 0.03}, dead = {rate = 0.01}}
ill = {dead = {rate = 0.25}}
treated = {dead = {rate = "apply_rate_ratio(0.25, hr)"}}
[strategies]
none = {label = "None", enters = "invite"}
screen = {label = "Screening", enters = "invite", set = {on = 1}, \
one_off = [{cost = 5_000, per = "cohort", at = "1 year"}]}
dear = {label = "Dearer screening", enters = "invite", set = {on = 1}, \
one_off = [{cost = 500, qaly = -0.002}]}
[measures]
per_case = {label = "Cost per case", ratio = ["cost", "share.cases"]}
[analysis]
psa = {draws = 500}
threshold = {solve = [{parameter = "c_test", low = 0, high = 20_000}]}
budget = {years = 4, uptake = [0.5, 1]}
[analysis.equity.groups.rich]
label = "Rich"
share = 0.5
[analysis.equity.groups.poor]
label = "Poor"
share = 0.5
"""

#: Competing rates, and nothing per cycle or exponential: for what depends on the cycle.
RATES = (
    SCENARIO.replace('exits = "matrix-exponential"\n', "")
    .replace('{value = 300, per = "cycle"}', "600")
    .replace(", qaly = -0.001", "")
    .replace("well = {ill = {rate", 'well = {well = "rest", ill = {rate')
    .replace("ill = {dead = {rate", 'ill = {ill = "rest", dead = {rate')
    .replace("treated = {dead = {rate", 'treated = {treated = "rest", dead = {rate')
)


def outcomes_changed(patch: Any, change: Callable[[Outcomes, Any, Any], dict[str, Any]]) -> None:
    """Let the engine return something else."""
    usual = engine.Model.evaluate

    def evaluate(self: Any, draws: Any, **asked: Any) -> Outcomes:
        found = usual(self, draws, **asked)
        return dataclasses.replace(found, **change(found, self, draws))

    patch.setattr(engine.Model, "evaluate", evaluate)


def walks_changed(patch: Any, change: Callable[[Any], None]) -> None:
    """Let people be elsewhere at the end of each chunk of cycles than the moves say."""
    usual = kernel.Walk.step

    def step(self: Any, cycles: int, values: Any, epochs: Any) -> Any:
        occupancy = usual(self, cycles, values, epochs)
        change(occupancy)
        return occupancy

    patch.setattr(kernel.Walk, "step", step)


def weights_changed(patch: Any, change: Callable[[str, Any, int], Any]) -> None:
    usual = counting.boundary_weights

    def weights(method: str, cycles: int) -> Any:
        return change(method, usual(method, cycles), cycles)

    patch.setattr(counting, "boundary_weights", weights)


def samples_changed(patch: Any, change: Callable[[Any], Any]) -> None:
    usual = engine.Model.sample

    def sample(self: Any, n: int, seed: int, design: str = "random") -> Any:
        drawn = usual(self, n, seed, design)
        return dataclasses.replace(drawn, values=change(drawn.values))

    patch.setattr(engine.Model, "sample", sample)


def people_are_lost(patch: Any) -> None:
    def change(occupancy: Any) -> None:
        occupancy[1:] *= 0.999

    walks_changed(patch, change)


def the_dead_come_back(patch: Any) -> None:
    def change(occupancy: Any) -> None:
        back = 0.5 * occupancy[-1, -1]
        occupancy[-1, -1] -= back
        occupancy[-1, 0] += back

    walks_changed(patch, change)


def people_are_paid_for_and_do_not_move(patch: Any) -> None:
    def change(occupancy: Any) -> None:
        stuck = 0.1 * occupancy[1:, 1]
        occupancy[1:, 1] -= stuck
        occupancy[1:, 0] += stuck

    walks_changed(patch, change)


def somebody_dies_of_nothing(patch: Any) -> None:
    def change(occupancy: Any) -> None:
        lost = 0.01 * occupancy[1:, 0]
        occupancy[1:, 0] -= lost
        occupancy[1:, -1] += lost

    walks_changed(patch, change)


def somebody_moves_who_stays(patch: Any) -> None:
    def change(occupancy: Any) -> None:
        moved = 0.01 * occupancy[1:, 0]
        occupancy[1:, 0] -= moved
        occupancy[1:, 1] += moved

    walks_changed(patch, change)


def utility_is_applied_twice(patch: Any) -> None:
    outcomes_changed(patch, lambda o, m, d: {
        "qaly": 0.9 * o.qaly, "qaly_undiscounted": 0.9 * o.qaly_undiscounted,
    })  # fmt: skip


def a_cost_is_written_into_the_total(patch: Any) -> None:
    outcomes_changed(patch, lambda o, m, d: {"cost": o.cost + 5.0})


def utilities_above_one(patch: Any) -> None:
    outcomes_changed(patch, lambda o, m, d: {
        "qaly": 1.2 * o.qaly, "qaly_undiscounted": 1.2 * o.qaly_undiscounted,
    })  # fmt: skip


def discounting_starts_a_year_late(patch: Any) -> None:
    usual = counting.date_factor

    def factor(years: Any, rate: float, rule: str) -> Any:
        return usual(np.maximum(np.asarray(years, dtype=float) - 1.0, 0.0), rate, rule)

    patch.setattr(counting, "date_factor", factor)


def discounting_starts_at_once(patch: Any) -> None:
    usual = counting.date_factor

    def factor(years: Any, rate: float, rule: str) -> Any:
        return usual(np.asarray(years, dtype=float) + 1.0, rate, rule)

    patch.setattr(counting, "date_factor", factor)


def the_last_boundary_is_dropped(patch: Any) -> None:
    def change(method: str, weights: Any, cycles: int) -> Any:
        if method == "half-cycle":
            weights[-1] = 0.0
        return weights

    weights_changed(patch, change)


def simpsons_weights_are_swapped(patch: Any) -> None:
    def change(method: str, weights: Any, cycles: int) -> Any:
        if method == "simpson" and cycles % 2 == 0:
            weights[1:-1:2], weights[2:-1:2] = 2 / 3, 4 / 3
        return weights

    weights_changed(patch, change)


def a_method_is_not_the_integral(patch: Any) -> None:
    def change(method: str, weights: Any, cycles: int) -> Any:
        if method == "simpson":  # adds up to the horizon, and is the start-of-cycle count
            weights[:-1], weights[-1] = 1.0, 0.0
        return weights

    weights_changed(patch, change)


def the_second_strategy_costs_more_by_position(patch: Any) -> None:
    def change(o: Outcomes, model: Any, draws: Any) -> dict[str, Any]:
        cost = o.cost.copy()
        cost[1:2] += 1.0
        return {"cost": cost}

    outcomes_changed(patch, change)


def the_comparator_is_the_first_by_name(patch: Any) -> None:
    usual = cea._pairwise

    def pairwise(context: Any) -> Any:
        table, quantities = usual(context)
        comparator = context.scenario.comparator
        made = [
            dataclasses.replace(q, value=None if q.value is None else abs(q.value))
            if q.comparator == comparator else q
            for q in quantities
        ]  # fmt: skip
        return table, made

    patch.setattr(cea, "_pairwise", pairwise)


def the_first_strategy_is_relabelled(patch: Any) -> None:
    def change(o: Outcomes, model: Any, draws: Any) -> dict[str, Any]:
        return {"qaly": np.concatenate([o.qaly[:1] + 0.01, o.qaly[1:]])}

    outcomes_changed(patch, change)


def costs_leak_into_health(patch: Any) -> None:
    outcomes_changed(patch, lambda o, m, d: {"qaly": o.qaly - 1e-6 * o.cost})


def willingness_to_pay_is_squared(patch: Any) -> None:
    usual = Outcomes.net_monetary_benefit

    def benefit(self: Any, wtp: float, effect: str = "qaly") -> Any:
        return usual(self, wtp * (1 + wtp / 1e6), effect)

    patch.setattr(Outcomes, "net_monetary_benefit", benefit)


def costs_are_counted_as_savings(patch: Any) -> None:
    def benefit(self: Any, wtp: float, effect: str = "qaly") -> Any:
        return wtp * self.effect(effect) + self.cost

    patch.setattr(Outcomes, "net_monetary_benefit", benefit)


def function_changed(patch: Any, name: str, apply: Callable[..., Any]) -> None:
    """Let a function of formulas compute something else, wherever the engine looks it up."""
    function = CALLS[name]
    usual = function.apply
    object.__setattr__(function, "apply", apply)
    patch.setattr(program, "DIRECT", {k: v for k, v in program.DIRECT.items() if k != name})
    patch.callbacks.append(lambda: object.__setattr__(function, "apply", usual))


def a_weaker_effect_does_more(patch: Any) -> None:
    def ratio(rate: Any, hr: Any) -> Any:
        rate, hr = np.asarray(rate, float), np.asarray(hr, float)
        return rate * np.where(hr == 1.0, 1.0, 1.0 - 0.9 * hr)

    function_changed(patch, "apply_rate_ratio", ratio)


def people_gain_who_never_came(patch: Any) -> None:
    def change(o: Outcomes, model: Any, draws: Any) -> dict[str, Any]:
        qaly = o.qaly.copy()
        if "screen" in o.strategies:
            qaly[o.index("screen")] += 0.01
        return {"qaly": qaly}

    outcomes_changed(patch, change)


def everybody_is_counted_a_little_everywhere(patch: Any) -> None:
    outcomes_changed(patch, lambda o, m, d: {
        "shares": {name: share + 1e-4 for name, share in o.shares.items()}
    })  # fmt: skip


def later_years_count_against(patch: Any) -> None:
    usual = evaluation.all_weights

    def weights(time: Any, clock: Any, years: int) -> Any:
        made = usual(time, clock, years)
        found = {}
        for key, value in made.items():
            found[key] = value
            if key == "life_years":
                found[key] = dataclasses.replace(value, **{
                    f.name: getattr(value, f.name) / clock.cycles**2
                    for f in dataclasses.fields(value)
                    if isinstance(getattr(value, f.name), np.ndarray)
                })  # fmt: skip
        return found

    patch.setattr(evaluation, "all_weights", weights)


def yearly_probabilities_are_used_in_every_cycle(patch: Any) -> None:
    usual = program.exit_fraction

    def fraction(total: Any, length: Any, out: Any = None) -> Any:
        return usual(total, 1.0, out)

    patch.setattr(program, "exit_fraction", fraction)


def values_per_cycle_are_taken_per_year(patch: Any) -> None:
    usual = cohort.Worth

    def worth(*args: Any, **named: Any) -> Any:
        made = usual(*args, **named)
        return dataclasses.replace(made, scale=0.5) if made.scale == 1.0 else made

    patch.setattr(cohort, "Worth", worth)


def a_large_cohort_costs_more_each(patch: Any) -> None:
    outcomes_changed(patch, lambda o, m, d: {
        "cost": o.cost if o.population is None else o.cost * (1 + o.population / 1e6)
    })  # fmt: skip


def draws_are_biased(patch: Any) -> None:
    samples_changed(patch, lambda values: values * 0.99)


def draws_depend_on_the_moment(patch: Any) -> None:
    noise = np.random.default_rng()
    samples_changed(patch, lambda v: v * (1 + 1e-6 * noise.random(v.shape)))


def standard_deviations_are_used_for_standard_errors(patch: Any) -> None:
    def wider(values: Any) -> Any:
        mean = values.mean(axis=1, keepdims=True)
        return mean + 1.4 * (values - mean)

    samples_changed(patch, wider)


def ties_are_counted_twice(patch: Any) -> None:
    from heco.verify import uncertainty

    def doubled(cost: Any, effect: Any, wtp: Any) -> Any:
        made = curves.curves(cost, effect, wtp)
        return dataclasses.replace(made, ceac=made.ceac * 1.05)

    patch.setattr(uncertainty, "curves", doubled)


def the_maximum_is_taken_inside_the_mean(patch: Any) -> None:
    patch.setattr(curves.Curves, "evpi", property(lambda self: self.loss.max(axis=0)))


def dominated_strategies_stay_in_the_sequence(patch: Any) -> None:
    patch.setattr(frontier, "_hull", lambda cost, effect, rest: list(rest))
    patch.setattr(frontier, "_dominated", lambda cost, effect, own: {})
    patch.setattr(frontier, "_cross_check", lambda cost, effect, line: None)


def thresholds_are_a_little_off(patch: Any) -> None:
    usual = threshold.Quantity

    def quantity(name: str, value: Any, *args: Any, **named: Any) -> Any:
        off = value is not None and name == "threshold"
        return usual(name, value * 1.05 if off else value, *args, **named)

    patch.setattr(threshold, "Quantity", quantity)


def budgets_are_discounted(patch: Any) -> None:
    def change(o: Outcomes, model: Any, draws: Any) -> dict[str, Any]:
        if o.yearly_cost is None:
            return {}
        factors = 1.035 ** -np.arange(o.yearly_cost.shape[1])[None, :, None]
        return {"yearly_cost": o.yearly_cost * factors}

    outcomes_changed(patch, change)


def health_is_shared_out_twice(patch: Any) -> None:
    usual = equity.Distribution.net.fget
    patch.setattr(equity.Distribution, "net", property(lambda self: 2.0 * usual(self)))


def a_workbook_discounts_a_year_late(patch: Any) -> None:
    original = clocks.factor
    patch.setattr(
        clocks, "factor",
        lambda scenario, names, outcome, date: original(scenario, names, outcome, f"({date}+1)"),
    )  # fmt: skip


def the_engine_is_a_millionth_off(patch: Any) -> None:
    outcomes_changed(patch, lambda o, m, d: {"life_years": o.life_years * (1 + 1e-6)})


#: What is broken -> (the check that must find it, the scenario).
KILLS: dict[Callable[[Any], None], tuple[str, str]] = {
    people_are_lost: ("V1", SCENARIO),
    the_dead_come_back: ("V2", SCENARIO),
    people_are_paid_for_and_do_not_move: ("V3", SCENARIO),
    somebody_dies_of_nothing: ("V4", SCENARIO),
    somebody_moves_who_stays: ("V5", SCENARIO),
    utility_is_applied_twice: ("V6", SCENARIO),
    a_cost_is_written_into_the_total: ("V7", SCENARIO),
    utilities_above_one: ("V8", SCENARIO),
    discounting_starts_a_year_late: ("V9", SCENARIO),
    discounting_starts_at_once: ("V9", SCENARIO),
    the_last_boundary_is_dropped: ("V10", SCENARIO),
    simpsons_weights_are_swapped: ("V10", SCENARIO),
    the_second_strategy_costs_more_by_position: ("V11", SCENARIO),
    the_comparator_is_the_first_by_name: ("V12", SCENARIO),
    the_first_strategy_is_relabelled: ("V13", SCENARIO),
    costs_leak_into_health: ("V14", SCENARIO),
    willingness_to_pay_is_squared: ("V15", SCENARIO),
    costs_are_counted_as_savings: ("V16", SCENARIO),
    a_weaker_effect_does_more: ("V17", RATES),
    people_gain_who_never_came: ("V18", SCENARIO),
    everybody_is_counted_a_little_everywhere: ("V19", SCENARIO),
    later_years_count_against: ("V20", SCENARIO),
    yearly_probabilities_are_used_in_every_cycle: ("V21", RATES),
    values_per_cycle_are_taken_per_year: ("V22", SCENARIO),
    a_large_cohort_costs_more_each: ("V23", SCENARIO),
    a_method_is_not_the_integral: ("V24", SCENARIO),
    draws_are_biased: ("V25", SCENARIO),
    draws_depend_on_the_moment: ("V26", SCENARIO),
    standard_deviations_are_used_for_standard_errors: ("V27", SCENARIO),
    ties_are_counted_twice: ("V28", SCENARIO),
    the_maximum_is_taken_inside_the_mean: ("V29", SCENARIO),
    dominated_strategies_stay_in_the_sequence: ("V30", SCENARIO),
    thresholds_are_a_little_off: ("V31", SCENARIO),
    budgets_are_discounted: ("V32", SCENARIO),
    health_is_shared_out_twice: ("V33", SCENARIO),
    a_workbook_discounts_a_year_late: ("V34", RATES),
    the_engine_is_a_millionth_off: ("V35", SCENARIO),
}
