"""Matrix exponential and logarithm (methods M2.2, M2.3)."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal

from heco.errors import ScenarioError
from heco.evidence import matrices
from heco.evidence.rates import FloatArray, competing_exits, rescaled_probability

SICK_SICKER = [[0.0, 0.15, 0.005], [0.5, 0.0, 0.015], [0.0, 0.0, 0.0]]


def cube(*draws: object) -> FloatArray:
    """Stack ordinary matrices, one per draw."""
    return np.stack([np.asarray(draw, dtype=float) for draw in draws], axis=-1)


def slow_exponential(matrix: FloatArray) -> FloatArray:
    """Taylor series, obviously right and slow, of matrix / 1024, then squared ten times."""
    small, term, total = matrix / 1024, np.eye(len(matrix)), np.eye(len(matrix))
    for k in range(1, 20):
        term = term @ small / k
        total = total + term
    for _ in range(10):
        total = total @ total
    return total


def test_two_states_in_closed_form() -> None:
    a, b, years = 0.3, 0.1, 2.0
    generator = matrices.generator_from_rates(cube([[0, a], [b, 0]]))
    found = matrices.matrix_from_generator(generator, years)[:, :, 0]
    left = (1 - np.exp(-(a + b) * years)) / (a + b)
    assert_allclose(found, [[1 - a * left, a * left], [b * left, 1 - b * left]], rtol=1e-13)


def test_draws_are_computed_each_by_itself_and_stay_last() -> None:
    fast, slow = np.asarray(SICK_SICKER), np.asarray(SICK_SICKER) / 7
    generator = matrices.generator_from_rates(cube(fast, slow))
    found = matrices.matrix_from_generator(generator, [0.5, 2.0])
    assert found.shape == (3, 3, 2)
    assert found.flags.c_contiguous
    for draw, years in enumerate([0.5, 2.0]):
        expected = slow_exponential(generator[:, :, draw] * years)
        assert_allclose(found[:, :, draw], expected, atol=1e-13)
    assert_allclose(found.sum(axis=1), 1.0, atol=1e-14)


def test_without_onward_moves_competing_exits_are_exact() -> None:
    generator = matrices.generator_from_rates(cube([[0, 0.15, 0.06], [0, 0, 0], [0, 0, 0]]))
    found = matrices.matrix_from_generator(generator, 1.0)
    assert_allclose(found[0, 1:, 0], competing_exits([0.15, 0.06], 1.0), rtol=1e-13)


def test_no_rates_move_nobody() -> None:
    found = matrices.matrix_from_generator(np.zeros((2, 2, 1)), 1.0)
    assert_array_equal(found[:, :, 0], np.eye(2))


rate_cells = st.lists(st.floats(0, 1), min_size=9, max_size=9)


@settings(max_examples=60)
@given(rate_cells, st.sampled_from([1 / 52, 1 / 12, 0.25, 0.5, 2.0]))
def test_rescaling_there_and_back_is_the_same_matrix(cells: list[float], years: float) -> None:
    rates = np.asarray(cells).reshape(3, 3, 1)
    yearly = matrices.matrix_from_generator(matrices.generator_from_rates(rates), 1.0)
    there = matrices.rescaled_matrix(yearly, 1.0, years)
    again = matrices.rescaled_matrix(there, years, 1.0)
    assert_allclose(again, yearly, atol=1e-7)
    assert (there >= 0).all()


def test_twelve_months_make_a_year() -> None:
    generator = matrices.generator_from_rates(cube(SICK_SICKER))
    yearly = matrices.matrix_from_generator(generator, 1.0)
    monthly = matrices.rescaled_matrix(yearly, 1.0, 1 / 12)
    assert_allclose(np.linalg.matrix_power(monthly[:, :, 0], 12), yearly[:, :, 0], atol=1e-12)
    assert_allclose(monthly, matrices.matrix_from_generator(generator, 1 / 12), atol=1e-12)
    assert_array_equal(monthly[2, :, 0], [0.0, 0.0, 1.0])


def test_two_way_row_agrees_with_the_formula_for_one_cell() -> None:
    found = matrices.rescaled_matrix(cube([[0.8, 0.2], [0, 1]]), 1.0, 0.25)
    assert_allclose(found[0, 1, 0], rescaled_probability(0.2, 1.0, 0.25), rtol=1e-12)


def test_equal_rows_of_the_diagonal_need_no_eigenvectors() -> None:
    generator = matrices.generator_from_rates(cube([[0, 0.3, 0], [0, 0, 0.3], [0, 0, 0]]))
    yearly = matrices.matrix_from_generator(generator, 1.0)
    found, embeddable = matrices.generator_from_matrix(yearly, 1.0)
    assert embeddable.all()
    assert_allclose(found, generator, atol=1e-9)


@pytest.mark.parametrize(
    ("matrix", "reason"),
    [
        # a detour well -> ill -> dead exists, so well -> dead cannot be 0
        ([[0.9, 0.1, 0.0], [0.0, 0.9, 0.1], [0.0, 0.0, 1.0]], "state 1 -> state 3 would need"),
        # more than half change places: a negative eigenvalue
        ([[0.2, 0.8], [0.9, 0.1]], "not a real matrix"),
        # forced move: everybody leaves state 1 at once
        ([[0.0, 1.0], [0.0, 1.0]], "not a real matrix"),
        # a cycle that turns: complex eigenvalues, negative rates
        ([[0.1, 0.9, 0.0], [0.0, 0.1, 0.9], [0.9, 0.0, 0.1]], "would need the rate"),
    ],
)
def test_matrices_that_no_rates_produce_are_refused(matrix: object, reason: str) -> None:
    with pytest.raises(ScenarioError, match="not embeddable") as caught:
        matrices.rescaled_matrix(cube(matrix), 1.0, 1 / 12, where="[transitions.well]")
    (problem,) = caught.value.problems
    assert reason in problem.what
    assert problem.where == "[transitions.well]"
    assert "Give yearly rates" in problem.hint


def test_refusal_counts_draws_and_names_states() -> None:
    good = [[0.9, 0.08, 0.02], [0.0, 0.9, 0.1], [0.0, 0.0, 1.0]]
    bad = [[0.9, 0.1, 0.0], [0.0, 0.9, 0.1], [0.0, 0.0, 1.0]]
    states = ["well", "ill", "dead"]
    with pytest.raises(ScenarioError, match=r"in 2 of 3 draws.* well -> dead would need"):
        matrices.rescaled_matrix(cube(bad, good, bad), 1.0, 0.5, states=states)
    found, embeddable = matrices.generator_from_matrix(cube(bad, good, bad), 1.0)
    assert_array_equal(embeddable, [False, True, False])
    assert found.shape == (3, 3, 3)


def test_logarithm_of_what_is_not_a_number_is_not_embeddable() -> None:
    found, embeddable = matrices.generator_from_matrix(np.full((2, 2, 1), np.nan), 1.0)
    assert not embeddable.any()
    assert np.isnan(found).all()


@pytest.mark.parametrize(
    ("matrix", "reason"),
    [
        ([[0.9, 0.2], [0.0, 1.0]], "the row of well sums to 1.1, not to 1"),
        ([[1.2, -0.2], [0.0, 1.0]], "well -> well is 1.2; a probability must lie in"),
        ([[np.nan, 1.0], [0.0, 1.0]], "well -> well is nan"),
    ],
)
def test_not_a_transition_matrix(matrix: object, reason: str) -> None:
    with pytest.raises(ScenarioError, match=reason):
        matrices.rescaled_matrix(cube(matrix), 1.0, 0.5, states=["well", "dead"])


@pytest.mark.parametrize(
    ("generator", "reason"),
    [
        ([[-0.1, 0.2], [0.0, 0.0]], "the row of state 1 sums to 0.1, not to 0"),
        ([[0.1, -0.1], [0.0, 0.0]], "state 1 -> state 2 has the rate -0.1 per year"),
        ([[np.nan, 0.1], [0.0, 0.0]], "sums to nan"),
    ],
)
def test_not_a_generator(generator: object, reason: str) -> None:
    with pytest.raises(ScenarioError, match=reason):
        matrices.matrix_from_generator(cube(generator), 1.0)


def test_axes_are_checked() -> None:
    with pytest.raises(ValueError, match="state_from, state_to, draw"):
        matrices.generator_from_rates(np.zeros((2, 2)))
