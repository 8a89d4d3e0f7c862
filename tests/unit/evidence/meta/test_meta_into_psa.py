"""From studies to draws: the three meanings, their distributions, and what is said of them."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from meta_strategies import effects, made
from numpy.testing import assert_allclose

from heco.errors import ScenarioError
from heco.evidence.distributions import FAMILIES, Distribution, Scalar
from heco.evidence.meta import (
    Effects,
    PooledEffect,
    accuracy_draws,
    bayesian,
    draw_from,
    pool,
)
from heco.evidence.meta.accuracy import Accuracy
from heco.sampling import sample

Y, V = [-0.9, -0.2, -0.6, 0.1, -0.4], [0.1, 0.05, 0.2, 0.08, 0.15]


def odds() -> Effects:
    return made(Y, V, "OR")


def test_the_mean_is_lognormal() -> None:
    pooled = pool(odds(), test="wald")
    drawn = draw_from(pooled, "mean")
    assert_allclose(drawn.base, math.exp(pooled.estimate))
    assert_allclose(drawn.median, drawn.base)
    assert_allclose(drawn.interval(), pooled.natural[1:])
    assert_allclose(drawn.mean, math.exp(pooled.estimate + pooled.se**2 / 2))
    assert_allclose(drawn.sd, drawn.mean * math.sqrt(math.expm1(pooled.se**2)))
    assert "leave that out" in drawn.warnings[0]
    assert "the average effect (REML, 5 studies)" in drawn.describe()


def test_the_predictive_adds_the_spread() -> None:
    pooled = pool(odds(), test="wald")
    drawn = draw_from(pooled, "predictive")
    assert_allclose(drawn.mixture.sd, math.hypot(pooled.se, pooled.tau))
    assert_allclose(drawn.base, math.exp(pooled.estimate))
    low, high = drawn.interval()
    assert low < math.exp(pooled.low)
    assert high > math.exp(pooled.high)
    assert not drawn.warnings
    alike = pool(made([-0.5, -0.5, -0.5], [0.1, 0.1, 0.2], "OR"), test="wald")
    assert "no spread" in draw_from(alike, "predictive").warnings[0]


@settings(max_examples=20, deadline=None)
@given(effects(least=3))
def test_shrunken_effects_lie_between(studies: Effects) -> None:
    pooled = pool(studies, test="wald")
    for i, name in enumerate(studies.study):
        drawn = draw_from(pooled, f"shrunken:{name}", studies)
        low, high = sorted([float(studies.y[i]), pooled.estimate])
        assert low - 1e-9 <= drawn.base <= high + 1e-9
        b = pooled.tau2 / (pooled.tau2 + studies.v[i])
        assert_allclose(drawn.base, b * studies.y[i] + (1 - b) * pooled.estimate)
        assert_allclose(drawn.sd**2, b * studies.v[i] + ((1 - b) * pooled.se) ** 2)
        assert name in drawn.describe()


def test_t_laws_by_simulation() -> None:
    pooled = pool(odds())
    rng = np.random.default_rng(1)
    t = pooled.estimate + pooled.se * rng.standard_t(4, 400_000)
    at = np.array([0.025, 0.25, 0.5, 0.75, 0.975])
    mean = draw_from(pooled, "mean", law="t")
    assert_allclose(np.log(mean.ppf(at[[0, 4]])), [pooled.low, pooled.high], rtol=1e-6)
    new = draw_from(pooled, "predictive", law="t")
    simulated = t + pooled.tau * rng.standard_normal(len(t))
    assert_allclose(np.log(new.ppf(at)), np.quantile(simulated, at), atol=0.01)
    assert math.isinf(new.mean)
    assert math.isinf(new.sd)
    assert "no mean" in mean.warnings[-1]
    assert "t on 4" in new.describe()
    difference = draw_from(pool(made(Y, V, "MD")), "mean", law="t")
    assert_allclose(difference.mean, pooled.estimate)
    assert_allclose(difference.sd, pooled.se * math.sqrt(2), rtol=1e-6)
    pair = pool(made(Y[:2], V[:2], "MD"))
    assert math.isinf(draw_from(pair, "mean", law="t").sd)
    assert_allclose(
        draw_from(pair, "mean", law="t").ppf(np.array([0.025, 0.975])),
        [pair.low, pair.high],
        rtol=1e-6,
    )


def test_posteriors_can_be_drawn() -> None:
    found = bayesian(odds())
    for use, expected in (
        ("mean", found.mu), ("predictive", found.predicted),
        ("shrunken:s0", found.summary(found.study_effect("s0"))),
    ):  # fmt: skip
        drawn = draw_from(found, use)
        assert_allclose(np.log(drawn.interval()), [expected.low, expected.high], rtol=1e-6)
        assert "Bayesian, 5 studies" in drawn.describe()
    assert_allclose(draw_from(found, "mean").base, math.exp(found.mu.median))


@pytest.mark.parametrize("measure", ["OR", "MD", "PLOGIT"])
@pytest.mark.parametrize("use", ["mean", "predictive"])
def test_moments_and_density_agree_with_draws(measure: str, use: str) -> None:
    drawn = draw_from(pool(made(Y, V, measure), test="wald"), use)
    u = (np.arange(200_000) + 0.5) / 200_000
    values = drawn.ppf(u)
    assert np.all((values > drawn.low) & (values < drawn.high))
    assert np.all(np.diff(values) > 0)
    assert_allclose([values.mean(), values.std()], [drawn.mean, drawn.sd], rtol=2e-3, atol=1e-6)
    grid = np.linspace(values[2000], values[-2001], 20_001)
    assert_allclose(np.trapezoid(drawn.pdf(grid), grid), 0.98, atol=1e-3)
    outside = {"OR": -1.0, "PLOGIT": 1.5, "MD": 1e9}[measure]
    assert drawn.pdf(np.array([outside]))[0] == 0


def test_it_is_a_distribution_like_any_other() -> None:
    drawn = draw_from(pool(odds(), test="wald"), "predictive")
    assert isinstance(drawn, Scalar)
    assert isinstance(drawn, Distribution)
    assert drawn.components == ()
    assert drawn.key not in FAMILIES  # it is not written down by hand
    draws = sample({"or_effect": drawn, "other": FAMILIES["beta"].from_arguments(
        {"events": 3, "n": 10})}, 1000, 1)  # fmt: skip
    assert_allclose(np.median(draws.column("or_effect")), drawn.median, rtol=0.1)
    with pytest.raises(ValueError, match="nothing is given"):
        PooledEffect.from_arguments({})


def test_scaling() -> None:
    ratio = draw_from(pool(odds(), test="wald"), "predictive")
    twice = ratio.scaled(2)
    at = np.array([0.1, 0.5, 0.9])
    assert_allclose(twice.ppf(at), 2 * ratio.ppf(at))
    assert_allclose(twice.base, 2 * ratio.base)
    assert "after × 2" in twice.describe()
    cost = draw_from(pool(made(Y, V, "MD"), test="wald"), "mean").scaled(3)
    assert_allclose(cost.base, 3 * pool(made(Y, V)).estimate)
    with pytest.raises(ValueError, match="proportion"):
        draw_from(pool(made(Y, V, "PLOGIT"), test="wald"), "mean").scaled(2)


@pytest.mark.parametrize(
    ("use", "what"),
    [
        ("average", "draws cannot be"),
        ("shrunken", "draws cannot be"),
        ("mean:s1", "draws cannot be"),
        ("shrunken:s9", "no study"),
    ],
)
def test_uses_that_are_none(use: str, what: str) -> None:
    with pytest.raises(ScenarioError, match=what):
        draw_from(pool(odds()), use, odds())


def test_uses_that_make_no_sense() -> None:
    with pytest.raises(ScenarioError, match="common to all"):
        draw_from(pool(odds(), "IV"), "predictive")
    with pytest.raises(ScenarioError, match="Knapp-Hartung"):
        draw_from(pool(odds(), test="wald"), "mean", law="t")
    with pytest.raises(ScenarioError, match="no law"):
        draw_from(pool(odds()), "mean", law="cauchy")
    with pytest.raises(ScenarioError, match="needs the studies"):
        draw_from(pool(odds()), "shrunken:s0")


def test_accuracy_without_spread_is_still_a_pair() -> None:
    found = Accuracy(
        ("a",), np.array([1.0, 2.0]), np.zeros((2, 2)), np.zeros((2, 2)), "independent", 0.95, (),
        (),
    )  # fmt: skip
    values = accuracy_draws(found, "predictive").ppf(np.full((2, 4), 0.3))
    assert_allclose(values[0], 1 / (1 + math.exp(-1)))
