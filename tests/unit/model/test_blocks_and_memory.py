"""Blocks of draws, chunks of cycles and the memory cap change nothing but speed."""

from __future__ import annotations

import concurrent.futures
import tracemalloc

import numpy as np
import pytest
from model_building import build, rows
from numpy.testing import assert_allclose, assert_array_equal

import heco.model.evaluation as evaluation
from heco.model.evaluation import Evaluation
from heco.model.operations import Workspace

# Something of everything: a tree, tunnels, values that change with time, several strategies.
MODEL = """
[time]
cycle = "1 month"
horizon = "5 years"
start_age = 50
[parameters]
p_found = { fixed = 0.4, lever = true }
r = { fixed = 0.2 }
g = { fixed = 0.05 }
c = { fixed = 100.0 }
effect = { expr = "where(time < 2, 0.5, 1)" }
[tree.look]
found = { p = "p_found", to = "treated", cost = "c", count = "found" }
missed = { p = "rest", to = "ill" }
[states]
treated = { utility = "0.8 - 0.01 * state_time", cost = { care = "c * exp(g * time)" }, track = "1 year" }
ill = { utility = 0.6, cost = { care = "2 * c", drug = "where(time < 2, c, 0)" } }
dead = { absorbing = true }
[transitions]
treated = { treated = "rest", ill = { rate = "r * effect" }, dead = { rate = "0.05 * exp(g * time)" } }
ill = { ill = "rest", dead = { rate = "r" } }
[strategies]
now = { enters = "look" }
more = { enters = "look", set = { p_found = 0.7 } }
"""  # noqa: E501


@pytest.fixture(scope="module")
def model():
    return build(MODEL)


@pytest.fixture(scope="module")
def draws():
    rng = np.random.default_rng(3)
    n = 61
    return rows(r=rng.gamma(4, 0.05, n), g=rng.normal(0.05, 0.02, n), c=rng.gamma(9, 10, n))


def everything(outcomes):
    """Return all numbers of an outcome, by name."""
    found = {
        name: getattr(outcomes, name)
        for name in ("cost", "qaly", "life_years", "cost_undiscounted", "qaly_undiscounted",
                     "life_years_undiscounted", "entry", "trace", "yearly_cost", "valid")
    }  # fmt: skip
    for name in ("cost_by", "spend_by", "by_state", "shares", "detail"):
        found |= {(name, key): value for key, value in getattr(outcomes, name).items()}
    return found


def agree(first, second, rtol=1e-13):
    first, second = everything(first), everything(second)
    assert first.keys() == second.keys()
    for name, value in first.items():
        assert_allclose(value, second[name], rtol=rtol, atol=1e-300, err_msg=str(name))


@pytest.mark.parametrize(("block", "chunk"), [(1, 1), (7, 7), (64, 100_000), (500, 500)])
def test_the_size_of_blocks_and_chunks_changes_nothing(model, draws, monkeypatch, block, chunk):
    whole = model.evaluate(draws, trace=True, yearly=True)
    monkeypatch.setattr(evaluation, "BLOCK", block)
    monkeypatch.setattr(evaluation, "CHUNK", chunk)
    agree(model.evaluate(draws, trace=True, yearly=True), whole)


def test_the_memory_cap_changes_nothing(model, draws):
    whole = model.evaluate(draws, trace=True, yearly=True)
    agree(model.evaluate(draws, trace=True, yearly=True, memory_mb=0.05), whole)


def test_every_draw_is_by_itself(model, draws):
    whole = model.evaluate(draws)
    for draw in (0, 17, 60):
        alone = model.evaluate(draws.take(slice(draw, draw + 1)))
        assert_allclose(alone.cost[:, 0], whole.cost[:, draw], rtol=1e-13)
        assert_allclose(alone.qaly[:, 0], whole.qaly[:, draw], rtol=1e-13)


def test_the_same_draws_give_the_same_bytes(model, draws):
    first, second = model.evaluate(draws, trace=True), model.evaluate(draws, trace=True)
    for name in ("cost", "qaly", "life_years", "trace"):
        assert getattr(first, name).tobytes() == getattr(second, name).tobytes()


def test_an_evaluation_leaves_earlier_outcomes_alone(model, draws):
    first = model.evaluate(draws, trace=True)
    kept = {name: np.copy(value) for name, value in everything(first).items() if value is not None}
    model.evaluate(draws.replace({"r": 2 * draws.column("r")}), trace=True)
    for name, value in everything(first).items():
        if value is not None:
            assert_array_equal(value, kept[name])


def test_threads_do_not_share_working_arrays(model, draws):
    alone = [model.evaluate(draws.replace({"c": float(c)})).cost for c in range(1, 9)]
    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        jobs = [pool.submit(model.evaluate, draws.replace({"c": float(c)})) for c in range(1, 9)]
        for job, cost in zip(jobs, alone, strict=True):
            assert_array_equal(job.result().cost, cost)


@pytest.mark.parametrize("cap", [1.0, 4.0])
def test_the_memory_cap_is_kept(cap):
    dense = {f"s{i}": {f"s{j}": {"rate": f"r{j} * exp(g * time)"} if i != j else "rest"
                       for j in range(6)} for i in range(6)}  # fmt: skip
    model = build(
        {
            "time": {"cycle": "1 month", "horizon": "20 years"},
            "population": {"starts": {"s0": 1}},
            "parameters": {f"r{j}": {"fixed": 0.1} for j in range(6)} | {"g": {"fixed": 0.01}},
            "states": {f"s{i}": {"utility": 1} for i in range(6)},
            "transitions": dense,
        }
    )
    n = 4000
    rng = np.random.default_rng(1)
    columns = {f"r{j}": rng.gamma(4, 0.02, n) for j in range(6)}
    draws = rows(**columns, g=rng.normal(0.01, 0.001, n))
    model.evaluate(draws.take(slice(0, 10)), memory_mb=cap)
    model._spaces.clear()
    tracemalloc.start()
    try:
        outcomes = model.evaluate(draws, memory_mb=cap)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    results = sum(value.nbytes for value in everything(outcomes).values() if value is not None)
    # Python's own objects and arrays of one row come on top; they do not grow with the draws.
    assert peak - results < cap * 1e6 + 0.5e6


def test_a_cap_that_cannot_be_kept_is_approached_draw_by_draw(model, draws):
    sizes = Evaluation(
        model, model.plan(draws), draws,
        trace=False, yearly=False, memory_mb=1e-9, space=Workspace(),
    )  # fmt: skip
    assert (sizes.block, sizes.chunk) == (1, 1)


def test_no_draws_give_no_outcomes(model, draws):
    outcomes = model.evaluate(draws.take(slice(0, 0)))
    assert outcomes.n == 0
    assert outcomes.cost.shape == (2, 0)


def test_a_workspace_gives_the_same_memory_again():
    space = Workspace()
    first = space.array("a", (3, 4))
    assert space.array("a", (3, 4)) is first
    assert np.shares_memory(space.array("a", (2, 5)), first)
    assert not np.shares_memory(space.array("b", (3, 4)), first)
    larger = space.array("a", (10, 10))
    assert larger.shape == (10, 10)
    assert space.size == 100 + 12
