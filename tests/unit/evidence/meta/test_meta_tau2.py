"""The variance between studies: slow twins, and what no estimator may depend on."""

from __future__ import annotations

import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from meta_strategies import (
    effects,
    generalised_q,
    made,
    minus_restricted,
    slow_q_profile,
    slow_reml,
)
from numpy.testing import assert_allclose

from heco.errors import ScenarioError
from heco.evidence.meta import Effects, bootstrap
from heco.evidence.meta.linear import Data, intercept, single
from heco.evidence.meta.tails import chi2_quantile
from heco.evidence.meta.tau2 import ESTIMATORS, estimate, interval, log_likelihood

NAMES = list(ESTIMATORS)


def tau2(effects: Effects, estimator: str = "REML") -> float:
    return float(estimate(single(effects.y, effects.v), estimator)[0])


@settings(max_examples=40, deadline=None)
@given(effects(most=6))
def test_reml_is_the_highest_point_anywhere(studies: Effects) -> None:
    found, slow = tau2(studies), slow_reml(studies.y, studies.v)
    here = minus_restricted(found, studies.y, studies.v)
    # the twin's place is only as exact as the likelihood is curved; its height is exact
    assert here <= minus_restricted(slow, studies.y, studies.v) + 1e-10
    assert_allclose(found, slow, rtol=1e-4, atol=1e-4)


@settings(max_examples=60, deadline=None)
@given(effects(), st.sampled_from([0.025, 0.5, 0.975]))
def test_q_profile_twin(studies: Effects, p: float) -> None:
    quantile = chi2_quantile(p, studies.k - 1)
    slow = slow_q_profile(studies.y, studies.v, quantile)
    low, high = interval(single(studies.y, studies.v))
    if p == 0.975:
        assert_allclose(low, slow, rtol=1e-9, atol=1e-12)
    elif p == 0.025:
        assert_allclose(high, slow, rtol=1e-9, atol=1e-12)
    else:
        assert_allclose(tau2(studies, "PMM"), slow, rtol=1e-9, atol=1e-12)
    assert low <= tau2(studies, "PM") + 1e-12
    assert tau2(studies, "PM") <= high + 1e-9 * (1 + high)


@settings(deadline=None)
@given(effects())
def test_paule_mandel_makes_q_what_it_should_be(studies: Effects) -> None:
    found = tau2(studies, "PM")
    q = generalised_q(found, studies.y, studies.v)
    if found > 0:
        assert_allclose(q, studies.k - 1, rtol=1e-9)
    else:
        assert q <= studies.k - 1 + 1e-9


@pytest.mark.parametrize("estimator", NAMES)
@settings(max_examples=25, deadline=None)
@given(studies=effects(), shift=st.floats(-5, 5), scale=st.floats(0.1, 10), seed=st.integers(0, 99))
def test_shift_scale_and_order(
    estimator: str, studies: Effects, shift: float, scale: float, seed: int
) -> None:
    own = tau2(studies, estimator)
    order = np.random.default_rng(seed).permutation(studies.k)
    y, v = studies.y[order], studies.v[order]
    close = {"rtol": 1e-6, "atol": 1e-9}
    assert_allclose(tau2(made(y, v), estimator), own, **close)
    assert_allclose(tau2(made(y + shift, v), estimator), own, **close)
    assert_allclose(tau2(made(-y, v), estimator), own, **close)
    assert_allclose(
        tau2(made(scale * y, scale**2 * v), estimator), scale**2 * own, rtol=1e-6, atol=1e-9
    )


@settings(max_examples=40, deadline=None)
@given(effects())
def test_maximum_likelihood_does_not_care_for_copies(studies: Effects) -> None:
    twice = made(np.tile(studies.y, 2), np.tile(studies.v, 2))
    assert_allclose(tau2(twice, "ML"), tau2(studies, "ML"), rtol=1e-6, atol=1e-9)


@pytest.mark.parametrize("estimator", NAMES)
def test_studies_that_agree_have_nothing_between_them(estimator: str) -> None:
    assert tau2(made([0.3, 0.3, 0.3], [0.1, 0.2, 0.3]), estimator) == 0
    assert tau2(made([0.3], [0.1]), estimator) == 0
    nearly = tau2(made([0.1, 0.2, 0.15], [1.0, 2.0, 3.0]), estimator)
    assert 0 < nearly < 1e-5 if estimator == "SJ" else nearly == 0  # SJ is never 0


@pytest.mark.parametrize("estimator", NAMES)
def test_equal_variances_have_a_closed_form(estimator: str) -> None:
    y = np.array([-1.0, 0.5, 2.0, 3.0, 4.5])
    spread, v, k = float(np.var(y, ddof=1)), 0.4, 5
    expected = {
        "ML": spread * (k - 1) / k - v,
        "HS": spread * (k - 1) / k - v,
        "SJ": spread * (spread * (k - 1) / k) / (spread * (k - 1) / k + v),
        "PMM": spread * (k - 1) / chi2_quantile(0.5, k - 1) - v,
    }.get(estimator, spread - v)
    assert_allclose(tau2(made(y, np.full(5, v)), estimator), expected, rtol=1e-9)


def test_a_second_lower_peak_is_not_taken_for_the_maximum() -> None:
    """Two precise studies far apart among vague ones: the likelihood has two peaks."""
    rng = np.random.default_rng(3)
    found = 0
    for _ in range(80):
        y = rng.normal(0, 1, 4) * rng.choice([0.05, 3.0], 4)
        v = 10.0 ** rng.uniform(-4, 1, 4)
        data = single(y, v)
        grid = np.concatenate([[0.0], np.geomspace(1e-7, 1e3, 300)])
        heights = np.array([log_likelihood(data, np.array([t]), True)[0] for t in grid])
        inner = (heights[1:-1] > heights[:-2]) & (heights[1:-1] > heights[2:])
        peaks = int(inner.sum()) + int(heights[0] > heights[1])
        found += peaks > 1
        best = log_likelihood(data, estimate(data), True)[0]
        assert best >= heights.max() - 1e-9
    assert found > 0  # the set does hold likelihoods with two peaks


def test_samples_are_fitted_as_they_would_be_alone() -> None:
    rng = np.random.default_rng(1)
    y, v = rng.normal(0, 1, (20, 6)), rng.uniform(0.05, 1, (20, 6))
    for estimator in NAMES:
        together = estimate(Data(y, v, intercept(6)), estimator)
        alone = [tau2(made(y[i], v[i]), estimator) for i in range(20)]
        assert_allclose(together, alone, rtol=1e-9, atol=1e-12)


def test_a_thousand_bootstrap_fits_take_no_time() -> None:
    rng = np.random.default_rng(1)
    studies = made(rng.normal(-0.7, 0.6, 13), rng.uniform(0.004, 0.5, 13))
    bootstrap(studies, 10)
    start = time.perf_counter()
    found = bootstrap(studies, 1000)
    assert time.perf_counter() - start < 0.5
    assert found.estimate.shape == found.tau2.shape == (1000,)
    low, high = found.interval()["estimate"]
    assert low < -0.5 < high or low < np.median(found.estimate) < high


def test_bootstrap_is_repeatable_and_follows_the_model() -> None:
    rng = np.random.default_rng(2)
    studies = made(rng.normal(0, 1, 40), np.full(40, 0.1))
    first, again = bootstrap(studies, 50, 7), bootstrap(studies, 50, 7)
    assert np.array_equal(first.tau2, again.tau2)
    assert not np.array_equal(first.tau2, bootstrap(studies, 50, 8).tau2)
    parametric = bootstrap(studies, 2000, kind="parametric")
    own = tau2(studies)
    assert_allclose(parametric.tau2.mean(), own, rtol=0.05)
    assert_allclose(parametric.estimate.std(), np.sqrt((own + 0.1) / 40), rtol=0.06)
    low, high = parametric.interval(0.9)["tau2"]
    assert low < own < high


def test_unknown_words() -> None:
    with pytest.raises(ScenarioError, match="Did you mean"):
        tau2(made([0, 1], [1, 1]), "REM")
    with pytest.raises(ScenarioError, match="bootstrap"):
        bootstrap(made([0], [1]))
    with pytest.raises(ScenarioError, match="no bootstrap"):
        bootstrap(made([0, 1], [1, 1]), kind="study")


def test_interval_that_is_empty_or_open() -> None:
    assert interval(single([0.0, 0.0, 0.0], [1.0, 1.0, 1.0])) == (0.0, 0.0)
    low, high = interval(single([0.0], [1.0]))
    assert (low, high) == (0.0, float("inf"))
