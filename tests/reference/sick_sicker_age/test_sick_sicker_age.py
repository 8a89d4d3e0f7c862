"""The table printed in the tutorial on time dependence is heco's trace under swapped weights.

The tutorial weights the rows of its trace by "Simpson's 1/3 rule" with 4/3 and 2/3 swapped (see
sick_sicker/test_sick_sicker.py), events by the row in which they end. Here its table is rebuilt
from who is where in heco, so that the difference is explained and not copied.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import heco

HERE = Path(__file__).parent
# Alarid-Escudero et al. 2023, table-cea: cost and QALYs.
PRINTED = {"soc": (116_374, 18.879), "b": (202_536, 20.199), "ab": (296_300, 21.097)}
PRINTED["a"] = (218_789, 19.636)
# Transition probabilities of 25-year-olds under the standard of care, as printed.
FIRST = [
    [0.8598357, 0.1391509, 0.0, 0.001013486],
    [0.3922742, 0.5053157, 0.09937273, 0.003037378],
]
STATES = ("healthy", "sick", "sicker", "dead")


@pytest.fixture(scope="module")
def outcomes():
    model = heco.compile(heco.load(HERE / "model.toml"))
    return model.evaluate(model.base(), trace=True)


def trace_of(outcomes, strategy):
    order = [outcomes.states.index(name) for name in STATES]
    return outcomes.trace[outcomes.index(strategy)][:, order, 0]


def mortality():
    table = np.loadtxt(HERE / "life_table.csv", delimiter=",", skiprows=1)
    assert table[:, 0].tolist() == list(range(25, 100))
    return 1 - np.exp(-table[:, [1]] * [1, 3, 10])


def rewards(trace, strategy):
    """Cost and QALYs of each row: of the states, and of the moves that end in it."""
    a, b = strategy in ("a", "ab"), strategy in ("b", "ab")
    treatment = 12_000 * a + 13_000 * b
    cost = trace @ [2_000, 4_000 + treatment, 15_000 + treatment, 0]
    qaly = trace @ [1, 0.95 if a else 0.75, 0.5, 0]
    p_die = mortality()
    fell_sick = trace[:-1, 0] * (1 - p_die[:, 0]) * (1 - np.exp(-0.15))
    cost[1:] += 2_000 * (trace[:-1, :3] * p_die).sum(axis=1) + 1_000 * fell_sick
    qaly[1:] -= 0.01 * fell_sick
    return cost, qaly


@pytest.mark.parametrize("strategy", PRINTED)
def test_the_printed_table_is_the_trace_with_swapped_weights(outcomes, strategy):
    weights = np.where(np.arange(76) % 2 == 1, 2 / 3, 4 / 3)
    weights[[0, -1]] = 1 / 3
    weights *= 1.03 ** -np.arange(76.0)
    cost, qaly = rewards(trace_of(outcomes, strategy), strategy)
    assert (round(cost @ weights), round(qaly @ weights, 3)) == PRINTED[strategy]


def test_the_first_cycle_is_the_one_printed(outcomes):
    np.testing.assert_allclose(trace_of(outcomes, "soc")[1], FIRST[0], atol=5e-8)
    second = trace_of(outcomes, "soc")[1] @ np.array([*FIRST, [0, 0, 0.9, 0.1], [0, 0, 0, 1]])
    # Mortality is that of 26-year-olds by then, which differs by 0.000015.
    np.testing.assert_allclose(trace_of(outcomes, "soc")[2], second, atol=2e-5)
