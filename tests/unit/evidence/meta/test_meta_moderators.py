"""Subgroups and meta-regression: do effects differ with what studies are like?"""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from meta_strategies import effects, made
from numpy.testing import assert_allclose

from heco.errors import ScenarioError
from heco.evidence.meta import (
    Effects,
    by_subgroup,
    pool,
    regress,
)

Y = [0.2, 0.9, -0.1, 0.5, 1.2, 0.3, 0.8, -0.4, 0.6, 0.1]
V = [0.1, 0.2, 0.1, 0.3, 0.4, 0.05, 0.2, 0.15, 0.1, 0.25]


def many(k: int = 12, slope: float = 0.0, seed: int = 1) -> Effects:
    rng = np.random.default_rng(seed)
    v = rng.uniform(0.02, 0.6, k)
    return made(0.3 + slope * np.sqrt(v) + rng.normal(0, np.sqrt(v)), v)


# --- subgroups ---------------------------------------------------------------------------------


@settings(max_examples=30, deadline=None)
@given(effects(least=4), st.integers(1, 3))
def test_q_is_split_into_within_and_between(studies: Effects, first: int) -> None:
    labels = ["a"] * first + ["b"] * (studies.k - first)
    found = by_subgroup(studies, labels, "IV")
    within = sum(group.q for group in found.groups.values())
    assert_allclose(found.q + within, pool(studies, "IV").q, rtol=1e-7, atol=1e-9)
    for name, group in found.groups.items():
        rows = [i for i, label in enumerate(labels) if label == name]
        assert_allclose(group.estimate, pool(studies.take(rows), "IV").estimate)


def test_one_variance_within_groups_is_the_regression_on_dummies() -> None:
    studies, labels = made(Y, V), list("aaabbbbccc")
    for estimator in ("REML", "DL", "PM"):
        found = by_subgroup(studies, labels, estimator, "wald", tau2="pooled")
        line = regress(studies, {"group": labels}, estimator, "wald")
        assert_allclose([found.q, found.p], [line.model, line.model_p], rtol=1e-8)
        for group in found.groups.values():
            assert_allclose(group.tau2, line.tau2, rtol=1e-8, atol=1e-12)


def test_subgroups_say_what_they_are() -> None:
    found = by_subgroup(made(Y, V), [*"aaabbbb", "", "NA", "c"])
    assert list(found.groups) == ["a", "b", "c"]
    assert "s7, s8" in found.notes[1]
    assert "one per group" in found.notes[0]
    text = " ".join(found.warnings)
    assert 'tau2 = "pooled"' in text
    assert "fewer than 10" in text
    large = by_subgroup(many(24), ["a"] * 12 + ["b"] * 12)
    assert not large.warnings
    assert "one for all" in by_subgroup(made(Y, V), list("aaaaabbbbb"), tau2="pooled").notes[0]


def test_subgroups_that_are_none() -> None:
    for labels, what in ((["a"] * 10, "one group"), ([""] * 10, "no groups"), (["a"], "1 groups")):
        with pytest.raises(ScenarioError, match=what):
            by_subgroup(made(Y, V), labels)
    for rule in ("separate", "pooled"):
        assert by_subgroup(made(Y, V), list("aaaaabbbbb"), "IV", tau2=rule).groups["a"].tau2 == 0
    with pytest.raises(ScenarioError, match="separate"):
        by_subgroup(made(Y, V), list("aaaaabbbbb"), tau2="both")


# --- meta-regression ---------------------------------------------------------------------------


@settings(max_examples=30, deadline=None)
@given(effects(least=4), st.integers(0, 99), st.sampled_from(["REML", "DL", "ML", "PM", "IV"]))
def test_regression_twin(studies: Effects, seed: int, estimator: str) -> None:
    """The textbook formula with plain matrices."""
    x = np.random.default_rng(seed).normal(100, 3, studies.k)
    found = regress(studies, {"x": x}, estimator, "wald")
    design = np.column_stack([np.ones(studies.k), x])
    w = np.diag(1 / (studies.v + found.tau2))
    covariance = np.linalg.inv(design.T @ w @ design)
    beta = covariance @ design.T @ w @ studies.y
    assert_allclose([part.estimate for part in found.coefficients], beta, rtol=1e-5, atol=1e-6)
    assert_allclose([part.se for part in found.coefficients], np.sqrt(np.diag(covariance)),
                    rtol=1e-5)  # fmt: skip
    left = studies.y - design @ beta
    adjusted = regress(studies, {"x": x}, estimator)
    if estimator != "IV":
        factor = math.sqrt(left @ w @ left / (studies.k - 2))
        assert_allclose(
            adjusted.coefficients[1].se, factor * found.coefficients[1].se, rtol=1e-5, atol=1e-9
        )


def test_a_moderator_in_other_units() -> None:
    studies, x = made(Y, V), np.arange(10.0)
    one, other = regress(studies, {"x": x}), regress(studies, {"x": 1000 * x + 5})
    assert_allclose(other.coefficients[1].estimate, one.coefficients[1].estimate / 1000)
    assert_allclose([other.tau2, other.r2, other.model], [one.tau2, one.r2, one.model], rtol=1e-7)
    assert_allclose(other.at({"x": 3005}).estimate, one.at({"x": 3}).estimate)
    assert one.at({"x": 3}).prediction.high > one.at({"x": 3}).high


def test_words_become_categories() -> None:
    studies = made(Y, V)
    kind = 2 * ["trial", "cohort", "trial", "case", "cohort"]
    found = regress(studies, {"kind": kind, "dose": [str(i) for i in range(10)]})
    assert [part.name for part in found.coefficients] == [
        "intercept", "kind=cohort", "kind=trial", "dose",
    ]  # fmt: skip
    assert "kind: compared with case" in found.notes
    assert "fewer than 10" in found.warnings[0]
    reference = found.at({"kind": "case", "dose": 0})
    assert_allclose(reference.estimate, found.coefficients[0].estimate)
    for values, what in (
        ({"kind": "case"}, "a value for dose is missing"),
        ({"kind": "none", "dose": 1}, "no category"),
        ({"kind": "case", "dose": "much"}, "is a number"),
        ({"kind": "case", "dose": 1, "age": 3}, "not in the regression"),
    ):
        with pytest.raises(ScenarioError, match=what):
            found.at(values)


def test_studies_without_a_moderator_are_left_out_and_named() -> None:
    found = regress(made(Y, V), {"x": [1, 2, math.nan, 4, 5, 6, 7, 8, 9, 10]})
    assert found.k == 9
    assert "s2" in found.notes[-1]
    again = regress(made(Y, V), {"x": ["1", "2", "NA", "4", "5", "6", "7", "8", "9", "10"]})
    assert again.coefficients == found.coefficients


def test_impossible_regressions() -> None:
    three = made(Y[:3], V[:3])
    with pytest.raises(ScenarioError, match="cannot tell 3 coefficients apart"):
        regress(three, {"x": [1, 2, 3], "z": [1, 5, 2]})
    with pytest.raises(ScenarioError, match="same in every study"):
        regress(made(Y, V), {"x": [1] * 10})
    with pytest.raises(ScenarioError, match="repeat each other"):
        regress(made(Y, V), {"x": range(10), "z": [2 * i + 1 for i in range(10)]})
    with pytest.raises(ScenarioError, match="3 values for 10 studies"):
        regress(made(Y, V), {"x": [1, 2, 3]})
    with pytest.raises(ScenarioError, match="by no study"):
        regress(made(Y, V), {"x": [""] * 10})
    with pytest.raises(ScenarioError, match="no test"):
        regress(made(Y, V), {"x": range(10)}, test="z")
