"""Sensitivity and specificity together: the likelihood, the fallbacks, the draws."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from heco.errors import ScenarioError
from heco.evidence.meta import (
    Accuracy,
    AccuracyTables,
    accuracy_draws,
    pool_accuracy,
    predictive_values,
    read_accuracy,
)
from heco.evidence.meta.accuracy_tables import log_odds
from heco.evidence.meta.linear import single
from heco.evidence.meta.reitsma import minus_log_likelihood, reml
from heco.evidence.meta.tau2 import estimate


def studies(k: int = 12, rho: float = -0.6, seed: int = 1, n: int = 150) -> AccuracyTables:
    rng = np.random.default_rng(seed)
    logits = rng.multivariate_normal([1.5, 1.0], [[0.5, rho * 0.5], [rho * 0.5, 0.5]], k)
    ill, well = rng.binomial(n, 1 / (1 + np.exp(-logits))).T.astype(float)
    return AccuracyTables(tuple(f"s{i}" for i in range(k)), ill, n - ill, n - well, well)


def test_gradient_by_differences() -> None:
    y, v, _ = log_odds(studies())
    for factor in ([1.1, -0.3, 0.5], [0.2, 0.9, 0.1]):
        at = np.array(factor)
        _, slope = minus_log_likelihood(at, y, v)
        for i in range(3):
            step = 1e-6 * np.eye(3)[i]
            ends = [minus_log_likelihood(at + sign * step, y, v)[0] for sign in (1, -1)]
            assert_allclose(slope[i], (ends[0] - ends[1]) / 2e-6, rtol=1e-6, atol=1e-7)


@settings(max_examples=10, deadline=None)
@given(st.integers(0, 100))
def test_reml_twin(seed: int) -> None:
    """No matrix near the maximum, or far from it, is more likely."""
    y, v, _ = log_odds(studies(8, seed=seed))

    def height(matrix: np.ndarray) -> float:
        log, weight, pull = 0.0, np.zeros((2, 2)), np.zeros(2)
        for row, variance in zip(y, v, strict=True):
            total = matrix + np.diag(variance)
            weight += np.linalg.inv(total)
            pull += np.linalg.inv(total) @ row
        mean = np.linalg.solve(weight, pull)
        for row, variance in zip(y, v, strict=True):
            total = matrix + np.diag(variance)
            log -= math.log(np.linalg.det(total)) / 2
            log -= (row - mean) @ np.linalg.inv(total) @ (row - mean) / 2
        return log - math.log(np.linalg.det(weight)) / 2

    found = reml(y, v)
    top = height(found)
    rng = np.random.default_rng(seed)
    for size in (0.02, 0.2, 1.0):
        for _ in range(40):
            root = np.linalg.cholesky(found + 1e-9 * np.eye(2)) + size * np.tril(
                rng.normal(size=(2, 2))
            )
            assert height(root @ root.T) <= top + 1e-7


def test_order_and_roles() -> None:
    tables = studies()
    one = pool_accuracy(tables)
    order = np.random.default_rng(3).permutation(tables.k)
    mixed = AccuracyTables(
        tuple(tables.study[i] for i in order),
        tables.tp[order], tables.fn[order], tables.fp[order], tables.tn[order],
    )  # fmt: skip
    assert_allclose(pool_accuracy(mixed).mu, one.mu, rtol=1e-6)
    # a test read the other way round: sensitivity and specificity change places
    turned = AccuracyTables(tables.study, tables.tn, tables.fp, tables.fn, tables.tp)
    other = pool_accuracy(turned)
    assert_allclose(other.mu, one.mu[::-1], rtol=1e-5)
    assert_allclose(other.rho, one.rho, rtol=1e-4)
    assert one.model == "bivariate"
    assert -0.95 < one.rho < 0


def test_few_studies_have_no_correlation() -> None:
    tables = studies(4)
    found = pool_accuracy(tables)
    assert found.model == "independent"
    assert found.spread[0, 1] == 0
    assert "4 studies cannot tell" in found.warnings[0]
    y, v, _ = log_odds(tables)
    for j in (0, 1):
        tau2 = float(estimate(single(y[:, j], v[:, j]))[0])
        w = 1 / (v[:, j] + tau2)
        assert_allclose(found.mu[j], w @ y[:, j] / w.sum())
        assert_allclose(found.covariance[j, j], 1 / w.sum())


def test_a_correlation_at_its_limit_is_dropped() -> None:
    found = pool_accuracy(studies(6, rho=-0.999, n=4000))
    assert found.model == "independent"
    assert "at its limit" in found.warnings[0]


def test_one_study_stands_for_itself() -> None:
    found = pool_accuracy(AccuracyTables(("DAI",), *np.array([[7.0], [0.0], [11.0], [37.0]])))
    assert found.model == "single study"
    assert found.curve is None
    assert "1/2" in found.notes[0]
    assert_allclose(found.sensitivity[0], 7.5 / 8)
    assert_allclose(found.specificity[0], 37.5 / 49)
    assert found.sensitivity[1] < found.sensitivity[0] < found.sensitivity[2] < 1
    pair = accuracy_draws(found, "mean")
    assert pair.warnings
    with pytest.raises(ScenarioError, match="one study cannot"):
        accuracy_draws(found, "predictive")


def test_cut_offs_that_differ_are_pointed_out() -> None:
    tables = studies(6)
    mixed = AccuracyTables(
        tables.study, tables.tp, tables.fn, tables.fp, tables.tn, ("3", "3", "5", "", "5", "3")
    )
    assert "different cut-offs (3, 5)" in pool_accuracy(mixed).warnings[0]


def test_half_persons_for_one_or_for_all() -> None:
    tables = AccuracyTables(
        ("a", "b"), np.array([9.0, 8.0]), np.array([0.0, 2.0]), np.array([3.0, 4.0]),
        np.array([30.0, 20.0]),
    )  # fmt: skip
    one, _, note = log_odds(tables)
    assert_allclose(one[:, 0], [math.log(9.5 / 0.5), math.log(8 / 2)])
    assert "a" in note[0]
    every, _, _ = log_odds(tables, "all")
    assert_allclose(every[1, 0], math.log(8.5 / 2.5))
    whole = AccuracyTables(("a",), *np.array([[9.0], [1.0], [3.0], [30.0]]))
    assert log_odds(whole, "all")[2] == ()


def test_what_cannot_be_pooled() -> None:
    empty = AccuracyTables((), *np.zeros((4, 0)))
    with pytest.raises(ScenarioError, match="no study"):
        pool_accuracy(empty)
    nobody = AccuracyTables(("a",), *np.array([[0.0], [0.0], [3.0], [30.0]]))
    with pytest.raises(ScenarioError, match="no ill people in: a"):
        pool_accuracy(nobody)
    with pytest.raises(ScenarioError, match="half"):
        pool_accuracy(studies(6), half="none")
    with pytest.raises(ScenarioError, match="mean"):
        accuracy_draws(pool_accuracy(studies(6)), "new")


def test_curve_passes_through_the_summary_point() -> None:
    found = pool_accuracy(studies())
    assert found.curve is not None
    at = found.curve.sensitivity(np.array([1 - found.specificity[0]]))
    assert_allclose(at, found.sensitivity[0], rtol=1e-9)
    grid = found.curve.sensitivity(np.linspace(0.01, 0.99, 50))
    assert np.all(np.diff(grid) > 0)
    assert 0.5 < found.curve.area < 1


def test_regions() -> None:
    found = pool_accuracy(studies())
    point, new = found.region(), found.region(predictive=True)
    assert point.shape == new.shape == (2, 181)
    assert np.all((new > 0) & (new < 1))
    assert np.ptp(new[0]) > np.ptp(point[0])
    # every point of the outline is as unlikely as any other
    off = np.log(point / (1 - point)) - found.mu[:, np.newaxis]
    distance = np.einsum("ip,ij,jp->p", off, np.linalg.inv(found.covariance), off)
    assert_allclose(distance, 5.991464547107983, rtol=1e-6)


def drawn(found: Accuracy, use: str, n: int = 200_000) -> np.ndarray:
    u = np.random.default_rng(5).random((2, n))
    return accuracy_draws(found, use).ppf(u)


def test_draws_follow_the_model() -> None:
    found = pool_accuracy(studies())
    both = found.covariance + found.spread
    for use, matrix in (("mean", found.covariance), ("predictive", both)):
        pair = accuracy_draws(found, use)
        values = drawn(found, use)
        logits = np.log(values / (1 - values))
        assert_allclose(logits.mean(axis=1), found.mu, atol=0.01)
        assert_allclose(np.cov(logits), matrix, rtol=0.02)
        assert_allclose(list(pair.mean.values()), values.mean(axis=1), atol=2e-3)
        assert_allclose(list(pair.sd.values()), values.std(axis=1), rtol=0.01)
        assert_allclose(pair.base["sensitivity"], found.sensitivity[0])
        assert pair.components == ("sensitivity", "specificity")
        assert (pair.low, pair.high) == (0, 1)
        assert use in pair.describe()
        with pytest.raises(ValueError, match="scaled"):
            pair.scaled(2)


def test_predictive_values_by_hand() -> None:
    ppv, npv = predictive_values(np.array([0.9]), np.array([0.8]), np.array([0.1]))
    assert_allclose([ppv[0], npv[0]], [0.09 / (0.09 + 0.18), 0.72 / (0.72 + 0.01)])


def test_reading(tmp_path: Path) -> None:
    path = tmp_path / "accuracy.csv"
    path.write_text("study,tp,fn,fp,tn,cut_off\nA,9,1,3,30,5\nB,,,,,\nC,8,2,4,20,7\n", "utf-8")
    found = read_accuracy(path)
    assert found.study == ("A", "C")
    assert found.cut_off == ("5", "7")
    assert list(found.fp) == [3, 4]
    path.write_text("study,tp,fn,fp,tn\nA,9,-1,3,30\nA,x,1,,3\n,0,0,3,4\n", "utf-8")
    with pytest.raises(ScenarioError) as caught:
        read_accuracy(path)
    found_at = {problem.where for problem in caught.value.problems}
    assert found_at == {
        "row 1, column fn", "row 2, column tp", "row 2, column fp", "row 2, column study",
        "row 3, column study", "row 3",
    }  # fmt: skip
    path.write_text("study,tp,fn,fp,tn\nA,,,,\n", "utf-8")
    with pytest.raises(ScenarioError, match="no study"):
        read_accuracy(path)
