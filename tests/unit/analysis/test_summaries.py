import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from heco.analysis.summaries import (
    best_shares,
    difference,
    normal_cdf,
    ratio_of_means,
    summary,
)


def test_a_summary_is_mean_percentiles_and_error():
    values = np.arange(1.0, 1002.0)
    s = summary(values)
    assert (s.mean, s.lower, s.upper) == (501.0, 26.0, 976.0)
    assert s.error == pytest.approx(values.std(ddof=1) / math.sqrt(1001))


def test_one_row_has_no_error():
    assert summary(np.array([3.0])).error == 0.0


def test_a_ratio_is_the_ratio_of_means():
    found = ratio_of_means(np.array([1.0, 3.0]), np.array([1.0, 7.0]))
    assert found.value == 0.5
    assert found.value != np.mean([1.0, 3.0 / 7.0])


def test_percentiles_of_a_ratio_need_one_sign():
    assert ratio_of_means(np.array([1.0, 1.0]), np.array([1.0, -0.5])).lower is None
    assert ratio_of_means(np.array([1.0, 1.0]), np.array([1.0, 0.5])).lower is not None


def test_draws_without_people_are_left_out_and_counted():
    found = ratio_of_means(np.array([1.0, 1.0, 1.0]), np.array([1.0, 0.0, 2.0]), people=True)
    assert found.undefined == 1
    assert found.value == pytest.approx(1.0)
    assert 0.5 <= found.lower <= found.upper <= 1.0


@pytest.mark.parametrize("below", [[0.0, 0.0], [1.0, -1.0], [1e-30, -1e-30]])
def test_nothing_is_divided_by_nothing(below):
    assert ratio_of_means(np.array([1.0, 2.0]), np.array(below)).value is None


def test_rounding_is_no_difference():
    a = np.array([0.1 + 0.2, 1.0])
    b = np.array([0.3, 1.0 + 1e-9])
    assert difference(a, b)[0] == 0.0
    assert difference(a, b)[1] == pytest.approx(-1e-9)


def test_normal_cdf_has_known_values():
    assert normal_cdf(0) == 0.5
    assert normal_cdf(1.959963984540054) == pytest.approx(0.975, abs=1e-12)
    assert normal_cdf(-1) == pytest.approx(0.15865525393145707, abs=1e-15)


def test_ties_are_split_equally():
    benefit = np.array([[1.0, 5.0, 2.0], [1.0, 4.0, 2.0], [0.0, 5.0, 2.0]])
    assert best_shares(benefit) == pytest.approx([(0.5 + 0.5 + 1 / 3) / 3, (0.5 + 1 / 3) / 3,
                                                  (0.5 + 1 / 3) / 3])  # fmt: skip


@given(
    st.integers(1, 6).flatmap(
        lambda k: st.lists(
            st.lists(st.integers(-3, 3), min_size=k, max_size=k), min_size=1, max_size=20
        )
    )
)
def test_shares_are_what_a_loop_counts(draws):
    benefit = np.array(draws, dtype=float).T
    counted = [0.0] * len(benefit)
    for draw in draws:
        winners = [i for i, b in enumerate(draw) if b == max(draw)]
        for i in winners:
            counted[i] += 1 / len(winners) / len(draws)
    found = best_shares(benefit)
    assert found == pytest.approx(counted)
    assert found.sum() == pytest.approx(1.0)
