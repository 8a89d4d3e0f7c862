"""Does the answer hold? Influence, leaving out, small-study effects, trim and fill."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from meta_strategies import effects, made, slow_trim_and_fill
from numpy.testing import assert_allclose

from heco.errors import ScenarioError
from heco.evidence.meta import (
    MEASURES,
    Effects,
    Pooled,
    Tables,
    begg,
    cumulative,
    egger,
    harbord,
    influence_diagnostics,
    leave_one_out,
    mantel_haenszel,
    peters,
    pool,
    trim_and_fill,
)

Y = [0.2, 0.9, -0.1, 0.5, 1.2, 0.3, 0.8, -0.4, 0.6, 0.1]
V = [0.1, 0.2, 0.1, 0.3, 0.4, 0.05, 0.2, 0.15, 0.1, 0.25]


def many(k: int = 12, slope: float = 0.0, seed: int = 1) -> Effects:
    rng = np.random.default_rng(seed)
    v = rng.uniform(0.02, 0.6, k)
    return made(0.3 + slope * np.sqrt(v) + rng.normal(0, np.sqrt(v)), v)


# --- influence ---------------------------------------------------------------------------------


@settings(max_examples=15, deadline=None)
@given(effects(least=3, most=6))
def test_influence_twin(studies: Effects) -> None:
    """Every diagnostic from pooling with and without the study."""
    found, whole = influence_diagnostics(studies), pool(studies, test="wald")
    for i in range(studies.k):
        without = pool(studies.take([j for j in range(studies.k) if j != i]), test="wald")
        change = whole.estimate - without.estimate
        close = {"rtol": 1e-5, "atol": 1e-7}
        assert_allclose(found.tau2[i], without.tau2, **close)
        assert_allclose(found.q[i], without.q, **close)
        assert_allclose(found.cook[i], (change / whole.se) ** 2, **close)
        assert_allclose(found.covariance_ratio[i], (without.se / whole.se) ** 2, **close)
        assert_allclose(found.hat[i], whole.weights[i] / 100, **close)
        residual = (studies.y[i] - without.estimate) / math.sqrt(
            studies.v[i] + without.tau2 + without.se**2
        )
        assert_allclose(found.residual[i], residual, **close)


def test_an_outlier_is_found() -> None:
    studies = made([0.1, 0.0, 0.2, 0.1, 3.0], [0.05] * 5)
    for estimator in ("IV", "REML"):
        found = influence_diagnostics(studies, estimator)
        assert found.influential[4]
        assert np.argmax(np.abs(found.residual)) == np.argmax(found.cook) == 4


def test_leaving_out_and_adding_up() -> None:
    studies = made(Y, V)

    def method(part: Effects) -> Pooled:
        return pool(part, "DL")

    left = leave_one_out(studies, method)
    assert [one.k for one in left] == [9] * 10
    assert "s3" not in left[3].study
    added = cumulative(studies, method, order=[10 - i for i in range(10)])
    assert [one.k for one in added] == list(range(1, 11))
    assert added[0].study == ("s9",)
    assert_allclose(added[-1].estimate, method(studies).estimate)
    with pytest.raises(ScenarioError, match="two or more"):
        leave_one_out(studies.take([0]), method)
    with pytest.raises(ScenarioError, match="one number per study"):
        cumulative(studies, method, order=[1, 2])
    with pytest.raises(ScenarioError, match="three studies"):
        influence_diagnostics(studies.take([0, 1]))


def test_tables_can_be_left_out_too() -> None:
    cells = np.random.default_rng(1).integers(2, 40, (4, 6)).astype(float)
    tables = Tables(MEASURES["RR"], tuple("abcdef"), *cells)
    assert leave_one_out(tables, mantel_haenszel)[2].study == tuple("abdef")


# --- small-study effects -----------------------------------------------------------------------


def test_egger_is_a_regression_of_y_over_se() -> None:
    studies = many(slope=1.5)
    found = egger(studies)
    design = np.column_stack([np.ones(studies.k), 1 / studies.se])
    beta, rest, *_ = np.linalg.lstsq(design, studies.y / studies.se)
    se = math.sqrt(rest[0] / (studies.k - 2) * np.linalg.inv(design.T @ design)[0, 0])
    assert_allclose([found.bias, found.se, found.limit], [beta[0], se, beta[1]])


@settings(deadline=None)
@given(st.floats(0.2, 5), st.floats(-2, 2))
def test_egger_does_not_care_for_units(scale: float, shift: float) -> None:
    studies = many(slope=1)
    moved = made(scale * (studies.y + shift), scale**2 * studies.v)
    assert_allclose(egger(moved).statistic, egger(studies).statistic, rtol=1e-6)
    assert_allclose(begg(moved).p, begg(studies).p)


def test_kendall_by_enumeration() -> None:
    """All orders of five studies, counted."""
    from itertools import permutations

    v = np.array([0.1, 0.2, 0.3, 0.4, 0.5])
    sums = []
    for order in permutations(range(5)):
        sums.append(sum(np.sign(order[j] - order[i]) for i in range(5) for j in range(i + 1, 5)))
    for y in ([0, 1, 2, 3, 4], [1, 0, 2, 4, 3], [2, 0, 1, 4, 3], [4, 3, 2, 1, 0]):
        studies = made(10 * np.array(y, dtype=float), v)
        found = begg(studies, fewest=3)
        s = round(found.bias * 10)
        share = min(1.0, 2 * min(np.mean(np.array(sums) >= s), np.mean(np.array(sums) <= s)))
        assert_allclose(found.p, share)


def test_too_few_studies_are_refused() -> None:
    few = many(9)
    cells = np.full((4, 9), 10.0)
    tables = Tables(MEASURES["OR"], few.study, *cells)
    for test in (
        lambda: egger(few),
        lambda: begg(few),
        lambda: trim_and_fill(few),
        lambda: harbord(tables),
        lambda: peters(tables),
    ):
        with pytest.raises(ScenarioError, match="too few"):
            test()
    assert egger(few, fewest=3).k == 9
    with pytest.raises(ScenarioError, match="too few"):
        egger(many(2), fewest=1)


def test_tests_that_make_no_sense() -> None:
    with pytest.raises(ScenarioError, match="equally precise"):
        egger(made(Y, [0.1] * 10))
    with pytest.raises(ScenarioError, match="models"):
        egger(many(), model="robust")
    cells = np.full((4, 12), 10.0)
    for test in (harbord, peters):
        with pytest.raises(ScenarioError, match="odds ratios"):
            test(Tables(MEASURES["RR"], many().study, *cells))
        with pytest.raises(ScenarioError, match="same size"):
            test(Tables(MEASURES["OR"], many().study, *cells))


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(st.floats(-2, 2), st.floats(0.02, 2)), min_size=10, max_size=16,
             unique_by=lambda pair: round(pair[0], 6)),
    st.sampled_from(["left", "right"]),
)  # fmt: skip
def test_trim_and_fill_twin(pairs: list[tuple[float, float]], side: str) -> None:
    y, v = [pair[0] for pair in pairs], [pair[1] for pair in pairs]
    found = trim_and_fill(made(y, v), "IV", side=side)
    if len(found.warnings) > 1:  # it went in circles, and says so
        return
    missing, estimate = slow_trim_and_fill(y, v, side)
    assert found.missing == missing
    assert_allclose(found.pooled.estimate, estimate, rtol=1e-9, atol=1e-12)


@settings(deadline=None)
@given(st.integers(0, 50))
def test_trim_and_fill_turns_with_the_sign(seed: int) -> None:
    studies = many(14, slope=2, seed=seed)
    one = trim_and_fill(studies, "DL")
    other = trim_and_fill(made(-studies.y, studies.v), "DL")
    assert {one.side, other.side} == {"left", "right"}
    assert one.missing == other.missing
    assert_allclose(other.pooled.estimate, -one.pooled.estimate, rtol=1e-9)
    assert one.filled.k == 14 + one.missing
    assert_allclose(one.filled.y[:14], studies.y)


def test_trim_and_fill_at_its_edges() -> None:
    even = trim_and_fill(made(Y, [0.1] * 10), "IV")  # no standard error to regress on
    assert even.side == "left"
    lopsided = made([0.0] * 9 + [5.0], V)
    assert trim_and_fill(lopsided, "IV", rank="R0", side="left").missing >= 0


def test_trim_and_fill_words() -> None:
    with pytest.raises(ScenarioError, match="ranks"):
        trim_and_fill(many(), rank="Q0")
    found = trim_and_fill(many(20, slope=3), rank="R0")
    assert "sensitivity" in found.warnings[0]
    assert found.missing_se > 0
    if found.missing:
        assert "(mirrored)" in found.filled.study[-1]
