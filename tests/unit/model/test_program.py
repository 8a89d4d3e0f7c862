"""Formulas as a graph and as a program: folding, epochs, registers, domains."""

from __future__ import annotations

import numpy as np
import pytest
from model_building import build, rows
from numpy.testing import assert_allclose, assert_array_equal

import heco.model.evaluation as evaluation
from heco.model.domains import all_finite, outside
from heco.model.graph import CYCLE, DRAW, Graph, parameters_of
from heco.model.operations import DIRECT, Workspace, exit_fraction
from heco.model.program import Program
from heco.scenario.functions import CALLS


def clock(cycles):
    time = np.arange(float(cycles))[:, None]
    return {
        ("time", "start"): time,
        ("time", "end"): time + 1,
        ("age", "start"): time,
        ("age", "end"): time,
        ("cycle", "start"): time + 1,
    }


def ignore(*seen):
    """Watch nothing."""


# -- the graph ---------------------------------------------------------------------------------


def test_equal_nodes_are_the_same_node():
    graph = Graph()
    a, b = graph.column("a", True), graph.column("b", True)
    assert graph.call("add", a, b) is graph.call("add", a, b)
    assert graph.call("add", a, b) is not graph.call("add", b, a)
    assert graph.column("a", True) is a


def test_axes_are_those_of_the_arguments():
    graph = Graph()
    drawn, time = graph.column("a", True), graph.clock("time", "start")
    assert graph.column("fixed", False).axes == 0
    assert (drawn.axes, time.axes) == (DRAW, CYCLE)
    assert graph.call("mul", drawn, time).axes == DRAW | CYCLE


def test_what_numbers_settle_is_not_computed():
    graph = Graph()
    a, b = graph.column("a", True), graph.column("b", True)
    zero, one, two = (graph.const(number) for number in (0, 1, 2))
    assert graph.call("exp", zero) is one
    assert graph.call("add", one, one) is two
    assert graph.call("mul", a, zero) is zero
    assert graph.call("mul", one, a) is graph.call("add", zero, a) is a
    assert graph.call("sub", a, zero) is graph.call("div", a, one) is a
    assert graph.call("where", one, a, b) is graph.call("where", two, a, b) is a
    assert graph.call("where", zero, a, b) is b
    assert graph.call("and", zero, a) is zero
    assert graph.call("or", two, a) is one
    assert graph.total([]) is zero
    assert graph.total([a]) is a


def test_numbers_out_of_their_domain_are_left_to_the_program_to_report():
    graph = Graph()
    assert graph.call("log", graph.const(-1)).op == "call"
    assert graph.call("div", graph.const(1), graph.const(0)).op == "call"
    assert graph.call("prob", graph.const(-1), graph.const(1)).op == "call"


def test_a_node_knows_its_parameters():
    graph = Graph()
    a, b = graph.column("a", True), graph.column("b", False)
    table = graph.table("q", graph.call("add", a, graph.const(1)))
    assert parameters_of(graph.call("mul", table, b)) == ("a", "b", "q")


# -- domains -----------------------------------------------------------------------------------

PROBES = np.array(
    [-np.inf, -2.0, -1e-9, -1e-13, 0.0, 0.3, 1.0, 1 + 1e-13, 1.1, 7.0, np.inf, np.nan]
)


@pytest.mark.parametrize("name", [name for name, call in CALLS.items() if call.valid is not None])
def test_every_domain_is_a_product_of_intervals(name):
    # So a call is in its domain everywhere if the smallest and the largest of each value are.
    function = CALLS[name]
    rng = np.random.default_rng(5)
    count = len(function.parameters) + 1
    points = rng.choice(PROBES, (count, 4000))
    fine = np.broadcast_to(function.valid(*points), 4000)
    good = points[:, fine]
    assert 0 < good.shape[1] < 4000
    mixed = np.array([rng.choice(row, 4000) for row in good])
    assert np.all(function.valid(*mixed))
    # Between two good values there is no bad one.
    low, high = rng.choice(good.shape[1], (2, 4000))
    finite = np.where(np.isfinite(good), good, 1e300)
    between = finite[:, low] + rng.random(4000) * (finite[:, high] - finite[:, low])
    if np.isfinite(good).all():
        assert np.all(function.valid(*between))


@pytest.mark.parametrize("name", list(DIRECT))
def test_direct_functions_are_those_of_the_language(name):
    rng = np.random.default_rng(6)
    args = rng.normal(0, 3, (len(CALLS[name].parameters), 1000))
    with np.errstate(all="ignore"):
        assert_array_equal(DIRECT[name](*args), CALLS[name].apply(*args))


def test_values_are_judged_one_by_one_where_the_extremes_are_wrong():
    rr = CALLS["apply_rr"]
    p, ratio = np.array([0.1, 0.5, 0.9]), np.array([2.0, 3.0, 0.1])
    assert_array_equal(outside(rr, (p, ratio), p * ratio), [False, True, False])
    assert outside(rr, (p, 1.0), p) is None
    assert outside(CALLS["add"], (p, p), p + np.nan) is None


def test_finite_means_every_element():
    with np.errstate(over="ignore"):
        assert all_finite(np.full(10, 1e308))  # although their sum is not
    assert not all_finite(np.array([1.0, np.nan]))
    assert not all_finite(np.array([1.0, np.inf]))
    assert all_finite(1.0)
    assert not all_finite(float("nan"))


def test_exit_fraction_at_nothing_and_in_memory_of_its_own():
    total = np.array([0.0, 1e-300, 1e-14, 0.5, 700.0])
    expected = [2.0, 2.0, 2.0, -np.expm1(-1.0) / 0.5, 1 / 700]
    with np.errstate(all="ignore"):
        assert_allclose(exit_fraction(total, 2.0), expected, rtol=1e-12)
        out = np.empty(5)
        assert exit_fraction(total, 2.0, out=out) is out
        assert_allclose(out, expected, rtol=1e-12)
        assert_allclose(exit_fraction(0.0, 2.0), 2.0)


# -- programs ----------------------------------------------------------------------------------


def run(graph, kept, columns, cycles, watched=(), watch=ignore):
    program = Program(graph, kept, {}, watched)
    draws = max((len(column) for column in columns.values() if np.ndim(column)), default=1)
    values, masks = program.start(columns, watch)
    epochs = program.step(values, masks, clock(cycles), watch, Workspace(), draws)
    return values, epochs, program


def test_cycles_in_which_nothing_changes_share_a_row():
    graph = Graph()
    a, time = graph.column("a", True), graph.clock("time", "start")
    early = graph.call("lt", time, graph.const(3))
    node = graph.call("where", early, a, graph.const(1))
    values, epochs, _ = run(graph, [node], {"a": np.array([5.0, 6.0])}, 6)
    assert epochs.row == [0, 0, 0, 1, 1, 1]
    assert epochs.first == [0, 3]
    assert epochs.spans() == [slice(0, 3), slice(3, 6)]
    assert_array_equal(values[node.index], [[5, 6], [1, 1]])


def test_what_varies_by_cycle_only_keeps_every_cycle():
    graph = Graph()
    a, time = graph.column("a", True), graph.clock("time", "start")
    late = graph.call("ge", time, graph.const(2))
    node, alone = graph.call("mul", late, a), graph.call("mul", time, graph.const(2))
    values, epochs, _ = run(graph, [node, alone, late], {"a": np.array([5.0, 6.0])}, 4)
    assert epochs.row == [0, 0, 1, 1]
    assert_array_equal(values[alone.index][:, 0], [0, 2, 4, 6])
    assert_array_equal(values[late.index][:, 0], [0, 0, 1, 1])
    assert_array_equal(values[node.index], [[0, 0], [5, 6]])


def test_a_cycle_may_come_back_to_earlier_values():
    graph = Graph()
    a, time = graph.column("a", True), graph.clock("time", "start")
    middle = graph.call("eq", time, graph.const(1))
    node = graph.call("where", middle, a, graph.const(0))
    values, epochs, _ = run(graph, [node], {"a": np.array([7.0])}, 4)
    assert epochs.row == [0, 1, 2, 2]
    assert_array_equal(values[node.index][:, 0], [0, 7, 0])


def test_memory_is_used_again_but_what_is_kept_is_kept():
    graph = Graph()
    a, time = graph.column("a", True), graph.clock("time", "start")
    nodes, total = [], graph.const(0)
    for k in range(1, 30):
        nodes.append(graph.call("mul", a, graph.call("add", time, graph.const(k))))
        total = graph.call("add", total, nodes[-1])
    double = graph.call("mul", total, graph.const(2))
    column = np.array([1.0, 10.0])
    values, _, program = run(graph, [total, double], {"a": column}, 5)
    expected = column * (29 * np.arange(5.0)[:, None] + 29 * 30 / 2)
    assert_allclose(values[total.index], expected)
    assert_allclose(values[double.index], 2 * expected)
    assert program.moving <= 4
    _, _, program = run(graph, [*nodes, double], {"a": column}, 5)
    assert program.moving >= len(nodes)


def test_watched_values_are_shown_before_their_memory_is_used_again():
    graph = Graph()
    a, time = graph.column("a", True), graph.clock("time", "start")
    first = graph.call("mul", a, time)
    second = graph.call("exp", first)
    last = graph.call("neg", second)
    seen = {}

    def watch(index, value, mask, epochs):
        seen[index] = np.copy(value)

    column = np.array([0.5, 1.0])
    run(graph, [last], {"a": column}, 3, [a, time, first, second], watch)
    time_values = np.arange(3.0)[:, None]
    assert_array_equal(seen[a.index], column)
    assert_array_equal(seen[time.index], time_values)
    assert_allclose(seen[first.index], column * time_values)
    assert_allclose(seen[second.index], np.exp(column * time_values))


@pytest.mark.parametrize("chunk", [7, 70])
def test_masks_of_one_chunk_do_not_haunt_the_next(monkeypatch, chunk):
    # The table begins at 5, and is asked from 5 on; before, its masks stand where nobody looks.
    monkeypatch.setattr(evaluation, "CHUNK", chunk)
    model = build(
        {
            "time": {"cycle": "1 year", "horizon": "8 years", "start_age": 0},
            "population": {"starts": {"well": 1}},
            "parameters": {
                "a": {"fixed": 1.0},
                "q": {"table": {"by": "age", "values": [[5, 0.1], [6, 0.2]], "beyond": "error"}},
            },
            "states": {"well": {"utility": "where(age >= 5 and age < 7, q, a)"}},
            "transitions": {"well": {"well": "rest"}},
        }
    )
    outcomes = model.evaluate(rows(a=np.linspace(0.1, 0.9, 7)))
    assert outcomes.valid.all()


@pytest.mark.parametrize("change", [0.4, 1.4, 2.4, 3.4])
def test_values_by_epoch_are_worth_the_same_however_many_epochs_there_are(change):
    # From one epoch in seven half-yearly cycles to seven.
    price = f"money * where(time < {change}, 1, 1 + floor(2 * time) - floor(2 * {change}))"
    model = build(
        {
            "time": {
                "cycle": "6 months",
                "horizon": "7 cycles",
                "cycle_counting": "half-cycle",
                "discount": {"cost": 0.1, "qaly": 0.0},
            },
            "population": {"starts": {"well": 1}},
            "parameters": {"money": {"fixed": 1.0}},
            "states": {"well": {"cost": price}, "dead": {"absorbing": True}},
            "transitions": {"well": {"dead": 0.1, "well": "rest"}},
        }
    )
    money = np.array([1.0, 10.0, 100.0])
    expected = 0.0
    for cycle in range(7):
        for side in (0, 1):
            time = (cycle + side) / 2 - 1e-9 * side
            times = 1 if time < change else 1 + np.floor(2 * time) - np.floor(2 * change)
            boundary = (cycle + side) / 2
            expected += 0.5 * 0.5 * 0.9 ** (cycle + side) * times * 1.1**-boundary
    assert_allclose(model.evaluate(rows(money=money)).cost[0], money * expected, rtol=1e-12)
