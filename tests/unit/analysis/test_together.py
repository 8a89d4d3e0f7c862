"""Searches answered together find what each finds alone, with fewer runs of the model."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import brentq
from small_models import run, table

from heco.analysis import together
from heco.analysis.roots import roots, searching
from heco.errors import Problem, ScenarioError
from heco.model import Model


@settings(max_examples=50, deadline=None)
@given(st.floats(-0.9, 0.9), st.floats(0.1, 5), st.integers(0, 3))
def test_steps_are_those_of_brent_as_scipy_makes_them(root, bend, kind):
    shapes = (
        lambda x: math.exp(bend * x) - math.exp(bend * root),
        lambda x: math.atan(5 * bend * (x - root)),
        lambda x: (x - root) ** 3 + bend * (x - root),
        lambda x: math.copysign(abs(x - root) ** 0.5, x - root),
    )
    function = shapes[kind]
    asked: list[float] = []

    def counting(x):
        asked.append(x)
        return function(x)

    ends = np.array([-1.0, 1.0])
    (found,) = roots(ends, np.array([function(-1.0), function(1.0)]), counting)
    expected, facts = brentq(function, -1, 1, xtol=1e-13, rtol=1e-14, full_output=True)
    assert found.x == pytest.approx(expected, rel=1e-12, abs=1e-13)
    assert len(asked) <= facts.function_calls


def test_a_search_asks_and_waits():
    search = searching(np.array([0.0, 3.0]), np.array([-1.0, 2.0]))
    x, found = next(search), ()
    while not found:
        try:
            x = search.send(x - 1.0)
        except StopIteration as done:
            found = done.value
    assert found[0].x == pytest.approx(1.0, rel=1e-12)


PARAMETERS = {
    "x": 'fixed = 1\nrange = [0, 4]\nunit = "GBP"',
    "y": 'fixed = 2\nrange = [0, 4]\nunit = "GBP"',
    "z": 'expr = "x * y"\nrange = [0, 9]\nunit = "GBP"',
}
COST = "exp(x) + exp(y) + z ** 2 - 15"


def asking(names):
    options = {"old": ("0", "1"), "new": (COST, "1")}
    ask = ", ".join(f'"{name}"' for name in names)
    return run(options, PARAMETERS, "wtp = 20_000", f"[analysis]\nthreshold = {{solve = [{ask}]}}")


def test_together_they_find_what_each_finds_alone():
    both = {r["parameter"]: r["value"] for r in table(asking("xyz"), "threshold")}
    for name in "xyz":
        (alone,) = table(asking(name), "threshold")
        assert both[name] == pytest.approx(alone["value"], rel=1e-12)
    # While y moves, z is made of it; while z moves, x and y stay.
    assert math.exp(1) + math.exp(both["y"]) + both["y"] ** 2 == pytest.approx(15)
    assert math.exp(1) + math.exp(2) + both["z"] ** 2 == pytest.approx(15)


def test_one_run_of_the_model_answers_all_inputs(monkeypatch):
    evaluate, sizes = Model.evaluate, []

    def counting(self, draws, **more):
        sizes.append(draws.n)
        return evaluate(self, draws, **more)

    monkeypatch.setattr(Model, "evaluate", counting)
    asking("xy")
    small = [n for n in sizes if n < 201]
    assert sizes.count(201) == 2
    assert len(small) < 16  # the base case, and no more steps than the slower of the two needs


def test_where_not_all_can_move_at_once_each_goes_by_itself(monkeypatch):
    evaluate_rows, broken = together.evaluate_rows, []

    def one_by_one(context, columns, rows):
        if len(columns) > 1:
            broken.append(columns)
            raise ScenarioError([Problem("what must hold does not")])
        return evaluate_rows(context, columns, rows)

    whole = table(asking("xyz"), "threshold")
    monkeypatch.setattr(together, "evaluate_rows", one_by_one)
    alone = table(asking("xyz"), "threshold")
    assert broken
    for one, other in zip(whole, alone, strict=True):
        assert one["value"] == pytest.approx(other["value"], rel=1e-12)
