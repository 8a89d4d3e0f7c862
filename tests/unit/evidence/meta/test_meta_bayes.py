"""The Bayesian model against brute force, and mixtures of normal distributions."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from meta_strategies import effects, made
from numpy.testing import assert_allclose

from heco.errors import ScenarioError
from heco.evidence.meta import Effects, bayesian, pool
from heco.evidence.meta.mixture import NormalMixture


def brute_force(
    studies: Effects, scale: float, prior: tuple[float, float] | None = None
) -> dict[str, float]:
    """Posterior moments on a plain grid over tau and mu together."""
    tau = np.linspace(0, 8 * scale, 1601)[1:]
    centre, width = float(studies.y.mean()), 12.0
    mu = np.linspace(centre - width, centre + width, 2401)
    log = -((tau[:, None] / scale) ** 2) / 2 + 0 * mu
    for y, v in zip(studies.y, studies.v, strict=True):
        spread = v + tau[:, None] ** 2
        log = log - np.log(spread) / 2 - (y - mu) ** 2 / (2 * spread)
    if prior is not None:
        log = log - ((mu - prior[0]) / prior[1]) ** 2 / 2
    mass = np.exp(log - log.max())
    mass /= mass.sum()
    of_tau, of_mu = mass.sum(axis=1), mass.sum(axis=0)
    mean = float(of_mu @ mu)
    return {
        "tau": float(of_tau @ tau),
        "mu": mean,
        "mu_sd": math.sqrt(float(of_mu @ (mu - mean) ** 2)),
        "new_sd": math.sqrt(float(of_mu @ (mu - mean) ** 2) + float(of_tau @ tau**2)),
        "below": float(np.interp(0.0, mu, np.cumsum(of_mu) - of_mu / 2)),
    }


@settings(max_examples=8, deadline=None)
@given(effects(least=2, most=5), st.floats(0.3, 1.0), st.booleans())
def test_brute_force(studies: Effects, scale: float, flat: bool) -> None:
    prior = None if flat else (0.5, 1.5)
    found, slow = bayesian(studies, scale, mu_prior=prior), brute_force(studies, scale, prior)
    assert_allclose(found.tau.mean, slow["tau"], rtol=0.01)
    assert_allclose(found.mu.mean, slow["mu"], atol=0.002)
    assert_allclose(found.mu.sd, slow["mu_sd"], rtol=0.005)
    assert_allclose(found.predicted.sd, slow["new_sd"], rtol=0.01)
    assert_allclose(found.mean_effect.cdf(np.array([0.0]))[0], slow["below"], atol=0.003)


def test_one_study_teaches_nothing_about_tau() -> None:
    found = bayesian(made([0.4], [0.09]), 0.5)
    normal = 0.6744897501960817  # upper quartile: the half-normal's median
    assert_allclose(found.tau.median, 0.5 * normal, rtol=1e-9)
    assert_allclose(found.tau.mean, 0.5 * math.sqrt(2 / math.pi), rtol=1e-9)
    assert_allclose(found.tau.sd, 0.5 * math.sqrt(1 - 2 / math.pi), rtol=1e-9)
    assert_allclose(found.tau.high, 0.5 * 2.241402727604947, rtol=1e-9)
    assert_allclose(found.mu.mean, 0.4, rtol=1e-12)
    assert_allclose(found.mu.sd, math.sqrt(0.09 + 0.25), rtol=1e-9)


def test_many_studies_make_the_prior_unimportant() -> None:
    rng = np.random.default_rng(4)
    v = rng.uniform(0.02, 0.1, 400)
    studies = made(rng.normal(0.3, np.sqrt(v + 0.25)), v)
    found, classical = bayesian(studies, 1.0), pool(studies, test="wald")
    assert_allclose(found.tau.median, classical.tau, rtol=0.01)
    assert_allclose([found.mu.mean, found.mu.sd], [classical.estimate, classical.se], rtol=0.01)
    assert found.study == studies.study


@settings(max_examples=20, deadline=None)
@given(effects(least=2), st.floats(-3, 3), st.floats(0.1, 10))
def test_shift_and_scale(studies: Effects, shift: float, scale: float) -> None:
    one = bayesian(studies, 0.5)
    other = bayesian(made(scale * (studies.y + shift), scale**2 * studies.v), 0.5 * scale)
    assert_allclose(other.tau.median / scale, one.tau.median, rtol=1e-6)
    assert_allclose(other.mu.mean / scale - shift, one.mu.mean, atol=1e-7)
    assert_allclose(other.predicted.high / scale - shift, one.predicted.high, atol=1e-6)


def test_a_study_borrows_from_the_others() -> None:
    studies = made([0.0, 0.1, 2.0], [0.1, 0.1, 0.4])
    found = bayesian(studies, 0.5)
    own = found.summary(found.study_effect("s2"))
    assert found.mu.mean < own.mean < 2.0
    assert own.sd < math.sqrt(0.4)
    with pytest.raises(ScenarioError, match="no study"):
        found.study_effect("s3")


def test_priors_that_are_none() -> None:
    studies = made([0.0, 0.1], [0.1, 0.1])
    with pytest.raises(ScenarioError, match="needs a scale"):
        bayesian(studies)
    usual = bayesian(made([0.0, 0.1], [0.1, 0.1], "OR"))
    assert usual.prior.startswith("tau: half-normal, scale 0.5")
    for arguments in ({"scale": 0.0}, {"scale": math.inf}, {"scale": 1, "mu_prior": (0, 0)}):
        with pytest.raises(ScenarioError, match=r"more than 0|standard deviation"):
            bayesian(studies, **arguments)
    with pytest.raises(ScenarioError, match="no prior"):
        bayesian(studies, 1, prior="half-t")
    with pytest.raises(ScenarioError, match="no study"):
        bayesian(made([], []), 1)


@settings(max_examples=30, deadline=None)
@given(
    st.lists(
        st.tuples(st.floats(0.05, 1), st.floats(-3, 3), st.floats(0.05, 4)), min_size=2, max_size=6
    )
)
def test_quantiles_of_mixtures(parts: list[tuple[float, float, float]]) -> None:
    weights, means, sds = np.array(parts).T
    mixture = NormalMixture(weights / weights.sum(), means, sds)
    u = np.array([1e-9, 1e-4, 0.025, 0.3, 0.5, 0.9, 0.999, 1 - 1e-9])
    assert_allclose(mixture.cdf(mixture.ppf(u)), u, rtol=1e-8, atol=1e-14)
    many = np.linspace(0.001, 0.999, 10_001)  # by the table
    close = NormalMixture(mixture.weights, 0.1 * means, sds)  # no gaps between the parts
    assert_allclose(close.cdf(close.ppf(many)), many, atol=2e-6)
    x = np.linspace(-40, 40, 80_001)
    density = mixture.pdf(x)
    assert_allclose(np.trapezoid(density, x), 1, rtol=1e-6)
    assert_allclose(np.trapezoid(x * density, x), mixture.mean, atol=1e-6)
    assert_allclose(np.trapezoid((x - mixture.mean) ** 2 * density, x), mixture.sd**2, rtol=1e-4)


def test_a_posterior_is_smooth_enough_for_its_table() -> None:
    mixture = bayesian(made([-0.9, -0.2, -0.6, 0.1], [0.1, 0.05, 0.2, 0.08]), 0.5).new_effect
    u = np.linspace(1e-5, 1 - 1e-5, 20_001)
    assert_allclose(mixture.cdf(mixture.ppf(u)), u, atol=1e-9)


def test_quantiles_keep_their_shape() -> None:
    mixture = NormalMixture(np.array([0.5, 0.5]), np.array([-1.0, 1.0]), np.array([0.5, 2.0]))
    assert mixture.ppf(np.full((2, 3), 0.5)).shape == (2, 3)
    assert mixture.ppf(np.array([])).shape == (0,)
    alone = NormalMixture(np.ones(1), np.array([2.0]), np.array([0.0]))
    assert_allclose(alone.ppf(np.array([0.1, 0.9])), 2.0)
