"""The engine against its slow twin, and what may change about a scenario without changing it."""

from __future__ import annotations

import ast
import copy
import re
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from model_building import build, rows
from numpy.testing import assert_allclose
from random_scenarios import CYCLES, scenarios

from heco.reference import twins

TOTALS = (
    "cost", "qaly", "life_years",
    "cost_undiscounted", "qaly_undiscounted", "life_years_undiscounted",
)  # fmt: skip

few = settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
more = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))


def evaluate(data: dict[str, Any], draws: list[dict[str, float]], **asked: bool) -> Any:
    """Return the outcomes of a scenario, and its model."""
    model = build(copy.deepcopy(data))
    columns = {name: [draw[name] for draw in draws] for name in draws[0]}
    return model.evaluate(rows(**columns), **asked), model


def same(outcomes, others, order=None, scale=1.0, rtol=1e-9):
    """Assert that two outcomes have the same totals."""
    order = list(range(len(outcomes.strategies))) if order is None else order
    for name in TOTALS:
        value, other = getattr(outcomes, name), getattr(others, name)[order]
        assert_allclose(value, other * scale, rtol=rtol, atol=1e-9, err_msg=name)


@more
@given(scenarios())
def test_the_engine_agrees_with_its_slow_twin(found):
    data, draws = found
    outcomes, model = evaluate(data, draws, trace=True, yearly=True)
    assert outcomes.valid.all(), outcomes.out_of_domain
    told = twins(model.scenario, draws)
    for i, strategy in enumerate(outcomes.strategies):
        for k, twin in enumerate(told[strategy]):
            for name in TOTALS:
                ours, theirs = getattr(outcomes, name)[i, k], getattr(twin, name)
                assert_allclose(ours, theirs, rtol=1e-9, atol=1e-9, err_msg=name)
            trace = [[row[state] for state in outcomes.states] for row in twin.trace]
            assert_allclose(outcomes.trace[i, :, :, k], trace, rtol=1e-9, atol=1e-12)
            for name, cost in twin.cost_by.items():
                found_cost = outcomes.cost_by[name][i, k] if name in outcomes.cost_by else 0.0
                assert_allclose(found_cost, cost, rtol=1e-9, atol=1e-9)
            for name, share in twin.shares.items():
                assert_allclose(outcomes.shares[name][i, k], share, rtol=1e-9)
            for year in range(outcomes.yearly_cost.shape[1]):
                expected = twin.yearly_cost[year]
                assert_allclose(outcomes.yearly_cost[i, year, k], expected, rtol=1e-9, atol=1e-9)


@few
@given(scenarios(), st.randoms(use_true_random=False))
def test_the_order_of_entries_changes_nothing(found, random):
    data, draws = found
    before, _ = evaluate(data, draws)

    def shuffled(entries: dict[str, Any]) -> dict[str, Any]:
        items = list(entries.items())
        random.shuffle(items)
        return dict(items)

    other = {section: shuffled(entries) for section, entries in data.items()}
    for section in ("transitions", "tree"):
        if section in other:
            other[section] = {name: shuffled(row) for name, row in other[section].items()}
    first = next(iter(data["strategies"]))
    other["decision"] = {"comparator": first} if len(data["strategies"]) > 1 else {}
    after, _ = evaluate(other, draws)
    same(before, after, [after.strategies.index(name) for name in before.strategies], rtol=1e-12)


@few
@given(scenarios())
def test_names_change_nothing(found):
    data, draws = found
    before, _ = evaluate(data, draws)
    text = repr(data)
    renamed = {
        "share_a": "zebra", "share_b": "apple", "money": "m", "derived": "aa", "timed": "zz",
        "first": "z_node", "second": "a_node", "strategy_": "way_", "s": "place",
    }  # fmt: skip
    for old, new in renamed.items():
        digits = r"(\d)" if old in ("s", "strategy_") else r"()"
        text = re.sub(rf"(?<![\w.]){old}{digits}(?![\w-])", rf"{new}\1", text)
    other_draws = [{renamed[name]: value for name, value in draw.items()} for draw in draws]
    after, _ = evaluate(ast.literal_eval(text), other_draws)
    assert set(after.states).isdisjoint(before.states)
    same(before, after, rtol=1e-12)


@few
@given(scenarios())
def test_with_utilities_of_1_qalys_are_life_years(found):
    data, draws = found
    data["time"]["values"] = "per year"
    data["time"]["cycle_counting"] = {"cost": "start", "qaly": "half-cycle"}
    data["time"].pop("discount_timing", None)
    for state in data["states"].values():
        state.pop("on_entry", None)
        state["utility"] = 1
    for row in data["transitions"].values():
        for move in row.values():
            if isinstance(move, dict):
                move.pop("qaly", None)
    for node in data.get("tree", {}).values():
        for branch in node.values():
            branch.pop("qaly", None)
    for strategy in data["strategies"].values():
        strategy.pop("one_off", None)
    outcomes, _ = evaluate(data, draws)
    assert_allclose(outcomes.qaly, outcomes.life_years, rtol=1e-9)
    assert_allclose(outcomes.qaly_undiscounted, outcomes.life_years_undiscounted, rtol=1e-9)


@few
@given(scenarios(exponential=True), st.sampled_from(list(CYCLES)))
def test_it_makes_no_difference_how_a_cycle_length_is_written(found, cycle):
    data, draws = found
    data["time"]["cycle"] = cycle
    before, _ = evaluate(data, draws)
    other = {"1 year": "12 months", "6 months": "1/2 year", "1 month": "1/12 year",
             "1/3 year": "4 months"}  # fmt: skip
    data["time"]["cycle"] = other[cycle]
    after, _ = evaluate(data, draws)
    same(before, after, rtol=1e-13)


@few
@given(scenarios())
def test_rates_per_month_are_rates_per_year(found):
    # The same rates entered per month and multiplied by 12; the same money in pence.
    data, draws = found
    before, _ = evaluate(data, draws)
    other = copy.deepcopy(data)
    for row in other["transitions"].values():
        for move in row.values():
            if isinstance(move, dict) and "rate" in move:
                number, _, rest = move["rate"].partition(" ")
                move["rate"] = f"12 * {float(number) / 12!r} {rest}"
    after, _ = evaluate(other, draws)
    same(before, after, rtol=1e-11)
    pence = [{**draw, "money": 100 * draw["money"]} for draw in draws]
    dear, _ = evaluate(other, pence)
    assert_allclose(dear.cost, 100 * before.cost, rtol=1e-9, atol=1e-7)
    assert_allclose(dear.qaly, before.qaly, rtol=1e-11, atol=1e-12)


@few
@given(scenarios())
def test_a_strategy_that_equals_another_gives_the_same_numbers(found):
    data, draws = found
    first = next(iter(data["strategies"]))
    data["strategies"] = {first: data["strategies"][first], "twin": data["strategies"][first]}
    outcomes, _ = evaluate(data, draws)
    for name in TOTALS:
        value = getattr(outcomes, name)
        assert np.array_equal(value[0], value[1])


@few
@given(scenarios())
def test_a_parameter_that_nothing_uses_changes_nothing(found):
    data, draws = found
    before, _ = evaluate(data, draws)
    data["parameters"]["a_spare"] = {"fixed": 3.0}
    after, _ = evaluate(data, [{**draw, "a_spare": float(k)} for k, draw in enumerate(draws)])
    same(before, after, rtol=1e-13)


@few
@given(scenarios())
def test_people_are_neither_made_nor_lost(found):
    data, draws = found
    outcomes, _ = evaluate(data, draws, trace=True)
    assert_allclose(outcomes.trace.sum(axis=2), 1, atol=1e-9)
    assert outcomes.trace.min() >= -1e-12
    absorbed = outcomes.trace[:, :, -1]
    assert np.all(np.diff(absorbed, axis=1) >= -1e-12)


@settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))
@given(a=st.floats(0.05, 0.6), b=st.floats(0.05, 0.6), growth=st.floats(0.0, 0.3))
def test_halving_the_cycle_converges_fourfold(a, b, growth):
    def total(cycle):
        model = build(
            {
                "time": {
                    "cycle": cycle,
                    "horizon": "6 years",
                    "exits": "matrix-exponential",
                    "cycle_counting": "half-cycle",
                },
                "population": {"starts": {"well": 1}},
                "states": {
                    "well": {"utility": 0.9},
                    "ill": {"utility": f"0.6 * exp(-{growth} * time)"},
                    "dead": {"absorbing": True},
                },
                "transitions": {
                    "well": {"ill": {"rate": a}, "dead": {"rate": 0.02}},
                    "ill": {"dead": {"rate": b}},
                },
            }
        )
        return model.evaluate(model.base()).qaly[0, 0]

    totals = [total(cycle) for cycle in ("6 months", "3 months", "1.5 months")]
    assert (totals[0] - totals[1]) / (totals[1] - totals[2]) == pytest.approx(4, rel=0.03)
