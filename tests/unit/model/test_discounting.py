"""When things are dated, and what a date is worth."""

from __future__ import annotations

import numpy as np
import pytest
from model_building import base, build
from numpy.testing import assert_allclose

from heco.model.counting import date_factor

# Everybody stays well and alive: totals are then sums of discount factors and nothing else.
STAY = """
[time]
cycle = "1 year"
horizon = "4 years"
cycle_counting = "end"
discount = { cost = 0.05, qaly = 0.02 }
[population]
starts = { well = 1 }
[states]
well = { utility = 1, cost = 100 }
[transitions]
well = { well = "rest" }
"""


def test_continuous_index_uses_fractions_of_years():
    assert_allclose(date_factor(1.5, 0.035, "continuous-index"), 1.035**-1.5)


@pytest.mark.parametrize("rule", ["annual-step", "first-year-free"])
def test_whole_years_leave_the_first_year_free(rule):
    assert date_factor(0.99, 0.035, rule) == 1.0
    assert_allclose(date_factor(1.0, 0.035, rule), 1 / 1.035)
    assert_allclose(date_factor(2.5, 0.035, rule), 1.035**-2)


def test_ten_tenths_are_a_year_whatever_floats_say():
    ten_tenths = np.cumsum(np.full(10, 0.1))[-1]
    assert ten_tenths < 1.0
    assert_allclose(date_factor(ten_tenths, 0.1, "annual-step"), 1 / 1.1)


def test_exponential_is_the_force_of_interest():
    assert_allclose(date_factor(3.0, 0.06, "exponential"), np.exp(-0.18))
    assert_allclose(
        date_factor(3.0, np.log(1.06), "exponential"), date_factor(3.0, 0.06, "continuous-index")
    )


def test_costs_and_qalys_have_rates_of_their_own():
    outcomes = base(build(STAY))
    years = np.arange(1, 5)
    assert_allclose(outcomes.cost[0, 0], 100 * (1.05**-years).sum())
    assert_allclose(outcomes.qaly[0, 0], (1.02**-years).sum())
    assert_allclose(outcomes.life_years[0, 0], (1.02**-years).sum())
    assert_allclose(outcomes.cost_undiscounted[0, 0], 400)


def test_undiscounted_totals_do_not_depend_on_the_rate():
    high = base(build(STAY, time={"discount": {"cost": 0.3, "qaly": 0.3}}))
    none = base(build(STAY, time={"discount": "none"}))
    assert_allclose(high.cost_undiscounted, none.cost)
    assert_allclose(high.qaly_undiscounted, none.qaly)


def test_a_very_high_rate_leaves_what_is_dated_at_the_start():
    model = build(
        STAY,
        time={"discount": {"cost": 1e9, "qaly": 1e9}, "cycle_counting": "start"},
        strategies={"only": {"one_off": [{"cost": 7}]}},
    )
    assert_allclose(base(model).cost[0, 0], 107, rtol=1e-6)


@pytest.mark.parametrize(
    ("counting", "timing", "dates"),
    [
        ("start", "auto", [0, 1, 2, 3]),
        ("start", "cycle-end", [1, 2, 3, 4]),
        ("start", "cycle-mid", [0.5, 1.5, 2.5, 3.5]),
        ("end", "auto", [1, 2, 3, 4]),
        ("end", "cycle-start", [0, 1, 2, 3]),
        ("life-table", "auto", [0.5, 1.5, 2.5, 3.5]),
        ("life-table", "cycle-start", [0, 1, 2, 3]),
        ("life-table", "cycle-end", [1, 2, 3, 4]),
    ],
)
def test_values_are_dated_as_discount_timing_says(counting, timing, dates):
    model = build(STAY, time={"cycle_counting": counting, "discount_timing": timing})
    assert_allclose(base(model).cost[0, 0], 100 * (1.05 ** -np.array(dates)).sum())


def test_half_cycle_discounts_each_boundary_at_its_own_time():
    outcomes = base(build(STAY, time={"cycle_counting": "half-cycle"}))
    weights = np.array([0.5, 1, 1, 1, 0.5])
    assert_allclose(outcomes.cost[0, 0], 100 * (weights * 1.05 ** -np.arange(5.0)).sum())


def test_monthly_cycles_under_annual_steps_are_free_for_twelve_months():
    model = build(
        STAY,
        time={
            "cycle": "1 month",
            "horizon": "24 months",
            "discounting": "annual-step",
            "cycle_counting": "start",
        },
    )
    assert_allclose(base(model).cost[0, 0], 100 * (1 + 1 / 1.05))


# -- things that happen once -----------------------------------------------------------------


def once(outcomes):
    return outcomes.cost_undiscounted[0, 0], outcomes.cost[0, 0]


def test_one_offs_are_dated_where_they_say():
    events = [{"cost": 10}, {"cost": 100, "at": "18 months"}, {"qaly": 1, "at": "2 cycles"}]
    model = build(STAY, states={"well": {"utility": 0}}, strategies={"only": {"one_off": events}})
    outcomes = base(model)
    assert_allclose(once(outcomes), (110, 10 + 100 * 1.05**-1.5))
    assert_allclose(outcomes.qaly[0, 0], 1.02**-2)


def test_branches_of_the_tree_are_dated_where_they_say():
    model = build(
        """
        [time]
        discount = { cost = 0.05, qaly = 0.02 }
        [tree]
        node = { a = { p = 0.25, cost = 8, at = "1 year" }, b = { p = "rest", qaly = 4, at = "6 months" } }
        [strategies]
        only = { enters = "node" }
        """  # noqa: E501
    )
    outcomes = base(model)
    assert_allclose(once(outcomes), (2, 2 / 1.05))
    assert_allclose(outcomes.qaly[0, 0], 3 * 1.02**-0.5)


@pytest.mark.parametrize(
    ("counting", "date"),
    [("start", 0), ("end", 1), ("half-cycle", 0.5), ("life-table", 0.5), ("simpson", 0.5)],
)
def test_moves_and_arrivals_are_dated_by_the_method_and_never_corrected(counting, date):
    model = build(
        """
        [states]
        well = {}
        ill = { on_entry = { cost = 10, qaly = -1, at_start = false } }
        [transitions]
        well = { ill = { p = 1, cost = 1000 } }
        ill = { ill = "rest" }
        """,
        time={
            "cycle": "1 year",
            "horizon": "4 years",
            "cycle_counting": counting,
            "discount": {"cost": 0.05, "qaly": 0.02},
        },
        population={"starts": {"well": 1}},
    )
    outcomes = base(model)
    assert_allclose(once(outcomes), (1010, 1010 * 1.05**-date))
    assert_allclose(outcomes.qaly[0, 0], -(1.02**-date))


@pytest.mark.parametrize("counting", ["start", "end", "half-cycle", "life-table", "simpson"])
def test_arrivals_at_the_start_are_paid_in_full_at_time_0(counting):
    arrival = {"cost": 4000, "qaly": -0.5}
    model = build(
        STAY,
        time={"cycle_counting": counting},
        states={"well": {"on_entry": arrival}},
    )
    outcomes = base(model)
    assert_allclose(once(outcomes), (4000, 4000))
    assert_allclose(outcomes.qaly[0, 0], -0.5)
    late = build(STAY, states={"well": {"on_entry": {**arrival, "at_start": False}}})
    assert_allclose(once(base(late)), (0, 0))


@pytest.mark.parametrize("counting", ["start", "end", "half-cycle", "life-table", "simpson"])
def test_what_is_paid_at_the_start_of_a_cycle_is_never_corrected(counting):
    pack = {"value": 30, "per": "cycle", "timing": "start"}
    model = build(
        """
        [states]
        well = { cost = {} }
        dead = { absorbing = true }
        [transitions]
        well = { well = "rest", dead = 0.1 }
        """,
        states={"well": {"cost": {"pack": pack}}},
        time={
            "cycle": "1 year",
            "horizon": "4 years",
            "cycle_counting": counting,
            "discount": {"cost": 0.05, "qaly": 0.02},
        },
        population={"starts": {"well": 1}},
    )
    served = 30 * 0.9 ** np.arange(4)
    outcomes = base(model)
    assert_allclose(once(outcomes), (served.sum(), (served * 1.05 ** -np.arange(4.0)).sum()))


# ---- Rates that change --------------------------------------------------------------------------

#: HM Treasury, The Green Book, annex 6: 3.5% for 30 years, 3% for years 31 to 75, then 2.5%.
GREEN_BOOK = ((0.0, 0.035), (30.0, 0.03), (75.0, 0.025))


@pytest.mark.parametrize(
    ("years", "factor"),
    [
        (0, 1.0),
        (30, 1.035**-30),
        (31, 1.035**-30 / 1.03),
        (75, 1.035**-30 * 1.03**-45),
        (100, 1.035**-30 * 1.03**-45 * 1.025**-25),
        (30.5, 1.035**-30 * 1.03**-0.5),
    ],
)
def test_the_factor_is_the_product_over_the_periods(years, factor):
    assert_allclose(date_factor(years, GREEN_BOOK, "continuous-index"), factor, rtol=1e-14)


def test_the_factors_of_the_green_book_to_four_figures():
    found = date_factor(np.array([1.0, 10.0, 30.0, 31.0]), GREEN_BOOK, "annual-step")
    assert_allclose(found, [0.9662, 0.7089, 0.3563, 0.3459], atol=5e-5)


def test_other_rules_of_dating_go_period_by_period_too():
    assert_allclose(date_factor(31.9, GREEN_BOOK, "annual-step"), 1.035**-30 / 1.03, rtol=1e-14)
    assert_allclose(
        date_factor(32.0, GREEN_BOOK, "exponential"), np.exp(-0.035 * 30 - 0.03 * 2), rtol=1e-14
    )


def test_a_rate_that_changes_to_itself_does_not_change():
    years = np.linspace(0, 80, 161)
    for rule in ("continuous-index", "annual-step", "exponential"):
        same = ((0.0, 0.035), (30.0, 0.035))
        assert_allclose(date_factor(years, same, rule), date_factor(years, 0.035, rule), rtol=1e-13)


def test_costs_and_effects_change_by_themselves():
    # The French guidance: 2.5% for 30 years, then 1.5%; here the step comes after two years.
    steps = [{"rate": 0.025}, {"rate": 0.015, "after": "2 years"}]
    outcomes = base(build(STAY, time={"discount": {"cost": steps, "qaly": 0.02}}))
    factors = [1 / 1.025, 1.025**-2, 1.025**-2 / 1.015, 1.025**-2 * 1.015**-2]
    assert_allclose(outcomes.cost[0, 0], 100 * sum(factors), rtol=1e-14)
    assert_allclose(outcomes.qaly[0, 0], (1.02 ** -np.arange(1, 5)).sum())
    assert_allclose(outcomes.cost_undiscounted[0, 0], 400)


def test_one_number_and_one_list_stand_for_both():
    steps = [{"rate": 0.03}, {"rate": 0.01, "after": "30 months"}]
    for short, written in ((0.05, {"cost": 0.05, "qaly": 0.05}),
                           (steps, {"cost": steps, "qaly": steps})):  # fmt: skip
        one, both = (base(build(STAY, time={"discount": rate})) for rate in (short, written))
        assert one.cost[0, 0] == both.cost[0, 0]
        assert one.qaly[0, 0] == both.qaly[0, 0]


def test_what_falls_once_is_discounted_by_the_same_rates():
    steps = [{"rate": 0.035}, {"rate": 0.01, "after": "1 year"}]
    once = {"one_off": [{"cost": 7, "at": "3 years"}, {"qaly": 1, "at": "1 year"}]}
    model = build(STAY, time={"discount": steps}, strategies={"only": once})
    plain = build(STAY, time={"discount": steps})
    assert_allclose(base(model).cost - base(plain).cost, 7 / 1.035 / 1.01**2, rtol=1e-12)
    assert_allclose(base(model).qaly - base(plain).qaly, 1 / 1.035, rtol=1e-12)
    amounts = model.amounts(model.base(), "only")
    assert_allclose(amounts["[strategies.only] one_off", "cost", "one_off"], 7 / 1.035 / 1.01**2)
