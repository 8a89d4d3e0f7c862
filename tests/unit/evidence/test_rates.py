"""Rates, probabilities and odds (methods M2.1, M2.2)."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal

from heco.evidence import rates

RATES = st.floats(0, 5)
PROBABILITIES = st.floats(0, 0.999)
YEARS = st.floats(0.01, 20)


def test_probability_from_rate_is_the_formula() -> None:
    found = rates.probability_from_rate([0.0, 0.1, 2.0], [1.0, 0.5, 3.0])
    assert_allclose(found, [0.0, 1 - math.exp(-0.05), 1 - math.exp(-6.0)], rtol=1e-14)


def test_nothing_happens_at_rate_zero_and_probability_zero_has_rate_zero() -> None:
    assert rates.probability_from_rate(0.0, 10.0) == 0
    assert rates.rate_from_probability(0.0, 10.0) == 0


def test_tiny_rates_keep_their_digits() -> None:
    assert_allclose(rates.probability_from_rate(1e-18, 1.0), 1e-18, rtol=1e-15)
    assert_allclose(rates.rate_from_probability(1e-18, 1.0), 1e-18, rtol=1e-15)


@given(RATES, YEARS)
def test_rate_survives_the_way_to_a_probability_and_back(rate: float, years: float) -> None:
    probability = rates.probability_from_rate(rate, years)
    if probability < 0.999:
        assert_allclose(rates.rate_from_probability(probability, years), rate, atol=1e-12)


@given(PROBABILITIES, YEARS, YEARS)
def test_rescaling_there_and_back_changes_nothing(p: float, a: float, b: float) -> None:
    there = rates.rescaled_probability(p, a, b)
    if there < 0.999:
        assert_allclose(rates.rescaled_probability(there, b, a), p, atol=1e-9)


@given(PROBABILITIES, st.integers(1, 12))
def test_rescaled_probability_compounds_to_the_whole(p: float, cycles: int) -> None:
    part = float(rates.rescaled_probability(p, 1.0, 1 / cycles))
    assert_allclose(1 - (1 - part) ** cycles, p, atol=1e-12)


def test_forced_move_stays_forced_in_any_cycle() -> None:
    assert_array_equal(rates.rescaled_probability(1.0, 1.0, [1 / 52, 0.5, 1.0, 10.0]), 1.0)


def test_competing_exits_by_gidwani_and_russell() -> None:
    found = rates.competing_exits([0.15, 0.06], 1.0)
    assert_array_equal(np.round(found, 4), [0.1353, 0.0541])
    separately = rates.probability_from_rate([0.15, 0.06])
    assert_array_equal(np.round(separately, 4), [0.1393, 0.0582])


def test_competing_exits_without_any_rate_are_zero() -> None:
    found = rates.competing_exits([[0.0, 0.1], [0.0, 0.0]], 1.0)
    assert_array_equal(found[:, 0], 0.0)
    assert_allclose(found[:, 1], [1 - math.exp(-0.1), 0.0])


@given(st.lists(RATES, min_size=1, max_size=5), YEARS)
def test_competing_exits_against_a_loop(each: list[float], years: float) -> None:
    total = math.fsum(each)
    expected = [(r / total if total else 0.0) * (1 - math.exp(-years * total)) for r in each]
    assert_allclose(rates.competing_exits(each, years), expected, atol=1e-14)


@given(PROBABILITIES)
def test_odds_and_logit_have_inverses(p: float) -> None:
    assert_allclose(rates.probability_from_odds(rates.odds_from_probability(p)), p, atol=1e-15)
    assert_allclose(rates.expit(rates.logit(p)), p, atol=1e-15)


def test_ends_of_the_scale_give_infinities_without_warning() -> None:
    assert rates.odds_from_probability(1.0) == np.inf
    assert_array_equal(rates.logit([0.0, 1.0]), [-np.inf, np.inf])
    assert_array_equal(rates.expit([-1e4, 1e4]), [0.0, 1.0])
    assert rates.rate_from_probability(1.0) == np.inf


def test_out_of_domain_is_never_clipped() -> None:
    assert np.isnan(rates.rate_from_probability(1.07))
    assert rates.probability_from_rate(-0.1) < 0


@pytest.mark.parametrize(
    ("value", "probability", "rate"),
    [
        (0.0, True, True),
        (1.0, True, True),
        (1 + 1e-15, True, True),
        (-1e-15, True, True),
        (1.001, False, True),
        (-0.001, False, False),
        (np.inf, False, False),
        (np.nan, False, False),
    ],
)
def test_domains(value: float, probability: bool, rate: bool) -> None:
    assert rates.is_probability(value) == probability
    assert rates.is_rate(value) == rate


def test_draws_broadcast_over_cycles() -> None:
    rate, years = np.full((1, 7), 0.1), np.full((3, 1), 0.5)
    assert rates.probability_from_rate(rate, years).shape == (3, 7)
