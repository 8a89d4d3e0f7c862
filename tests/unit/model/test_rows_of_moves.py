"""Rows of transitions: the rest, rates that compete, the matrix exponential."""

from __future__ import annotations

import numpy as np
import pytest
from model_building import build, rows
from numpy.testing import assert_allclose
from scipy.linalg import expm

MODEL = """
[time]
cycle = "1 year"
horizon = "3 years"
[population]
starts = { well = 1 }
[states]
well = { utility = 1 }
ill = { utility = 0.5 }
dead = { absorbing = true }
"""


def trace(model, draws=None):
    """Return the trace of the first strategy, shape (boundary, state, draw)."""
    return model.evaluate(draws or model.base(), trace=True).trace[0]


def powers(matrix, cycles=3):
    """Return occupancy from everybody in the first state."""
    start = np.zeros(len(matrix))
    start[0] = 1
    return np.array([start @ np.linalg.matrix_power(matrix, c) for c in range(cycles + 1)])


def test_the_rest_is_what_the_others_leave():
    model = build(
        MODEL,
        transitions={
            "well": {"ill": 0.2, "dead": 0.1, "well": "rest"},
            "ill": {"dead": "rest", "ill": 0.6, "well": 0.15},
        },
    )
    matrix = np.array([[0.7, 0.2, 0.1], [0.15, 0.6, 0.25], [0, 0, 1]])
    assert_allclose(trace(model)[:, :, 0], powers(matrix))


def test_a_row_without_rest_may_add_to_one_by_itself():
    model = build(
        MODEL,
        parameters={"p": {"fixed": 0.2}},
        transitions={"well": {"ill": "p", "well": "1 - p"}, "ill": {"dead": 1}},
    )
    matrix = np.array([[0.8, 0.2, 0], [0, 0, 1], [0, 0, 1]])
    assert_allclose(trace(model)[:, :, 0], powers(matrix))


def test_exits_as_rates_compete_for_one_probability_of_leaving():
    model = build(
        MODEL,
        transitions={
            "well": {"well": "rest", "ill": {"rate": 0.15}, "dead": {"rate": 0.06}},
            "ill": {"ill": "rest", "dead": {"rate": 0.3}},
        },
    )
    first = trace(model)[1, :, 0]
    # Never one by one: 1 - exp(-0.15) = 0.1393 and 1 - exp(-0.06) = 0.0582.
    assert [f"{p:.4f}" for p in first[1:]] == ["0.1353", "0.0541"]
    leave = 1 - np.exp(-0.21)
    assert_allclose(first, [1 - leave, leave * 15 / 21, leave * 6 / 21])


@pytest.mark.parametrize("cycle", ["1 month", "3 months", "1 year"])
def test_rates_are_per_year_whatever_the_cycle(cycle):
    model = build(
        MODEL,
        time={"cycle": cycle},
        transitions={"well": {"well": "rest", "dead": {"rate": 0.2}}, "ill": {"ill": "rest"}},
    )
    assert_allclose(trace(model)[-1, 0, 0], np.exp(-0.6))


def test_a_rate_of_zero_is_legal():
    model = build(
        MODEL,
        parameters={"r": {"fixed": 0.0}},
        transitions={
            "well": {"well": "rest", "ill": {"rate": "r"}, "dead": {"rate": "2 * r"}},
            "ill": {"ill": "rest"},
        },
    )
    at_base = trace(model)
    assert_allclose(at_base[:, 0, 0], 1)
    several = trace(model, rows(r=[0.0, 0.1, 0.0]))
    assert_allclose(several[-1, 0], [1, np.exp(-0.9), 1])


def test_the_matrix_exponential_lets_people_move_on_within_a_cycle():
    model = build(
        MODEL,
        time={"exits": "matrix-exponential"},
        transitions={
            "well": {"ill": {"rate": 0.15}, "dead": {"rate": 0.06}},
            "ill": {"dead": {"rate": 0.3}, "well": {"rate": "0.1"}},
        },
    )
    rates = np.array([[-0.21, 0.15, 0.06], [0.1, -0.4, 0.3], [0, 0, 0]])
    assert_allclose(trace(model)[:, :, 0], powers(expm(rates)))


def test_the_matrix_exponential_draw_by_draw_and_cycle_by_cycle():
    model = build(
        MODEL,
        time={"exits": "matrix-exponential", "cycle": "6 months"},
        parameters={"r": {"fixed": 0.15}, "g": {"fixed": 0.1}},
        transitions={
            "well": {"ill": {"rate": "r * exp(g * time)"}, "dead": {"rate": 0.06}},
            "ill": {"dead": {"rate": 0.3}},
        },
    )
    draws = rows(r=[0.1, 0.15, 0.9], g=[0.0, 0.1, 0.3])
    found = trace(model, draws)
    for draw, (r, g) in enumerate(draws.values.T):
        people = np.array([1.0, 0, 0])
        for c in range(6):
            out = r * np.exp(g * c / 2)
            rates = np.array([[-out - 0.06, out, 0.06], [0, -0.3, 0.3], [0, 0, 0]])
            people = people @ expm(rates / 2)
            assert_allclose(found[c + 1, :, draw], people, rtol=1e-12)


def test_probabilities_are_read_at_the_start_of_the_cycle():
    model = build(
        MODEL,
        time={"start_age": 60},
        transitions={
            "well": {"dead": "where(time < 1, 0.1, 0) + where(age >= 61, 0.2, 0)", "well": "rest"},
            "ill": {"ill": "rest"},
        },
    )
    assert_allclose(trace(model)[:, 0, 0], [1, 0.9, 0.72, 0.576])


def test_a_table_is_looked_up_cycle_by_cycle():
    model = build(
        MODEL,
        time={"start_age": 60, "cycle": "6 months"},
        parameters={"q": {"table": {"by": "age", "values": [[60, 0.19], [61, 0.36], [63, 0.9]]}}},
        transitions={
            "well": {"dead": "per_cycle(q)", "well": "rest"},
            "ill": {"ill": "rest"},
        },
    )
    expected = np.cumprod([1, 0.9, 0.9, 0.8, 0.8, 0.8, 0.8])
    assert_allclose(trace(model)[:, 0, 0], expected)


def test_an_empty_state_stays_empty_and_nobody_is_lost():
    model = build(
        MODEL,
        states={"never": {"utility": 1}},
        transitions={
            "well": {"ill": 0.5, "well": "rest"},
            "ill": {"well": 0.5, "dead": 0.1, "ill": "rest"},
            "never": {"well": "rest"},
        },
    )
    found = trace(model)
    assert_allclose(found[:, 3], 0)
    assert_allclose(found.sum(axis=1), 1)


@pytest.mark.parametrize("cycle", ["1 year", "1 month"])
def test_forced_moves_stay_forced(cycle):
    model = build(
        MODEL,
        time={"cycle": cycle},
        transitions={"well": {"ill": 1}, "ill": {"dead": 1}},
    )
    found = trace(model)[:, :, 0]
    assert_allclose(found[:3], np.eye(3))
    assert_allclose(found[2:, 2], 1)
