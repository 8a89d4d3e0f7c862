"""The cost-effectiveness plane: shares of its quadrants and ranges of what is shown."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from heco.analysis.frontier import quadrant
from heco.analysis.plane import QUADRANTS, pair, quadrant_shares

NUMBERS = st.sampled_from([-2.0, -1e-7, -1e-12, 0.0, 1e-12, 1e-7, 2.0])


@given(st.lists(st.tuples(NUMBERS, NUMBERS), min_size=1, max_size=30))
def test_shares_count_what_the_incremental_table_says(points):
    cost, effect = np.array(points).T
    shares = quadrant_shares(cost, effect)
    where = [quadrant(c, e) for c, e in points]
    assert shares == {name: where.count(name) / len(where) for name in QUADRANTS}
    assert sum(shares.values()) == pytest.approx(1)


def test_a_pair_of_normal_options():
    rng = np.random.default_rng(2)
    cost = np.stack([np.zeros(400_000), rng.normal(1000, 400, 400_000)])
    effect = np.stack([np.zeros(400_000), rng.normal(0.1, 0.05, 400_000)])
    found = pair(cost, effect, 1, 0, 20_000.0)
    sd = math.hypot(20_000 * 0.05, 400)
    assert found.inmb.mean == pytest.approx(1000, abs=4 * found.inmb.error)
    assert found.inmb.error == pytest.approx(sd / math.sqrt(400_000), rel=0.01)
    assert found.inmb.lower == pytest.approx(1000 - 1.96 * sd, abs=25)
    assert found.nhb.mean == pytest.approx(found.inmb.mean / 20_000)
    assert found.worth_it == pytest.approx(0.5 * math.erfc(-1000 / sd / math.sqrt(2)), abs=0.004)
    assert found.cost.mean == pytest.approx(1000, abs=3)
    assert found.quadrants["NE"] == pytest.approx(0.9772 * 0.9938, abs=0.003)


def test_no_health_benefit_is_stated_at_a_willingness_to_pay_of_nothing():
    found = pair([[0.0, 0.0], [-1.0, 1.0]], [[0.0, 0.0], [1.0, 1.0]], 1, 0, 0.0)
    assert math.isnan(found.nhb.mean)
    assert found.worth_it == 0.5


def test_what_is_the_same_counts_half():
    found = pair([[3.0, 3.0], [3.0, 2.0]], [[1.0, 1.0], [1.0, 1.0]], 1, 0, 100.0)
    assert found.worth_it == 0.75
    assert found.quadrants["same effect"] == 1.0
