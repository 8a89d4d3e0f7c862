"""Boundaries on a map, against lines and curves that are known."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from heco.analysis.boundary import Edge, edges


def solved(benefit, x, y):
    """Boundaries of a function of points that returns net benefit, shape (strategy, point)."""
    asked = []

    def ask(at_x, at_y):
        asked.append(len(at_x))
        return benefit(at_x, at_y)

    gx, gy = np.meshgrid(x, y)
    values = benefit(gx.ravel(), gy.ravel()).reshape(-1, len(y), len(x))
    known = np.isfinite(values).all(axis=0)
    winner = np.where(known, np.argmax(np.where(known, values, 0.0), axis=0), -1)
    return edges(ask, x, y, values, winner), asked


GRID = np.linspace(0, 1, 11)


@given(st.floats(-3, 3), st.floats(-3, 3), st.floats(-3, 3))
def test_straight_lines_are_met_exactly(a, b, c):
    def benefit(x, y):
        return np.stack([0 * x, 1000 * (a * x + b * y + c)])

    found, asked = solved(benefit, GRID, GRID)
    for edge in found:
        assert 1000 * abs(a * edge.x + b * edge.y + c) <= 0.01
        assert edge.kind == "crossing"
    assert len(asked) <= 3  # the straight line between two ends, and a look at what is there


def test_both_directions_are_looked_in():
    found, _ = solved(lambda x, y: np.stack([0 * x, 100 * (x - 0.55)]), GRID, GRID)
    assert {edge.along for edge in found} == {"x"}
    assert len(found) == 11
    assert all(edge == Edge(pytest.approx(0.55), edge.y, "x", 0, 1, "crossing") for edge in found)


def test_a_curve_is_closed_in_on():
    found, _ = solved(lambda x, y: np.stack([0 * x, 1e4 * (x**2 + y**2 - 0.5)]), GRID, GRID)
    radii = np.array([np.hypot(edge.x, edge.y) for edge in found])
    assert len(found) > 10
    assert radii == pytest.approx(np.sqrt(0.5), abs=1e-5)


def test_a_jump_is_called_one():
    found, _ = solved(lambda x, y: np.stack([0 * x, np.where(y > 0.33, 5.0, -5.0)]), GRID, GRID)
    assert {edge.kind for edge in found} == {"jump"}
    assert all(edge.y == pytest.approx(0.33, abs=1e-9) for edge in found)


def test_a_third_strategy_that_the_grid_steps_over_is_seen():
    def benefit(x, y):
        return np.stack([100 * (0.52 - y), np.full_like(y, 1.0), 100 * (y - 0.55)])

    found, _ = solved(benefit, GRID, GRID)
    pairs = {(edge.below, edge.above) for edge in found}
    assert pairs == {(0, 1), (1, 2)}
    assert {round(edge.y, 6) for edge in found} == {0.51, 0.56}


def test_where_the_model_has_no_answer_there_is_no_boundary():
    def benefit(x, y):
        return np.stack([0 * x, np.where(y > 0.75, np.nan, 100 * (y - 0.35))])

    found, _ = solved(benefit, GRID, GRID)
    assert {round(edge.y, 9) for edge in found} == {0.35}


def test_an_answer_that_is_lacking_between_two_points_stops_the_search():
    def benefit(x, y):
        return np.stack([0 * x, np.where(np.abs(y - 0.35) < 0.04, np.nan, 100 * (y - 0.352))])

    found, _ = solved(benefit, GRID, GRID)
    assert {edge.kind for edge in found} == {"jump"}
    assert all(0.3 <= edge.y <= 0.4 for edge in found)


def test_one_strategy_everywhere_has_no_boundary():
    found, asked = solved(lambda x, y: np.stack([0 * x, 1 + x]), GRID, GRID)
    assert found == []
    assert asked == []
