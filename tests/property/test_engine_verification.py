"""What is true of every model, whatever it says: the checks that auditors of models run.

The numbers in the names follow the usual lists (TECH-VER: Büyükkaramikli et al. 2019,
PharmacoEconomics 37:1391): flow, value, comparison, monotone behaviour. What concerns the numerical
method is in test_engine_twin.py and tests/unit/model/test_counting.py.
"""

from __future__ import annotations

import copy
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from model_building import base, build, rows
from numpy.testing import assert_allclose
from random_scenarios import scenarios

from heco.scenario.expressions import parse

few = settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
shares = st.floats(0.05, 0.95)


def evaluate(data: dict[str, Any], draws: list[dict[str, float]], **asked: bool) -> Any:
    model = build(copy.deepcopy(data))
    return model.evaluate(rows(**{name: [d[name] for d in draws] for name in draws[0]}), **asked)


def moves(data: dict[str, Any]) -> Any:
    """Yield every move as a table, with its source and destination."""
    for source, row in data["transitions"].items():
        for target, move in row.items():
            if isinstance(move, dict):
                yield source, target, move


def without_events(data: dict[str, Any]) -> dict[str, Any]:
    """Take away what is gained or lost at once: arrivals, moves, branches, one-offs."""
    for state in data["states"].values():
        state.pop("on_entry", None)
    for _, _, move in moves(data):
        move.pop("qaly", None)
        move.pop("cost", None)
    for node in data.get("tree", {}).values():
        for branch in node.values():
            branch.pop("qaly", None)
            branch.pop("cost", None)
    for strategy in data["strategies"].values():
        strategy.pop("one_off", None)
    return data


# -- flow --------------------------------------------------------------------------------------


@few
@given(scenarios())
def test_v4_without_death_nobody_dies(found):
    data, draws = found
    last = list(data["states"])[-1]
    for _, target, move in moves(data):
        if target == last:
            move["rate" if "rate" in move else "p"] = 0
    trace = evaluate(data, draws, trace=True).trace[:, :, -1]
    assert_allclose(trace, np.broadcast_to(trace[:, :1], trace.shape), atol=1e-12)


@few
@given(scenarios(exponential=False))
def test_v4_with_certain_death_all_are_dead_after_a_cycle(found):
    data, draws = found
    last = list(data["states"])[-1]
    data["transitions"] = {state: {last: 1} for state in data["transitions"]}
    for state in data["states"].values():
        state.pop("track", None)
    trace = evaluate(data, draws, trace=True).trace
    assert_allclose(trace[:, 1:, -1], 1, atol=1e-12)


@few
@given(scenarios(exponential=False))
def test_v5_if_everybody_stays_the_trace_is_constant(found):
    data, draws = found
    data["transitions"] = {state: {state: "rest"} for state in data["transitions"]}
    trace = evaluate(data, draws, trace=True).trace
    assert_allclose(trace, np.broadcast_to(trace[:, :1], trace.shape), atol=1e-12)


# -- value -------------------------------------------------------------------------------------


@few
@given(scenarios())
def test_v6_utilities_of_0_are_worth_nothing(found):
    data, draws = found
    for state in data["states"].values():
        state["utility"] = 0
    outcomes = evaluate(without_events(data), draws)
    assert_allclose(outcomes.qaly, 0, atol=1e-15)


@few
@given(scenarios())
def test_v7_without_prices_nothing_costs_and_doubled_prices_cost_double(found):
    data, draws = found
    free = evaluate(data, [{**draw, "money": 0.0} for draw in draws])
    assert_allclose(free.cost, 0, atol=1e-12)
    once = evaluate(data, draws)
    twice = evaluate(data, [{**draw, "money": 2 * draw["money"]} for draw in draws])
    assert_allclose(twice.cost, 2 * once.cost, rtol=1e-12)
    assert_allclose(twice.qaly, once.qaly, rtol=1e-12, atol=1e-15)


@few
@given(scenarios())
def test_v8_qalys_are_no_more_than_life_years(found):
    data, draws = found
    data["time"]["values"] = "per year"
    counting = data["time"]["cycle_counting"]
    counting["life_years"] = counting["qaly"]
    for state in data["states"].values():
        state["alive"] = True
    outcomes = evaluate(without_events(data), draws)
    assert np.all(outcomes.qaly <= outcomes.life_years + 1e-9)
    assert np.all(outcomes.qaly_undiscounted >= -1e-12)


@few
@given(scenarios())
def test_v9_without_discounting_totals_are_the_undiscounted_ones(found):
    data, draws = found
    data["time"]["discount"] = {"cost": 0, "qaly": 0}
    outcomes = evaluate(data, draws)
    for name in ("cost", "qaly", "life_years"):
        assert_allclose(getattr(outcomes, name), getattr(outcomes, f"{name}_undiscounted"))


@few
@given(scenarios(), st.floats(0, 0.5), st.floats(0, 0.5))
def test_v9_a_higher_rate_makes_less_of_what_is_not_negative(found, one, other):
    data, draws = found
    without_events(data)
    totals = []
    for rate in sorted((one, other)):
        data["time"]["discount"] = {"cost": rate, "qaly": rate}
        outcomes = evaluate(data, draws)
        totals.append(np.concatenate([outcomes.cost, outcomes.qaly, outcomes.life_years]))
    assert np.all(totals[1] <= totals[0] * (1 + 1e-12) + 1e-12)


@few
@given(scenarios())
def test_v20_a_longer_horizon_gives_no_fewer_life_years(found):
    data, draws = found
    data["time"]["cycle_counting"]["life_years"] = "half-cycle"
    data["time"].pop("discount_timing", None)
    cycles = int(data["time"]["horizon"].split()[0])
    short = evaluate(data, draws)
    data["time"]["horizon"] = f"{cycles + 1} cycles"
    for state in data["states"].values():
        state.pop("track", None)
    data["parameters"]["looked_up"]["table"]["values"].append([8, 0.5])
    assert np.all(evaluate(data, draws).life_years >= short.life_years * (1 - 1e-9))


@few
@given(scenarios(), st.integers(1, 1_000_000))
def test_v23_a_cohort_of_n_spends_n_times_as_much(found, n):
    data, draws = found
    for strategy in data["strategies"].values():
        strategy.pop("one_off", None)
    data["population"]["size"] = n
    model = build(copy.deepcopy(data))
    given_draws = rows(**{name: [draw[name] for draw in draws] for name in draws[0]})
    outcomes = model.evaluate(given_draws)
    first = model.strategies[0]
    spend = model.measure_values(given_draws, outcomes, parse("spend"), first)
    assert_allclose(spend, n * outcomes.cost_undiscounted[0], rtol=1e-12)


# -- comparison and monotone behaviour, on a screening programme -----------------------------------


def screening(**changes: float) -> Any:
    """Return the outcomes of no screening and of screening."""
    values = {
        "uptake": 0.7, "prevalence": 0.1, "sensitivity": 0.8, "specificity": 0.9, "rr": 0.5,
        "c_test": 15.0, **changes,
    }  # fmt: skip
    data = {
        "time": {"cycle": "1 year", "horizon": "10 years"},
        "parameters": {name: {"fixed": value} for name, value in values.items()}
        | {"on": {"fixed": 0, "lever": True}},
        "tree": {
            "invite": {
                "comes": {"p": "uptake * on", "to": "test", "cost": {"test": "c_test"}},
                "stays_away": {"p": "rest", "to": "unseen"},
            },
            "test": {
                "tp": {"p": "prevalence * sensitivity", "to": "treated", "count": ["found"]},
                "fn": {"p": "prevalence * (1 - sensitivity)", "to": "ill", "count": ["missed"]},
                "fp": {"p": "(1 - prevalence) * (1 - specificity)", "to": "well", "count": "fp"},
                "tn": {"p": "rest", "to": "well"},
            },
            "unseen": {
                "ill": {"p": "prevalence", "to": "ill"},
                "well": {"p": "rest", "to": "well"},
            },
        },
        "states": {
            "well": {"utility": 0.9},
            "ill": {"utility": 0.6},
            "treated": {"utility": 0.6},
            "dead": {"absorbing": True},
        },
        "transitions": {
            "well": {"dead": 0.02, "well": "rest"},
            "ill": {"dead": 0.2, "ill": "rest"},
            "treated": {"dead": "0.2 * rr", "treated": "rest"},
        },
        "strategies": {
            "none": {"enters": "invite"},
            "screen": {"enters": "invite", "set": {"on": 1}},
        },
        "checks": {"same_at_entry": [["well"], ["ill", "treated"]]},
    }
    return base(build(data))


def inmb(outcomes: Any, wtp: float = 20_000) -> float:
    benefit = outcomes.net_monetary_benefit(wtp)[:, 0]
    return float(benefit[1] - benefit[0])


def gain(outcomes: Any) -> float:
    return float(outcomes.qaly[1, 0] - outcomes.qaly[0, 0])


@few
@given(shares, shares, shares)
def test_v14_an_effect_of_1_gains_nothing(uptake, prevalence, sensitivity):
    outcomes = screening(uptake=uptake, prevalence=prevalence, sensitivity=sensitivity, rr=1.0)
    assert_allclose(outcomes.qaly[0], outcomes.qaly[1], rtol=1e-12)


def test_v15_net_benefit_is_a_line_whose_slope_is_the_gain():
    outcomes = screening()
    points = [inmb(outcomes, wtp) for wtp in (0.0, 10_000.0, 30_000.0)]
    assert (points[2] - points[0]) / 30_000 == pytest.approx(gain(outcomes))
    assert (points[1] - points[0]) / 10_000 == pytest.approx(gain(outcomes))


@few
@given(st.floats(1, 100), st.floats(1.01, 3))
def test_v16_what_an_option_uses_up_makes_it_worse_as_it_gets_dearer(price, times):
    assert inmb(screening(c_test=price * times)) < inmb(screening(c_test=price))


@few
@given(st.floats(0.1, 0.9), st.floats(0.01, 0.1))
def test_v17_a_weaker_effect_gains_less(rr, weaker):
    assert gain(screening(rr=rr + weaker)) < gain(screening(rr=rr))


@few
@given(shares, shares)
def test_v18_without_uptake_strategies_are_equal(prevalence, sensitivity):
    outcomes = screening(uptake=0.0, prevalence=prevalence, sensitivity=sensitivity)
    assert_allclose(outcomes.cost[0], outcomes.cost[1], atol=1e-15)
    assert_allclose(outcomes.qaly[0], outcomes.qaly[1], rtol=1e-13)


@few
@given(shares, shares)
def test_v19_a_perfect_test_misses_nobody_and_alarms_nobody(uptake, prevalence):
    outcomes = screening(uptake=uptake, prevalence=prevalence, sensitivity=1.0, specificity=1.0)
    assert_allclose(outcomes.shares.get("missed", 0), 0, atol=1e-15)
    assert_allclose(outcomes.shares.get("fp", 0), 0, atol=1e-15)
    assert outcomes.shares["found"][1, 0] == pytest.approx(uptake * prevalence)


def test_v19_where_nobody_is_ill_nobody_is_found():
    outcomes = screening(prevalence=0.0)
    assert "found" not in outcomes.shares or outcomes.shares["found"][1, 0] == 0
    assert outcomes.cost[1, 0] > outcomes.cost[0, 0]
