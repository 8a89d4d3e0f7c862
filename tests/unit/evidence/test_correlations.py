"""Correlation matrices: what is refused, and how the impossible is mended."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from heco.evidence.correlations import (
    Correlation,
    matrix_faults,
    mixed,
    nearest_correlation,
    smallest_eigenvalue,
)


def test_nearest_correlation_of_higham_2002():
    # Higham (2002), section 4: printed to four decimals.
    nearest, change = nearest_correlation(np.array([[1.0, 1, 0], [1, 1, 1], [0, 1, 1]]))
    printed = [[1, 0.7607, 0.1573], [0.7607, 1, 0.7607], [0.1573, 0.7607, 1]]
    np.testing.assert_allclose(nearest, printed, atol=0.00005)
    assert change == pytest.approx(0.2393, abs=0.00005)


@settings(max_examples=50, deadline=None)
@given(size=st.integers(2, 7), seed=st.integers(0, 2**32))
def test_the_nearest_is_a_correlation_matrix_that_can_be_factored(size, seed):
    given_ = np.random.default_rng(seed).uniform(-1, 1, (size, size))
    given_ = np.triu(given_, 1) + np.triu(given_, 1).T + np.eye(size)
    nearest, change = nearest_correlation(given_)
    assert matrix_faults(nearest, False, "correlation") == []
    np.linalg.cholesky(nearest)
    assert change == pytest.approx(np.abs(nearest - given_).max())
    if smallest_eigenvalue(given_) > 1e-6:
        np.testing.assert_allclose(nearest, given_, atol=1e-9)


def test_pairs_make_a_matrix():
    correlation = Correlation.from_pairs({("c", "a"): 0.5, ("a", "b"): -0.2}, "latent", True, "[x]")
    assert correlation.names == ("a", "b", "c")
    np.testing.assert_array_equal(correlation.matrix, [[1, -0.2, 0.5], [-0.2, 1, 0], [0.5, 0, 1]])
    assert (correlation.kind, correlation.repair, correlation.where) == ("latent", True, "[x]")


def test_factors_come_group_by_group_in_alphabetical_order():
    correlation = Correlation.from_pairs(
        {("d", "a"): 0.5, ("c", "e"): 0.1, ("b", "z"): 0.0}, "latent"
    )
    groups, warning = correlation.factors()
    assert [names for names, _ in groups] == [("a", "d"), ("c", "e")]
    assert warning == ""
    np.testing.assert_allclose(groups[0][1] @ groups[0][1].T, [[1, 0.5], [0.5, 1]])


def test_spearman_becomes_latent():
    ((_, factor),), _ = Correlation.from_pairs({("a", "b"): 0.5}).factors()
    assert (factor @ factor.T)[0, 1] == pytest.approx(2 * np.sin(np.pi * 0.5 / 6))


def test_mixing_is_a_matrix_product():
    rng = np.random.default_rng(1)
    factor, z = np.tril(rng.random((4, 4))), rng.random((4, 50))
    np.testing.assert_allclose(mixed(factor, z), factor @ z)
