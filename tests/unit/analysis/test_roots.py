import itertools
import math

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from heco.analysis.roots import NotDefined, roots, straight

GRID = np.linspace(0.0, 4.0, 201)


def find(function, x=GRID, defined=None):
    y = np.array([function(v) for v in x])
    return roots(x, y, function, defined)


def test_a_straight_line_has_a_closed_form():
    (root,) = find(lambda x: 3 * x - 4.6)
    assert root.method == "closed form"
    assert root.x == pytest.approx(4.6 / 3, rel=1e-14)
    assert root.rising


def test_all_three_roots_of_a_cubic():
    found = find(lambda x: (x - 0.503) * (x - 1.777) * (x - 3.091))
    assert [root.x for root in found] == pytest.approx([0.503, 1.777, 3.091], abs=1e-12)
    assert [root.rising for root in found] == [True, False, True]
    assert {root.method for root in found} == {"Brent"}


@pytest.mark.parametrize("function", [lambda x: x + 1, lambda x: -1 - x * x, lambda x: 0.0])
def test_no_change_of_sign_is_no_root(function):
    assert find(function) == ()


def test_touching_zero_is_no_root():
    assert find(lambda x: (x - 2) ** 2) == ()


def test_zero_at_an_end_is_no_root():
    assert find(lambda x: x) == ()
    assert find(lambda x: 4 - x) == ()


def test_a_root_on_a_grid_point():
    (root,) = find(lambda x: (x - 2.0) * (x + 1))
    assert root.x == pytest.approx(2.0, abs=1e-9)
    assert root.rising


def test_a_jump_is_called_a_jump():
    (root,) = find(lambda x: -5.0 if x < 1.234 else 7.0)
    assert root.kind == "jump"
    assert root.x == pytest.approx(1.234, abs=1e-9)


def test_a_change_across_a_gap_is_no_root():
    x = GRID
    y = np.where(x < 1, -1.0, 1.0)
    y[(x > 0.9) & (x < 1.5)] = np.nan
    (root,) = roots(x, y, lambda v: math.nan, np.isfinite(y))
    assert root.kind == "gap"
    assert 0.9 <= root.x <= 1.5


def test_a_function_that_ends_inside_a_bracket_is_a_gap():
    def function(x):
        if x not in (0.0, 1.0, 2.0):
            raise NotDefined
        return x - 1.5

    x = np.array([0.0, 1.0, 2.0])
    (root,) = roots(x, np.array([-1.5, -0.5, 9.0]), function)
    assert root.kind == "gap"


def test_two_points_are_not_known_to_be_straight():
    assert not straight(np.array([0.0, 1.0]), np.array([0.0, 1.0]))
    assert straight(GRID, 2 * GRID - 1)
    assert not straight(GRID, GRID**2)


@given(st.lists(st.integers(1, 399), min_size=1, max_size=5, unique=True))
def test_every_simple_root_of_a_polynomial_is_found(hundredths):
    at = sorted(n / 100 + 0.0037 for n in hundredths)
    assume(all(b - a > 0.05 for a, b in itertools.pairwise(at)))
    found = find(lambda x: 1e4 * math.prod(x - a for a in at))
    assert [root.x for root in found] == pytest.approx(at, abs=1e-9)
    assert all(abs(root.value) < 0.01 for root in found)
