"""Effect sizes: by hand, at empty cells, and from what is published."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from heco.evidence.meta import MEASURES, Tables, from_counts, from_means, from_published
from heco.evidence.meta.effect_sizes import exact_j, from_rates, from_shares

Z = 1.959963984540054


def counted(measure: str, *rows: tuple[float, float, float, float]) -> Tables:
    a, b, c, d = np.array(rows, dtype=float).T
    return Tables(MEASURES[measure], tuple(f"s{i}" for i in range(len(rows))), a, b, c, d)


def test_two_by_two_by_hand() -> None:
    row = (12, 88, 20, 80)
    odds = from_counts(counted("OR", row))
    assert_allclose(odds.y, math.log(12 * 80 / (88 * 20)))
    assert_allclose(odds.v, 1 / 12 + 1 / 88 + 1 / 20 + 1 / 80)
    risk = from_counts(counted("RR", row))
    assert_allclose(risk.y, math.log(0.12 / 0.20))
    assert_allclose(risk.v, 1 / 12 - 1 / 100 + 1 / 20 - 1 / 100)
    difference = from_counts(counted("RD", row))
    assert_allclose(difference.y, 0.12 - 0.20)
    assert_allclose(difference.v, 0.12 * 0.88 / 100 + 0.2 * 0.8 / 100)
    assert not odds.notes


def test_empty_cells() -> None:
    """Half persons go to the study with the empty cell alone; silence leaves a ratio."""
    rows = ((0, 20, 3, 17), (5, 15, 4, 16), (0, 12, 0, 11), (9, 0, 8, 0))
    odds = from_counts(counted("OR", *rows))
    assert odds.study == ("s0", "s1")
    assert list(odds.index) == [0, 1]
    assert_allclose(odds.y[0], math.log(0.5 * 17.5 / (20.5 * 3.5)))
    assert_allclose(odds.v[0], 1 / 0.5 + 1 / 20.5 + 1 / 3.5 + 1 / 17.5)
    assert_allclose(odds.y[1], math.log(5 * 16 / (15 * 4)))
    assert any("1/2 was added" in note and "s0" in note for note in odds.notes)
    assert any("leave the odds ratio: s2, s3" in note for note in odds.notes)
    risk = from_counts(counted("RR", *rows))
    assert risk.study == ("s0", "s1", "s3")  # everybody with the event is information on a risk
    difference = from_counts(counted("RD", *rows))
    assert difference.study == ("s0", "s1", "s2", "s3")
    assert np.all(difference.v > 0)


def test_hedges_correction_is_exact() -> None:
    for m in (2, 5, 30):
        expected = math.gamma(m / 2) / (math.sqrt(m / 2) * math.gamma((m - 1) / 2))
        assert_allclose(exact_j(m), expected, rtol=1e-12)
    assert_allclose(exact_j(1e6), 1 - 3 / (4e6 - 1), rtol=1e-9)


def test_means_by_hand() -> None:
    one = np.ones(1)
    treated, control = (10 * one, 3 * one, 25 * one), (8 * one, 5 * one, 30 * one)
    plain = from_means(MEASURES["MD"], ["a"], treated, control)
    assert_allclose([plain.y[0], plain.v[0]], [2, 9 / 25 + 25 / 30])
    g = from_means(MEASURES["SMD"], ["a"], treated, control)
    sd = math.sqrt((24 * 9 + 29 * 25) / 53)
    j = math.gamma(53 / 2) / (math.sqrt(53 / 2) * math.gamma(26))
    assert_allclose(g.y[0], j * 2 / sd)
    assert_allclose(g.v[0], 55 / (25 * 30) + g.y[0] ** 2 / 110)


def test_shares_and_rates_by_hand() -> None:
    x, n = np.array([10.0, 0.0, 8.0]), np.array([40.0, 20.0, 8.0])
    share = from_shares(MEASURES["PLOGIT"], list("abc"), x, n)
    assert_allclose(share.y, [math.log(10 / 30), math.log(0.5 / 20.5), math.log(8.5 / 0.5)])
    assert_allclose(share.v, [1 / 10 + 1 / 30, 1 / 0.5 + 1 / 20.5, 1 / 8.5 + 1 / 0.5])
    assert "2 studies" in share.notes[0]
    log = from_shares(MEASURES["PLOG"], list("abc"), x, n)
    assert_allclose([log.y[0], log.v[0]], [math.log(0.25), 1 / 10 - 1 / 40])
    rate = from_rates(MEASURES["RATE"], ["a", "b"], (np.array([6.0, 0.0]), np.array([100.0, 50.0])))
    assert_allclose(rate.y, [math.log(0.06), math.log(0.5 / 50)])
    assert_allclose(rate.v, [1 / 6, 2])
    ratio = from_rates(
        MEASURES["IRR"],
        list("abc"),
        (np.array([6.0, 0.0, 0.0]), np.array([100.0, 50.0, 10.0])),
        (np.array([9.0, 2.0, 0.0]), np.array([90.0, 55.0, 10.0])),
    )
    assert ratio.study == ("a", "b")
    assert_allclose(ratio.y[0], math.log((6 / 100) / (9 / 90)))
    assert_allclose(ratio.v[0], 1 / 6 + 1 / 9)
    assert len(ratio.notes) == 2


@settings(deadline=None)
@given(st.floats(0.1, 8), st.floats(0.05, 0.9))
def test_published_ratios_come_back(ratio: float, se: float) -> None:
    low, high = ratio * math.exp(-Z * se), ratio * math.exp(Z * se)
    one = np.ones(1)
    natural = from_published(MEASURES["OR"], ["a"], ratio * one, (low * one, high * one))
    assert_allclose([natural.y[0], natural.se[0]], [math.log(ratio), se], rtol=1e-9, atol=1e-12)
    logs = from_published(MEASURES["OR"], ["a"], math.log(ratio) * one, se * one, log=True)
    assert_allclose([logs.y[0], logs.se[0]], [math.log(ratio), se], atol=1e-12)
    delta = from_published(MEASURES["OR"], ["a"], ratio * one, ratio * se * one)
    assert_allclose(delta.se[0], se)


def test_published_shares_and_differences() -> None:
    one = np.ones(1)
    share = from_published(MEASURES["PLOGIT"], ["a"], 0.2 * one, 0.04 * one)
    assert_allclose([share.y[0], share.se[0]], [math.log(0.25), 0.04 / 0.16])
    plain = from_published(MEASURES["MD"], ["a"], -1.5 * one, (-2.5 * one, -0.5 * one))
    assert_allclose([plain.y[0], plain.se[0]], [-1.5, 1 / Z])


@pytest.mark.parametrize("key", MEASURES)
def test_scales_go_there_and_back(key: str) -> None:
    measure = MEASURES[key]
    values = np.array([0.1, 0.4, 0.9])
    assert_allclose(measure.natural(measure.pooling(values)), values)
    low, high = measure.limits
    assert low < 0.1 < 0.9 < high
