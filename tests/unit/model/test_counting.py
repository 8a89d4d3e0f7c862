"""Cycle counting: the weights, and what they make of a process whose integral is known exactly."""

from __future__ import annotations

import numpy as np
import pytest
from model_building import base, build
from numpy.testing import assert_allclose
from scipy.linalg import expm

from heco.model.counting import boundary_weights, cycle_dates, side_weights

METHODS = ("start", "end", "half-cycle", "life-table", "simpson")

# The oracle: three states, rates per year, values per year, 3.5%, 40 years (Van Loan 1978).
RATES = np.array([[-0.21, 0.15, 0.06], [0.0, -0.3, 0.3], [0.0, 0.0, 0.0]])
VALUES = np.array([1.0, 0.6, 0.0])
YEARS, RATE = 40, 0.035

ORACLE = """
[time]
cycle = "1 year"
horizon = "40 years"
exits = "matrix-exponential"
discount = { cost = 0.035, qaly = 0.035 }
[population]
starts = { well = 1 }
[states]
well = { utility = 1, cost = 1 }
ill = { utility = 0.6, cost = 0.6 }
dead = { absorbing = true }
[transitions]
well = { ill = { rate = 0.15 }, dead = { rate = 0.06 } }
ill = { dead = { rate = 0.3 } }
"""


def exact(rates: np.ndarray, values: np.ndarray, years: float, rate: float) -> float:
    """Integrate the discounted value of the cohort exactly.

    Van Loan (1978, IEEE Trans Automat Contr 23:395): the top right block of
    exp(t [[Q - delta I, v], [0, 0]]) is the integral of exp((Q - delta I) s) v over s from 0 to t.
    """
    size = len(values)
    block = np.zeros((size + 1, size + 1))
    block[:size, :size] = rates - np.log1p(rate) * np.eye(size)
    block[:size, size] = values
    return float(expm(years * block)[0, size])


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("cycles", [*range(1, 13), 75, 76])
def test_weights_add_up_to_the_number_of_cycles(method, cycles):
    assert_allclose(boundary_weights(method, cycles).sum(), cycles, rtol=1e-13)


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("cycles", [1, 2, 3, 8, 9])
def test_both_sides_of_every_cycle_together_are_the_boundary_weights(method, cycles):
    start, end = side_weights(method, cycles, 0.25, 0.0, "continuous-index")
    boundary = np.append(start, 0.0) + np.insert(end, 0, 0.0)
    assert_allclose(boundary, boundary_weights(method, cycles), atol=1e-14)


def test_simpson_is_the_textbook_rule_and_not_the_swapped_one():
    assert_allclose(boundary_weights("simpson", 6), np.array([1, 4, 2, 4, 2, 4, 1]) / 3)


def test_simpson_ends_with_three_eighths_on_an_odd_number_of_cycles():
    three_eighths = np.array([1, 3, 3, 1]) * 3 / 8
    assert_allclose(boundary_weights("simpson", 3), three_eighths)
    expected = np.append(np.array([1.0, 4.0, 1.0]) / 3, np.zeros(3))
    expected[2:] += three_eighths
    assert_allclose(boundary_weights("simpson", 5), expected)


def test_simpson_on_one_cycle_is_the_trapezoid():
    assert_allclose(boundary_weights("simpson", 1), [0.5, 0.5])


@pytest.mark.parametrize("cycles", [2, 3, 4, 7, 10])
def test_simpson_integrates_cubics_exactly(cycles):
    t = np.arange(cycles + 1.0)
    integral = cycles**4 / 4 - cycles**3 + 2 * cycles
    assert_allclose(boundary_weights("simpson", cycles) @ (t**3 - 3 * t**2 + 2), integral)


@pytest.mark.parametrize(
    ("method", "date"), [("start", 0.0), ("end", 1.0), ("life-table", 0.5), ("half-cycle", 0.5)]
)
def test_what_happens_once_in_a_cycle_is_dated_by_the_method(method, date):
    assert_allclose(cycle_dates(method, 3, 2.0), (np.arange(3) + date) * 2)


def test_discount_timing_moves_the_date_and_not_the_people():
    for timing, date in (("cycle-start", 0), ("cycle-mid", 0.5), ("cycle-end", 1)):
        start, end = side_weights("life-table", 4, 1.0, 0.05, "continuous-index", timing)
        assert_allclose(start, 0.5 * 1.05 ** -(np.arange(4) + date))
        assert_allclose(end, start)


def test_exact_integral_is_the_published_number():
    assert f"{exact(RATES, VALUES, YEARS, RATE):.6f}" == "5.192380"


@pytest.mark.parametrize(
    ("method", "printed"),
    [
        ("simpson", "5.192336"),
        ("life-table", "5.197426"),
        ("half-cycle", "5.205256"),
        ("start", "5.705200"),
        # 5.705200 - 1 + D(40) v(40); with `start` it averages to the half-cycle figure.
        ("end", "4.705312"),
    ],
)
def test_every_method_gives_the_published_number_for_the_oracle(method, printed):
    outcomes = base(build(ORACLE, time={"cycle_counting": method}))
    assert f"{outcomes.qaly[0, 0]:.6f}" == printed
    assert f"{outcomes.cost[0, 0]:.6f}" == printed


def test_simpson_is_within_one_in_ten_thousand_of_the_exact_integral():
    outcomes = base(build(ORACLE, time={"cycle_counting": "simpson"}))
    assert_allclose(outcomes.qaly[0, 0], exact(RATES, VALUES, YEARS, RATE), rtol=1e-4)


def test_life_table_and_half_cycle_agree_where_nothing_is_discounted():
    def total(method):
        return base(build(ORACLE, time={"cycle_counting": method})).qaly_undiscounted[0, 0]

    assert_allclose(total("life-table"), total("half-cycle"), rtol=1e-13)


@pytest.mark.parametrize(
    ("method", "order"), [("start", 1), ("end", 1), ("half-cycle", 2), ("life-table", 2)]
)
def test_halving_the_cycle_brings_the_total_nearer_at_the_order_of_the_method(method, order):
    truth = exact(RATES, VALUES, YEARS, RATE)
    errors = [
        base(build(ORACLE, time={"cycle_counting": method, "cycle": cycle})).qaly[0, 0] - truth
        for cycle in ("6 months", "3 months")
    ]
    assert_allclose(errors[0] / errors[1], 2**order, rtol=0.05)


def test_costs_qalys_and_life_years_may_be_counted_differently():
    ways = {"cost": "end", "qaly": "start", "life_years": "half-cycle"}
    outcomes = base(build(ORACLE, time={"cycle_counting": ways}))
    assert f"{outcomes.cost[0, 0]:.6f}" == "4.705312"
    assert f"{outcomes.qaly[0, 0]:.6f}" == "5.705200"
    alone = base(build(ORACLE, time={"cycle_counting": "half-cycle"}))
    assert_allclose(outcomes.life_years, alone.life_years, rtol=1e-14)


def test_life_years_are_counted_like_qalys_unless_something_else_is_said():
    ways = {"cost": "end", "qaly": "start"}
    outcomes = base(build(ORACLE, time={"cycle_counting": ways}))
    alone = base(build(ORACLE, time={"cycle_counting": "start"}))
    assert_allclose(outcomes.life_years, alone.life_years, rtol=1e-14)


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("cycles", [1, 4, 5])
def test_without_death_and_discounting_every_method_gives_the_horizon(method, cycles):
    model = build(
        """
        [states]
        well = { utility = 1 }
        [transitions]
        well = { well = "rest" }
        [population]
        starts = { well = 1 }
        """,
        time={
            "cycle": "3 months",
            "horizon": f"{cycles} cycles",
            "cycle_counting": method,
            "discount": "none",
        },
    )
    assert_allclose(base(model).qaly[0, 0], cycles / 4, rtol=1e-14)
