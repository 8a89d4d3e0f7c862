"""Draws on several processes: the same bytes as on one."""

from dataclasses import fields
from pathlib import Path

import numpy as np
import pytest
from small_models import scenario

import heco
from heco.analysis import jobs
from heco.errors import ScenarioError
from heco.model import compile_model

OPTIONS = {"old": ("0", "1"), "new": ("c", "1 + q")}
PARAMETERS = {
    "c": "gamma = {mean = 1000, se = 400}",
    "q": "normal = {mean = 0.06, se = 0.03}",
}


def assert_same(one, other):
    for field in fields(one):
        a, b = getattr(one, field.name), getattr(other, field.name)
        if isinstance(a, dict):
            assert a.keys() == b.keys()
            for key in a:
                assert np.array_equal(a[key], b[key]), (field.name, key)
        elif isinstance(a, np.ndarray):
            assert np.array_equal(a, b), field.name
        else:
            assert a == b, field.name


def test_dealt_out_draws_are_the_same_bytes():
    model = compile_model(scenario(OPTIONS, PARAMETERS))
    draws = model.sample(jobs.TRIAL + 3 * jobs.BLOCK + 17, 1)
    plain = model.evaluate(draws)
    assert_same(jobs.evaluate(model, draws, 2, worthwhile=0.0), plain)
    assert_same(jobs.evaluate(model, draws, 2), plain)  # not worthwhile, so not dealt out


@pytest.mark.parametrize("n", [jobs.TRIAL + 17, jobs.TRIAL + jobs.BLOCK + 17])
def test_a_short_last_block_changes_no_digit(n):
    scenario = heco.load(Path(__file__).parents[3] / "scenarios" / "targeted.toml")
    model = heco.compile(scenario)
    draws = model.sample(n, 1)
    assert_same(jobs.evaluate(model, draws, 2), model.evaluate(draws))


def test_few_draws_are_not_dealt_out(monkeypatch):
    monkeypatch.setattr(jobs, "_elsewhere", lambda *_: pytest.fail("dealt out"))
    model = compile_model(scenario(OPTIONS, PARAMETERS))
    draws = model.sample(100, 1)
    assert_same(jobs.evaluate(model, draws, 8, worthwhile=0.0), model.evaluate(draws))


def test_what_is_wrong_elsewhere_is_said_here():
    rest = '[checks]\nsame_across_strategies = ["where(c > 2900, cost, 1)"]'
    model = compile_model(scenario(OPTIONS, PARAMETERS, rest=rest))
    draws = model.base(jobs.TRIAL + jobs.BLOCK)
    c = draws.column("c").copy()
    c[-1] = 3000.0
    with pytest.raises(ScenarioError, match="where"):
        jobs.evaluate(model, draws.replace({"c": c}), 2, worthwhile=0.0)
