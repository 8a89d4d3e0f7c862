"""Survival curves against scipy's distributions, their hazards, and each other."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import integrate, stats

from heco.evidence import survival
from heco.reference import curves

T = np.array([0.0, 0.25, 1, 2, 5, 12, 40])

CURVES = {
    "exponential": (lambda t: survival.exponential(t, 0.2), stats.expon(scale=5)),
    "weibull": (lambda t: survival.weibull(t, 1.4, 6), stats.weibull_min(1.4, scale=6)),
    "gompertz": (
        # scipy: hazard c / scale * exp(x / scale).
        lambda t: survival.gompertz(t, 0.1, 0.02),
        stats.gompertz(0.02 / 0.1, scale=1 / 0.1),
    ),
    "loglogistic": (lambda t: survival.loglogistic(t, 1.8, 4), stats.fisk(1.8, scale=4)),
    "lognormal": (
        lambda t: survival.lognormal(t, 1.2, 0.7),
        stats.lognorm(0.7, scale=np.exp(1.2)),
    ),
    "gamma": (lambda t: survival.gamma(t, 2.5, 0.4), stats.gamma(2.5, scale=1 / 0.4)),
    "generalised_gamma": (
        # scipy: a = q^-2, c = q / sigma, scale = exp(mu) q^(2 sigma / q).
        lambda t: survival.generalised_gamma(t, 1.1, 0.8, 0.5),
        stats.gengamma(4, 0.5 / 0.8, scale=np.exp(1.1) * 0.5 ** (2 * 0.8 / 0.5)),
    ),
}


@pytest.mark.parametrize("name", CURVES)
def test_a_curve_is_that_of_its_distribution(name):
    curve, distribution = CURVES[name]
    np.testing.assert_allclose(curve(T), distribution.sf(T), rtol=1e-10)
    assert curve(0.0) == 1


@pytest.mark.parametrize("name", CURVES)
def test_the_area_below_a_curve_is_the_mean(name):
    curve, distribution = CURVES[name]
    area, _ = integrate.quad(curve, 0, np.inf, limit=500)
    assert area == pytest.approx(distribution.mean(), rel=1e-6)


def test_members_of_the_generalised_gamma():
    mu, sigma = 1.1, 0.8
    family = survival.generalised_gamma
    lognormal = survival.lognormal(T, mu, sigma)
    np.testing.assert_allclose(family(T, mu, sigma, 0.0), lognormal, rtol=1e-12)
    weibull = survival.weibull(T, 1 / sigma, np.exp(mu))
    np.testing.assert_allclose(family(T, mu, sigma, 1.0), weibull, rtol=1e-10)
    shape = sigma**-2
    gamma = survival.gamma(T, shape, shape * np.exp(-mu))
    np.testing.assert_allclose(family(T, mu, sigma, sigma), gamma, rtol=1e-10)
    # Below 0 it is the distribution of one over a time: q = -1 is 1 - S(1/t).
    inverse = 1 - survival.weibull(1 / T[1:], 1 / sigma, np.exp(-mu))
    np.testing.assert_allclose(family(T[1:], mu, sigma, -1.0), inverse, rtol=1e-9, atol=1e-15)


def test_a_gompertz_curve_without_growth_is_exponential_and_may_never_end():
    np.testing.assert_allclose(survival.gompertz(T, 0.0, 0.3), np.exp(-0.3 * T), rtol=1e-12)
    assert survival.gompertz(1e9, -0.5, 0.1) == pytest.approx(np.exp(-0.1 / 0.5))


@pytest.mark.parametrize(
    ("name", "word"),
    [
        ("exponential", "surv_exp"),
        ("weibull", "surv_weibull"),
        ("gompertz", "surv_gompertz"),
        ("loglogistic", "surv_llogis"),
        ("lognormal", "surv_lnorm"),
        ("gamma", "surv_gamma"),
        ("generalised_gamma", "surv_gengamma"),
    ],
)
@settings(max_examples=40, deadline=None)
@given(
    st.floats(0, 30),
    st.floats(0.05, 4),
    st.floats(0.05, 4),
    st.one_of(st.floats(-3, -0.05), st.just(0.0), st.floats(0.05, 3)),
)
def test_the_scalar_reference_agrees(name, word, t, first, second, third):
    args = (first, second, third)[: 1 if name == "exponential" else 2]
    args = (first, second, third) if name == "generalised_gamma" else args
    expected = curves.CURVES[word](t, *args)
    assert getattr(survival, name)(t, *args) == pytest.approx(expected, rel=1e-9, abs=1e-13)


def test_what_happens_between_two_points():
    assert survival.between(0.8, 0.6) == pytest.approx(0.25)
    assert survival.between(0.0, 0.0) == 1  # nobody is left


@given(
    st.floats(0.3, 3),
    st.floats(0.5, 30),
    st.lists(st.floats(0.01, 20), min_size=1, max_size=8).map(sorted),
)
def test_steps_multiply_to_the_curve(shape, scale, ends):
    times = np.r_[0.0, ends]
    curve = survival.weibull(times, shape, scale)
    left = np.prod(1 - survival.between(curve[:-1], curve[1:]))
    assert left == pytest.approx(curve[-1], rel=1e-9, abs=1e-12)
