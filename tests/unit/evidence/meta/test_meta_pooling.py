"""Pooling: what the result may and may not depend on, and what is said about it."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from meta_strategies import effects, made, slow_peto, swapped, tables
from numpy.testing import assert_allclose

from heco.errors import ScenarioError
from heco.evidence.meta import (
    MEASURES,
    TESTS,
    Effects,
    Tables,
    from_counts,
    mantel_haenszel,
    measure_named,
    peto,
    pool,
    stratified_tests,
)

ESTIMATORS = ["IV", "DL", "REML", "PM", "ML", "HE", "HS", "HSk", "SJ", "EB", "PMM"]


@pytest.mark.parametrize("estimator", ESTIMATORS)
@settings(max_examples=10, deadline=None)
@given(
    studies=effects(least=3),
    shift=st.floats(-5, 5),
    scale=st.floats(0.1, 10),
    seed=st.integers(0, 99),
    test=st.sampled_from(TESTS),
)
def test_shift_scale_and_order(
    estimator: str, studies: Effects, shift: float, scale: float, seed: int, test: str
) -> None:
    own = pool(studies, estimator, test)
    order = np.random.default_rng(seed).permutation(studies.k)
    mixed = pool(studies.take(order), estimator, test)
    moved = pool(made(studies.y + shift, studies.v), estimator, test)
    grown = pool(made(scale * studies.y, scale**2 * studies.v), estimator, test)
    close = {"rtol": 1e-6, "atol": 1e-8}
    assert_allclose([mixed.estimate, mixed.se, mixed.q], [own.estimate, own.se, own.q], **close)
    assert_allclose(mixed.weights, own.weights[order], **close)
    assert_allclose([moved.estimate - shift, moved.se], [own.estimate, own.se], **close)
    assert_allclose(
        [grown.estimate / scale, grown.se / scale, grown.tau2 / scale**2, grown.q, grown.i2],
        [own.estimate, own.se, own.tau2, own.q, own.i2],
        rtol=1e-5,
        atol=1e-7,
    )
    if own.prediction is not None and mixed.prediction is not None:
        assert_allclose(mixed.prediction.low, own.prediction.low, **close)


@settings(deadline=None)
@given(effects())
def test_copies_of_all_studies(studies: Effects) -> None:
    """Twice the studies: the same common effect, half its variance, twice Q."""
    once = pool(studies, "IV")
    twice = pool(made(np.tile(studies.y, 2), np.tile(studies.v, 2)), "IV")
    assert_allclose(twice.estimate, once.estimate, rtol=1e-9, atol=1e-12)
    assert_allclose(twice.se, once.se / math.sqrt(2), rtol=1e-9)
    assert_allclose(twice.q, 2 * once.q, rtol=1e-9, atol=1e-12)


@settings(deadline=None)
@given(effects(least=3), st.sampled_from(ESTIMATORS))
def test_the_estimate_lies_among_the_studies(studies: Effects, estimator: str) -> None:
    found = pool(studies, estimator, "knapp-hartung-truncated")
    assert studies.y.min() - 1e-9 <= found.estimate <= studies.y.max() + 1e-9
    assert_allclose(found.weights.sum(), 100)
    assert found.low <= found.estimate <= found.high
    assert 0 <= found.i2 <= 100
    assert 0 <= found.i2_q <= 100
    assert found.h2 >= (0 if estimator == "IV" else 1)
    if estimator != "IV":
        assert found.prediction is not None
        # truncated Knapp-Hartung is never narrower than Wald
        assert found.low <= found.wald[1] + 1e-12
        assert found.high >= found.wald[2] - 1e-12


@settings(deadline=None)
@given(effects(least=2))
def test_dl_is_where_the_two_forms_of_i2_agree(studies: Effects) -> None:
    found = pool(studies, "DL")
    assert_allclose(found.i2, found.i2_q, atol=1e-7)


def test_knapp_hartung_by_hand() -> None:
    y, v = np.array([0.2, 0.9, -0.1, 0.5]), np.array([0.1, 0.2, 0.1, 0.3])
    found = pool(made(y, v), "DL")
    w = 1 / (v + found.tau2)
    mean = w @ y / w.sum()
    se = math.sqrt(w @ (y - mean) ** 2 / (3 * w.sum()))
    assert_allclose([found.estimate, found.se], [mean, se])
    assert found.df == 3
    assert_allclose(found.high - found.estimate, 3.182446305284264 * se)
    assert found.subject == "GEN/DL/knapp-hartung"


def test_prediction_rules_by_hand() -> None:
    studies = made([0.2, 0.9, -0.1, 0.5], [0.1, 0.2, 0.1, 0.3])
    found = pool(studies, "SJ")
    wald = found.wald[0]
    for rule, t, se in (
        ("higgins", 4.302652729696144, wald),
        ("knapp-hartung", 3.182446305284264, found.se),
        ("z", 1.959963984540054, wald),
    ):
        got = pool(studies, "SJ", prediction=rule).prediction
        assert got is not None
        assert_allclose(got.high - found.estimate, t * math.sqrt(found.tau2 + se**2), rtol=1e-9)
        assert got.rule == rule
        assert got.words


def test_one_and_two_studies() -> None:
    alone = pool(made([0.4], [0.09]))
    assert (alone.estimate, alone.test, alone.prediction) == (0.4, "wald", None)
    assert_allclose([alone.se, alone.i2, alone.h2, alone.tau2], [0.3, 0, 1, 0])
    assert "one study" in alone.warnings[0]
    assert all(math.isnan(end) for end in alone.i2_interval)
    assert alone.natural_prediction is None
    pair = pool(made([0.4, 0.9], [0.09, 0.2]))
    assert pair.prediction is None
    assert any("two studies" in warning for warning in pair.warnings)
    assert any("at least three" in warning for warning in pair.warnings)


def test_no_study_is_refused() -> None:
    with pytest.raises(ScenarioError, match="no study"):
        pool(made([], []))


def test_narrow_knapp_hartung_is_pointed_out() -> None:
    studies = made([0.30, 0.31, 0.29, 0.30], [0.1, 0.1, 0.1, 0.1])
    found = pool(studies)
    assert found.se < found.wald[0]
    assert "knapp-hartung-truncated" in found.warnings[0]
    assert not pool(studies, test="knapp-hartung-truncated").warnings
    assert_allclose(pool(studies, test="knapp-hartung-truncated").se, found.wald[0])


def test_unknown_words_are_refused_with_a_suggestion() -> None:
    studies = made([0, 1, 2], [1, 1, 1])
    for arguments, word in (
        (("REML", "hartung-knapp"), "test"),
        (("reml", "wald"), "estimator"),
    ):
        with pytest.raises(ScenarioError, match=f"there is no {word}"):
            pool(studies, *arguments)
    with pytest.raises(ScenarioError, match='Did you mean "higgins"'):
        pool(studies, prediction="higins")
    with pytest.raises(ScenarioError, match="there is no measure"):
        measure_named("ORR")
    assert measure_named("or").key == "OR"


def test_a_given_tau2_is_used_and_has_no_error() -> None:
    found = pool(made([0, 1, 2], [1, 1, 1]), test="wald", tau2=3.0)
    assert_allclose([found.tau2, found.se], [3.0, math.sqrt(4 / 3)])
    assert math.isnan(found.tau2_se)
    assert math.isnan(found.tau2_low)


@pytest.mark.parametrize("measure", ["OR", "RR", "RD"])
@settings(deadline=None)
@given(data=st.data())
def test_swapping_the_arms_turns_the_sign(measure: str, data: st.DataObject) -> None:
    studies = data.draw(tables(measure))
    one, other = mantel_haenszel(studies), mantel_haenszel(swapped(studies))
    assert_allclose(other.estimate, -one.estimate, rtol=1e-9, atol=1e-12)
    assert_allclose(other.se, one.se, rtol=1e-9)
    first, second = from_counts(studies), from_counts(swapped(studies))
    assert_allclose(second.y, -first.y, rtol=1e-9, atol=1e-12)
    assert_allclose(second.v, first.v, rtol=1e-9)
    assert_allclose(pool(second, "DL").estimate, -pool(first, "DL").estimate, rtol=1e-7, atol=1e-10)


@settings(deadline=None)
@given(tables("OR"))
def test_peto_and_odds_ratios_under_swaps(studies: Tables) -> None:
    one, other = peto(studies), peto(swapped(studies))
    assert_allclose([other.estimate, other.se], [-one.estimate, one.se], rtol=1e-9, atol=1e-12)
    # an odds ratio does not care what is called an event, but for its sign
    flipped = Tables(studies.measure, studies.study, studies.b, studies.a, studies.d, studies.c)
    assert_allclose(
        mantel_haenszel(flipped).estimate, -mantel_haenszel(studies).estimate, atol=1e-9
    )


@settings(max_examples=40, deadline=None)
@given(tables("OR", zeros=True))
def test_peto_twin(studies: Tables) -> None:
    try:
        found = peto(studies)
    except ScenarioError:
        return
    estimate, se = slow_peto(studies)
    assert_allclose([found.estimate, found.se], [estimate, se], rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("measure", ["OR", "RR", "RD"])
@settings(deadline=None)
@given(data=st.data())
def test_mantel_haenszel_of_one_study_is_its_own_effect(measure: str, data: st.DataObject) -> None:
    studies = data.draw(tables(measure, least=1)).take([0])
    found, own = mantel_haenszel(studies), from_counts(studies)
    assert_allclose(found.estimate, own.y[0], rtol=1e-9, atol=1e-12)
    if measure == "OR":  # Robins-Breslow-Greenland is Woolf's variance in one table
        assert_allclose(found.se, own.se[0], rtol=1e-9)
    if measure == "RR":  # so is Greenland-Robins'
        assert_allclose(found.se, own.se[0], rtol=1e-9)


@pytest.mark.parametrize("measure", ["OR", "RR", "RD"])
@settings(deadline=None)
@given(data=st.data(), seed=st.integers(0, 99))
def test_copies_and_order_of_tables(measure: str, data: st.DataObject, seed: int) -> None:
    studies = data.draw(tables(measure))
    order = np.random.default_rng(seed).permutation(studies.k)
    own, mixed = mantel_haenszel(studies), mantel_haenszel(studies.take(order))
    twice = mantel_haenszel(studies.take(np.tile(np.arange(studies.k), 2)))
    assert_allclose([mixed.estimate, mixed.se], [own.estimate, own.se], rtol=1e-9, atol=1e-12)
    assert_allclose(twice.estimate, own.estimate, rtol=1e-9, atol=1e-12)
    assert_allclose(twice.se, own.se / math.sqrt(2), rtol=1e-9)


def counted(measure: str, *rows: tuple[float, float, float, float]) -> Tables:
    a, b, c, d = np.array(rows, dtype=float).T
    return Tables(MEASURES[measure], tuple(f"s{i}" for i in range(len(rows))), a, b, c, d)


def test_studies_without_events_add_nothing_to_mantel_haenszel() -> None:
    with_empty = counted("OR", (3, 20, 6, 18), (2, 30, 5, 28), (0, 25, 0, 26))
    without = with_empty.take([0, 1])
    for method in (mantel_haenszel, peto):
        assert_allclose(method(with_empty).estimate, method(without).estimate)
        assert_allclose(method(with_empty).se, method(without).se)
        assert method(with_empty).q_df == 1
        assert "1 study" in method(with_empty).notes[0]
    # but they do count for a difference
    difference = counted("RD", (3, 20, 6, 18), (0, 25, 0, 26))
    assert abs(mantel_haenszel(difference).estimate) < abs(
        mantel_haenszel(difference.take([0])).estimate
    )


def test_ratios_that_do_not_exist_are_refused() -> None:
    nobody = counted("OR", (0, 10, 0, 10), (0, 15, 0, 10))
    for method in (mantel_haenszel, peto):
        with pytest.raises(ScenarioError):
            method(nobody)
    with pytest.raises(ScenarioError, match="no study"):
        mantel_haenszel(nobody.take([]))
    with pytest.raises(ScenarioError, match="RD"):
        mantel_haenszel(counted("RR", (0, 10, 3, 10)))
    assert mantel_haenszel(counted("RD", (0, 10, 0, 10), (0, 15, 0, 10))).estimate == 0
    with pytest.raises(ScenarioError, match="odds ratios"):
        peto(counted("RR", (1, 10, 3, 10)))


def test_peto_says_when_it_is_biased() -> None:
    rare = counted("OR", (3, 997, 4, 996), (2, 998, 2, 998))
    assert not peto(rare).warnings
    common = peto(counted("OR", (30, 30, 10, 90), (40, 20, 10, 50)))
    text = " ".join(common.warnings)
    assert "not rare" in text
    assert "unequal" in text
    assert "not small" in text


def test_tests_of_one_table_by_hand() -> None:
    """One table has nothing to differ from; its CMH test is (N-1)/N times the usual one."""
    found = stratified_tests(counted("OR", (10, 20, 20, 15)), continuity=False)
    chi2 = 65 * (10 * 15 - 20 * 20) ** 2 / (30 * 35 * 30 * 35)
    assert_allclose(found.cmh, chi2 * 64 / 65)
    assert_allclose([found.tarone, found.df], [0, 0], atol=1e-9)
