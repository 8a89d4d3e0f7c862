"""What the Sick-Sicker tutorial prints with its "Simpson's 1/3 rule", and why heco does not.

The tutorial's within-cycle weights are 1/3, 2/3, 4/3, 2/3, ..., 1/3 at t = 0, 1, 2, 3, ...
Simpson's rule has 4/3 at odd and 2/3 at even t; and it needs an even number of intervals, while 75
is odd. Swapped weights miss the time that people spend: they add up to 74 2/3 years instead of 75,
and take away most where the curve is highest, at the start. heco's own `simpson` uses the textbook
weights on the first 72 intervals and the 3/8 rule on the last three. Here the printed table is
rebuilt from heco's trace with the swapped weights, so that the difference is explained and not
copied.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import heco
from heco.model.counting import boundary_weights

HERE = Path(__file__).parent
# Deterministic table of the tutorial (Alarid-Escudero et al. 2023, R code, Simpson1/3).
PRINTED = {
    "soc": (151579.86595739, 20.7113314643222),
    "a": (284804.513370572, 21.4986628084376),
    "b": (259100.410617004, 22.1844651408455),
    "ab": (378875.198394492, 23.1368441350026),
}
# Trace of the standard of care, t = 1 and 2.
TRACE = [
    [0.858988280741124, 0.13901371792621, 0, 0.00199800133266692],
    [0.792231299109892, 0.189449484706421, 0.0137733700637237, 0.00454584611996364],
]


@pytest.fixture(scope="module")
def model():
    return heco.compile(heco.load(HERE / "model.toml"))


@pytest.fixture(scope="module")
def trace(model):
    outcomes = model.evaluate(model.base(), trace=True)
    order = [outcomes.states.index(name) for name in ("healthy", "sick", "sicker", "dead")]
    return {s: outcomes.trace[i][:, order, 0] for i, s in enumerate(outcomes.strategies)}


def swapped_weights():
    weights = np.where(np.arange(76) % 2 == 1, 2 / 3, 4 / 3)
    weights[[0, -1]] = 1 / 3
    return weights


def total(trace, values, weights):
    discount = 1.03 ** -np.arange(76.0)
    return float((trace @ values) @ (weights * discount))


@pytest.mark.parametrize("strategy", PRINTED)
def test_the_printed_table_is_the_trace_with_swapped_weights(trace, strategy):
    a, b = "a" in strategy and strategy != "soc", "b" in strategy
    treatment = 12_000 * a + 13_000 * b
    cost = np.array([2_000, 4_000 + treatment, 15_000 + treatment, 0.0])
    qaly = np.array([1, 0.95 if a else 0.75, 0.5, 0.0])
    weights = swapped_weights()
    assert total(trace[strategy], cost, weights) == pytest.approx(PRINTED[strategy][0], rel=1e-12)
    assert total(trace[strategy], qaly, weights) == pytest.approx(PRINTED[strategy][1], rel=1e-12)


def test_the_trace_is_the_tutorial_s(trace):
    assert trace["soc"][1:3] == pytest.approx(np.array(TRACE), rel=1e-12)


def test_the_swapped_weights_lose_a_third_of_a_year():
    assert swapped_weights().sum() == pytest.approx(75 - 1 / 3)
    assert boundary_weights("simpson", 75).sum() == pytest.approx(75)


def test_textbook_simpson_agrees_with_the_half_cycle_correction_and_the_printed_table_does_not(
    model,
):
    time = model.scenario.time
    ways = type(time.cycle_counting)(cost="simpson", qaly="simpson")
    scenario = replace(model.scenario, time=time.model_copy(update={"cycle_counting": ways}))
    simpson = heco.compile(scenario)
    qaly = simpson.evaluate(simpson.base()).qaly[:, 0]
    half_cycle = model.evaluate(model.base()).qaly[:, 0]
    assert qaly == pytest.approx(half_cycle, abs=0.03)
    printed = np.array([PRINTED[name][1] for name in simpson.strategies])
    assert (half_cycle - printed > 0.3).all()
