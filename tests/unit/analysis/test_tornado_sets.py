"""Explicit ranges, inputs that are moved together, and the required gain as outcome."""

import numpy as np
import pytest
from small_models import context_of, run, scenario, table

from heco.evidence.distributions import build

OPTIONS = {"old": ("0", "1"), "new": ("a + b * d", "1 + q")}
PARAMETERS = {
    "a": "gamma = {mean = 500, se = 100}",
    "b": "gamma = {mean = 100, se = 50}",
    "d": "fixed = 2\nrange = [1, 6]",
    "q": "normal = {mean = 0.05, se = 0.02}",
    "mix": "dirichlet = {counts = {x = 3, y = 5}}",
}


def rows(settings):
    found = run(OPTIONS, PARAMETERS, rest=f"[analysis.tornado]\n{settings}")
    return {row["parameter"]: row for row in table(found, "tornado")}, found


def test_an_explicit_range_takes_the_place_of_the_percentiles():
    found, _ = rows("ranges = {a = [450, 800], d = [2, 3]}")
    assert (found["a"]["low_value"], found["a"]["high_value"]) == (450, 800)
    assert found["a"]["at_high"] == pytest.approx(20_000 * 0.05 - 800 - 200)
    assert found["d"]["at_low"] == pytest.approx(1000 - 700)
    assert found["a"]["ends"] == "as stated here"
    assert found["q"]["ends"] == "2.5 and 97.5 percentiles"


def test_a_set_goes_together_to_the_ends_of_its_members():
    found, result = rows('sets = {costs = {parameters = ["a", "b"], label = "Both costs"}}')
    ends = [build("gamma", {"mean": m, "se": s}).ppf(np.array([0.025, 0.975]))
            for m, s in ((500, 100), (100, 50))]  # fmt: skip
    assert found["costs"]["label"] == "Both costs"
    assert found["costs"]["at_high"] == pytest.approx(1000 - ends[0][1] - 2 * ends[1][1])
    assert found["costs"]["at_low"] == pytest.approx(1000 - ends[0][0] - 2 * ends[1][0])
    assert (found["costs"]["low_value"], found["costs"]["flip_value"]) == ("low", None)
    assert "a" not in found
    left = {r["parameter"]: r["why"] for r in table(result, "tornado_left_out")}
    assert left["a"] == "moved as part of a set"


def test_members_are_moved_alone_as_well_if_they_are_asked_for():
    found, _ = rows('parameters = ["a"]\nsets = {costs = {parameters = ["a", "b"]}}')
    assert set(found) == {"a", "costs"}


def test_a_set_may_state_its_ends_and_move_parts_of_a_whole():
    found, _ = rows(
        "[analysis.tornado.sets.shares]\n"
        'low = {"mix.x" = 0.1, "mix.y" = 0.9, q = 0.04}\n'
        'high = {"mix.x" = 0.6, "mix.y" = 0.4, q = 0.08}'
    )
    assert found["shares"]["at_low"] == pytest.approx(800 - 700)
    assert found["shares"]["at_high"] == pytest.approx(1600 - 700)
    assert "The mix: x 0.1 to 0.6" in found["shares"]["note"]


def test_a_required_gain_can_be_measured():
    rest = """
[analysis]
required_gain = {per = {seen = "cost > 0"}, utility = "q"}
tornado = {outcome = "required_gain", wtp = 10_000}
"""
    # Nobody is counted where nothing is spent, as in the old way.
    found = run(OPTIONS, PARAMETERS, rest=rest)
    by_name = {row["parameter"]: row for row in table(found, "tornado")}
    assert found["tornado"].data["base"] == pytest.approx(0.07)
    assert by_name["d"]["at_high"] == pytest.approx(0.11)
    assert by_name["q"]["width"] == 0  # the gain that is asked for is not part of the question
    assert not any(row["flips"] for row in by_name.values())
    (width,) = [q for q in found.quantities if q.quantity == "tornado_width" and q.subject == "d"]
    assert width.unit == "QALYs per seen"


def test_a_correlated_input_with_a_stated_range_says_that_it_moves_alone():
    rest = """
[correlations.both]
parameters = ["a", "b"]
matrix = [[1, 0.6], [0.6, 1]]
[analysis.tornado]
ranges = {a = [400, 600]}
"""
    found = run(OPTIONS, PARAMETERS, rest=rest)
    (row,) = [r for r in table(found, "tornado") if r["parameter"] == "a"]
    assert row["note"] == "moved without b, with which it is correlated"
    assert row["at_high"] == pytest.approx(1000 - 600 - 200)


def test_a_tornado_asks_the_model_once():
    made = scenario(
        OPTIONS, PARAMETERS, rest='[analysis.tornado]\nsets = {s = {parameters = ["a", "b"]}}'
    )
    context = context_of(made)
    sizes = []
    evaluate = type(context.model).evaluate

    class Counting(type(context.model)):
        def evaluate(self, draws, **settings):
            sizes.append(draws.n)
            return evaluate(self, draws, **settings)

    from dataclasses import replace

    from heco.analysis import tornado

    tornado.run(replace(context, model=Counting(made)))
    assert sizes[0] == 2 * 3 + 1


def test_the_order_of_parameters_changes_nothing():
    rest = """
[analysis.tornado.sets]
costs = {parameters = ["a", "b"]}
[analysis.spider]
steps = 5
[[analysis.two_way]]
x = {parameter = "a", low = 0, high = 900}
y = {parameter = "q", low = 0, high = 0.1}
[analysis.alternatives.dear]
label = "Dear"
set = {a = "2 * a"}
"""
    turned = dict(reversed(PARAMETERS.items()))
    one, other = (run(OPTIONS, parameters, rest=rest) for parameters in (PARAMETERS, turned))
    for name in ("tornado", "spider", "two_way", "two_way_boundary", "alternatives"):
        pair = [
            sorted(map(repr, found_table.rows))
            for found in (one, other)
            for found_table in found.tables
            if found_table.name == name
        ]
        assert pair[0] == pair[1], name
