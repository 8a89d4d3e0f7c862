"""What people are worth: drugs that stop at a date, values per cycle, moves, one-offs, shares."""

from __future__ import annotations

import numpy as np
import pytest
from model_building import base, build
from numpy.testing import assert_allclose

METHODS = ("start", "end", "half-cycle", "life-table", "simpson")

STAY = """
[time]
cycle = "1 year"
horizon = "6 years"
discount = "none"
[population]
starts = { well = 1 }
[states]
well = { utility = 1 }
dead = { absorbing = true }
[transitions]
well = { well = "rest" }
"""


def cost(model):
    return base(model).cost[0, 0]


@pytest.mark.parametrize("method", [m for m in METHODS if m != "simpson"])
@pytest.mark.parametrize(
    ("cycle", "horizon"), [("1 year", "6 years"), ("1 month", "4 years"), ("3 months", "3 years")]
)
def test_a_drug_that_stops_at_two_years_costs_two_years(method, cycle, horizon):
    model = build(
        STAY,
        time={"cycle": cycle, "horizon": horizon, "cycle_counting": method},
        states={"well": {"cost": "where(time < 2, 1200, 0)"}},
    )
    assert_allclose(cost(model), 2400, rtol=1e-12)


@pytest.mark.parametrize("cycle", ["1 year", "3 months", "1 month"])
def test_a_drug_that_stops_at_a_break_of_simpson_costs_its_years(cycle):
    # Weights of a pair of cycles are 1, 4, 1 thirds, so the sum over whole pairs is exact.
    model = build(
        STAY,
        time={"cycle": cycle, "horizon": "4 years", "cycle_counting": "simpson"},
        states={"well": {"cost": "where(time < 2, 1200, 0)"}},
    )
    assert_allclose(cost(model), 2400, rtol=1e-12)


@pytest.mark.parametrize("method", METHODS)
def test_a_price_that_changes_is_read_on_the_side_where_people_are_counted(method):
    model = build(
        STAY, time={"cycle_counting": method}, states={"well": {"cost": "10 * floor(time)"}}
    )
    assert_allclose(cost(model), 10 * sum(range(6)), rtol=1e-12)


@pytest.mark.parametrize(
    ("method", "total"),
    [("start", 15.0), ("end", 21.0), ("half-cycle", 18.0), ("life-table", 18.0), ("simpson", 18.0)],
)
def test_a_price_that_rises_steadily(method, total):
    model = build(STAY, time={"cycle_counting": method}, states={"well": {"cost": "time"}})
    assert_allclose(cost(model), total, rtol=1e-8)


def test_values_are_per_year_unless_it_is_said_otherwise():
    def total(value, **time):
        time = {"cycle": "3 months", "horizon": "2 years", "cycle_counting": "start", **time}
        return cost(build(STAY, time=time, states={"well": {"cost": value}}))

    assert_allclose(total(100), 200)
    assert_allclose(total(100, values="per cycle"), 800)
    assert_allclose(total({"value": 100, "per": "cycle"}), 800)
    assert_allclose(total({"value": 100, "per": "year"}, values="per cycle"), 200)


def test_utilities_may_be_per_cycle_too():
    states = {"well": {"utility": {"value": 0.25, "per": "cycle"}}}
    model = build(STAY, time={"cycle": "3 months", "horizon": "2 years"}, states=states)
    assert_allclose(base(model).qaly[0, 0], 2)


def test_categories_and_states_add_up():
    model = build(
        STAY,
        time={"discount": {"cost": 0.05, "qaly": 0.0}},
        states={
            "well": {"utility": 0.8, "cost": {"drug": 10, "visits": {"value": 3, "per": "cycle"}}},
            "ill": {"utility": 0.5, "cost": 7, "on_entry": {"cost": 100}},
        },
        transitions={
            "well": {"ill": {"p": 0.1, "cost": {"ambulance": 50}}, "well": "rest"},
            "ill": {"dead": 0.2, "ill": "rest"},
        },
        strategies={"only": {"one_off": [{"cost": {"set_up": 5}}]}},
    )
    outcomes = base(model)
    expected = {"ambulance", "arrivals", "drug", "set_up", "states", "visits"}
    assert set(outcomes.cost_by) == set(outcomes.spend_by) == expected
    assert_allclose(sum(outcomes.cost_by.values()), outcomes.cost)
    assert_allclose(sum(outcomes.spend_by.values()), outcomes.cost_undiscounted)
    for name in ("cost", "qaly", "life_years"):
        parts = [part for (outcome, _), part in outcomes.by_state.items() if outcome == name]
        assert_allclose(sum(parts), getattr(outcomes, name))
    # Ambulances belong to a move and the set-up to nobody; arrivals belong to the state.
    nowhere = outcomes.cost_by["ambulance"] + outcomes.cost_by["set_up"]
    assert_allclose(outcomes.by_state["cost", ""], nowhere)
    assert_allclose(
        outcomes.by_state["cost", "ill"], outcomes.cost_by["arrivals"] + outcomes.cost_by["states"]
    )


def test_values_of_moves_are_read_at_the_start_of_the_cycle():
    model = build(
        STAY,
        transitions={
            "well": {"dead": {"p": 0.5, "cost": "10 * cycle", "qaly": "0 - time"}, "well": "rest"}
        },
    )
    moves = 0.5 ** np.arange(1, 7)
    outcomes = base(model)
    assert_allclose(outcomes.cost[0, 0], (10 * np.arange(1, 7) * moves).sum())
    alive = outcomes.by_state["qaly", "well"][0, 0]
    assert_allclose(outcomes.qaly[0, 0] - alive, -(np.arange(6) * moves).sum())


def test_arrivals_are_charged_to_those_who_come_from_elsewhere():
    model = build(
        STAY,
        population={"starts": {"well": 0.6, "ill": "rest"}},
        states={"ill": {"utility": 0, "on_entry": {"cost": 10}}},
        transitions={"well": {"ill": 0.5, "well": "rest"}, "ill": {"well": 0.25, "ill": "rest"}},
        time={"horizon": "2 years"},
    )
    # 0.4 start there; 0.3 arrive in the first cycle; then 0.6 * 0.5 + 0.4 * 0.25 = 0.4 are well.
    assert_allclose(cost(model), 10 * (0.4 + 0.3 + 0.2))


def test_one_offs_per_person_and_per_cohort():
    model = build(
        STAY,
        parameters={"n": {"fixed": 200.0}},
        population={"size": "n"},
        strategies={
            "now": {"one_off": [{"cost": 1000, "per": "cohort"}, {"cost": 2}]},
            "twice": {"one_off": [{"cost": "1000 + n", "per": "cohort", "at": "2 years"}]},
        },
    )
    assert_allclose(base(model).cost[:, 0], [7, 6])


@pytest.mark.parametrize(
    ("state", "years"),
    [
        ({"absorbing": True}, 3.0),
        ({"absorbing": True, "alive": True}, 6.0),
        ({"absorbing": True, "utility": 0.1}, 6.0),
        ({"absorbing": True, "cost": 1}, 6.0),
        ({"absorbing": True, "utility": 0.1, "alive": False}, 3.0),
    ],
)
def test_an_absorbing_state_without_utility_and_cost_is_death(state, years):
    model = build(STAY, states={"dead": state}, population={"starts": {"well": 0.5, "dead": 0.5}})
    assert_allclose(base(model).life_years[0, 0], years)


def test_strategies_differ_only_in_their_levers():
    model = build(
        STAY,
        parameters={
            "dose": {"fixed": 1.0, "lever": True},
            "c_drug": {"expr": "100 * dose"},
            "c_half": {"expr": "c_drug / 2"},
        },
        states={"well": {"cost": "c_half"}},
        strategies={"one": {}, "three": {"set": {"dose": "dose * 3"}}},
    )
    assert_allclose(base(model).cost[:, 0], [300, 900])


def test_strategies_may_start_differently():
    model = build(
        STAY,
        population={"starts": {"well": "rest"}},
        strategies={"all": {}, "half": {"starts": {"well": 0.5, "dead": "rest"}}},
    )
    outcomes = base(model)
    assert_allclose(outcomes.entry[:, :, 0], [[1, 0], [0.5, 0.5]])
    assert_allclose(outcomes.qaly[:, 0], [6, 3])


# -- by model year ---------------------------------------------------------------------------


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("cycle", ["1 year", "6 months", "1 month"])
def test_yearly_costs_add_up_to_the_undiscounted_total(method, cycle):
    model = build(
        STAY,
        time={"cycle": cycle, "cycle_counting": method, "discount": "nice"},
        states={"well": {"utility": 1, "cost": "100 + 10 * time"}},
        transitions={"well": {"dead": {"p": "per_cycle(0.2)", "cost": 40}, "well": "rest"}},
        strategies={
            "only": {"one_off": [{"cost": 9}, {"cost": 5, "at": "30 months"}]},
            "late": {"one_off": [{"cost": 80, "at": "6 years"}]},
        },
    )
    outcomes = base(model, yearly=True)
    assert outcomes.yearly_cost.shape == (2, 7, 1)
    assert_allclose(outcomes.yearly_cost.sum(axis=1), outcomes.cost_undiscounted, rtol=1e-13)
    assert_allclose(outcomes.yearly_cost[:, 6, 0], [0, 80])
    assert_allclose(outcomes.yearly_cost[0, 2] - outcomes.yearly_cost[1, 2], 5)


def test_a_cycle_belongs_to_the_year_in_which_it_starts():
    model = build(
        STAY,
        time={"cycle": "6 months", "horizon": "2 years", "cycle_counting": "half-cycle"},
        states={"well": {"cost": "where(time < 1, 100, 1000)"}},
    )
    assert_allclose(base(model, yearly=True).yearly_cost[0, :, 0], [100, 1000])


def test_yearly_costs_are_kept_only_if_asked_for():
    assert base(build(STAY)).yearly_cost is None
    assert base(build(STAY)).trace is None
