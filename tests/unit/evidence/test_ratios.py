"""Relative effects (methods M3)."""

from __future__ import annotations

import math

from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from heco.evidence import rates, ratios

PROBABILITIES = st.floats(0, 0.999)
EFFECTS = st.floats(0.01, 10)


def test_each_measure_on_a_baseline_of_one_in_five() -> None:
    assert_allclose(ratios.apply_rr(0.2, 0.5), 0.1)
    assert_allclose(ratios.apply_or(0.2, 0.5), 0.1 / 0.9)
    assert_allclose(ratios.apply_hr(0.2, 0.5), 1 - math.sqrt(0.8))
    assert_allclose(ratios.apply_rd(0.2, -0.05), 0.15)
    assert_allclose(ratios.apply_rate_ratio(0.2, 0.5), 0.1)


def test_risk_ratio_beyond_certainty_is_left_to_be_seen() -> None:
    assert_allclose(ratios.apply_rr(0.6, 2.0), 1.2)
    assert_allclose(ratios.apply_rd(0.1, -0.2), -0.1)


@given(PROBABILITIES, EFFECTS)
def test_odds_ratio_multiplies_the_odds(p: float, ratio: float) -> None:
    odds = ratio * rates.odds_from_probability(p)
    assert_allclose(ratios.apply_or(p, ratio), rates.probability_from_odds(odds), atol=1e-12)


@given(PROBABILITIES, EFFECTS)
def test_hazard_ratio_multiplies_the_rate(p: float, ratio: float) -> None:
    rate = ratio * rates.rate_from_probability(p)
    assert_allclose(ratios.apply_hr(p, ratio), rates.probability_from_rate(rate), atol=1e-12)
    assert ratios.apply_smr(p, ratio) == ratios.apply_hr(p, ratio)


@given(PROBABILITIES, EFFECTS)
def test_odds_ratio_as_a_risk_ratio_at_its_own_baseline(p: float, ratio: float) -> None:
    as_rr = ratios.apply_rr(p, ratios.rr_from_or(ratio, p))
    assert_allclose(as_rr, ratios.apply_or(p, ratio), atol=1e-12)


@given(PROBABILITIES)
def test_ratio_of_one_changes_nothing(p: float) -> None:
    for apply in (ratios.apply_rr, ratios.apply_or, ratios.apply_hr, ratios.apply_smr):
        assert_allclose(apply(p, 1.0), p, atol=1e-15)
    assert ratios.apply_rd(p, 0.0) == p


def test_death_is_certain_at_the_end_of_a_life_table_whatever_the_ratio() -> None:
    assert ratios.apply_smr(1.0, 0.5) == 1.0


def test_standardised_mean_difference_by_chinn() -> None:
    assert_allclose(ratios.log_or_from_smd(1.0), 1.8138, atol=5e-5)
