"""The model of the book's ninth chapter gives what the book's program gives, transcribed."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest

import heco

HERE = Path(__file__).parent
YEARS = 50

# Coefficients of recurrence, logarithm of the rate of death from cancer, one-off cost and QALYs.
ARMS = {
    "observation": ((-0.4397653, 0.4596922, 0.1379289), -0.57335844, 0, 0),
    "lev": ((-0.3660914, 0.5413504, 0.1007300), -0.57335844 + 0.05479799, 5400, -0.02),
    "lev5fu": ((0.2965285, 0.5154467, 0.2704233), -0.57335844 + 0.05479799, 10800, -0.04),
}


def program(arm):
    """The book's matrices, trace and totals, cycle by cycle."""
    (theta, shape, scale), log_rate, cost, qaly = ARMS[arm]
    cured = math.exp(theta) / (1 + math.exp(theta))

    def hazard_llogis(t):
        return math.log(1 + (t / math.exp(scale)) ** math.exp(shape))

    def hazard_gompertz(t):
        return 0.008098087 / 0.088457189 * (math.exp(0.088457189 * t) - 1)

    here = np.array([1.0, 0.0, 0.0, 0.0])
    for i in range(1, YEARS + 1):
        p_die = 1 - math.exp(-hazard_gompertz(i)) / math.exp(-hazard_gompertz(i - 1))
        left = math.exp(-hazard_llogis(i)) / math.exp(-hazard_llogis(i - 1))
        p_recurrence = (1 - cured) * (1 - left)
        p_cancer = 1 - math.exp(-math.exp(log_rate))
        matrix = np.array(
            [
                [1 - p_recurrence - p_die, p_recurrence, p_die, 0],
                [0, 1 - p_die - p_cancer, p_die, p_cancer],
                [0, 0, 1, 0],
                [0, 0, 0, 1],
            ]
        )
        cost += here[0] * p_recurrence * 40_000 * 1.03 ** (1 - i)
        qaly += (0.8 * here[0] + 0.6 * here[1]) * 1.03 ** (1 - i)
        here = here @ matrix
    return cost, qaly


@pytest.fixture(scope="module")
def model():
    return heco.compile(heco.load(HERE / "model.toml"))


@pytest.mark.parametrize("arm", ARMS)
def test_base_case_is_the_program_s(model, arm):
    found = model.evaluate(model.base())
    row = found.index(arm)
    cost, qaly = program(arm)
    assert found.cost[row, 0] == pytest.approx(cost, rel=1e-12)
    assert found.qaly[row, 0] == pytest.approx(qaly, rel=1e-12)


def test_what_the_book_s_comments_say():
    # "Only Lev+5FU has greater effects than observation"; it "is cost-effective [...] at $100,000".
    (c0, q0), (c1, q1), (c2, q2) = (program(arm) for arm in ARMS)
    assert c1 > c0
    assert c2 > c0
    assert q1 < q0 < q2
    assert 100_000 * (q2 - q0) > c2 - c0


def test_draws_can_all_be_used(model):
    assert model.evaluate(model.sample(500, 1, "random")).valid.all()
