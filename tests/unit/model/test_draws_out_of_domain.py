"""Draws that leave their domain: found, placed, counted, named; never clipped."""

from __future__ import annotations

import numpy as np
import pytest
from model_building import base, build, rows
from numpy.testing import assert_allclose, assert_array_equal

MODEL = """
[time]
cycle = "1 year"
horizon = "5 years"
start_age = 60
[population]
starts = { well = 1 }
[parameters]
p = { fixed = 0.2 }
rr = { fixed = 1.0 }
u = { fixed = 0.9 }
c = { fixed = 10.0 }
[states]
well = { utility = "u", cost = "c" }
ill = { utility = 0.5 }
dead = { absorbing = true }
[transitions]
well = { ill = "p * rr", dead = 0.1, well = "rest" }
ill = { ill = "rest" }
"""


def only(outcomes):
    """Return the only thing that was found."""
    (found,) = outcomes.out_of_domain
    return found


def test_nothing_is_reported_where_all_is_well():
    outcomes = build(MODEL).evaluate(rows(p=[0.0, 0.5, 0.9], rr=[1, 1, 1.0]))
    assert outcomes.out_of_domain == ()
    assert outcomes.valid.all()


def test_a_probability_above_1_is_found_with_its_place_and_its_parameters():
    outcomes = build(MODEL).evaluate(rows(p=[0.2, 0.6, 0.7], rr=[1, 2.0, 1.1]))
    by_place = {found.where: found for found in outcomes.out_of_domain}
    high = by_place["[transitions.well] ill"]
    assert high.what == "a probability must lie in [0, 1] (1.2)"
    assert (high.draws, high.names) == (1, ("p", "rr"))
    left = by_place["[transitions.well] well"]
    assert left.what.startswith('ill + dead come to more than 1; nothing is left for "rest" (-0.3')
    assert (left.draws, left.names) == (1, ("p", "rr"))
    assert_array_equal(outcomes.valid, [True, False, True])


def test_the_other_draws_are_as_if_nothing_had_happened():
    model = build(MODEL)
    p = np.array([0.2, np.nan, 0.3, 1e300, 0.4, np.inf])
    outcomes = model.evaluate(rows(p=p))
    fine = np.isfinite(p) & (p < 1)
    assert_array_equal(outcomes.valid, fine)
    alone = model.evaluate(rows(p=p[fine]))
    assert_allclose(outcomes.cost[:, fine], alone.cost, rtol=1e-13)
    assert_allclose(outcomes.qaly[:, fine], alone.qaly, rtol=1e-13)


def test_draws_are_counted_over_all_blocks():
    p = np.where(np.arange(5000) % 10 == 3, 0.95, 0.2)
    outcomes = build(MODEL).evaluate(rows(p=p))
    assert only(outcomes).draws == 500
    assert_array_equal(outcomes.valid, p < 0.5)


def test_the_cycle_is_named_where_it_matters():
    model = build(
        MODEL, transitions={"well": {"ill": "p * (1 + time)", "dead": 0.1, "well": "rest"}}
    )
    # 0.2, 0.4, 0.6, 0.8, 1.0 with 0.1 for death: too much in the fifth cycle.
    found = only(base(model))
    assert found.where == "[transitions.well] well"
    assert found.what.endswith("(-0.1 at cycle 5)")
    found = model.evaluate(rows(p=[0.01, 0.25])).out_of_domain
    assert {item.where: item.what.rpartition(" (")[2] for item in found} == {
        "[transitions.well] ill": "1.25 at cycle 5)",
        "[transitions.well] well": "-0.1 at cycle 4)",
    }


def test_the_cycle_is_right_where_cycles_share_their_values():
    model = build(
        MODEL,
        transitions={"well": {"ill": "p * where(time < 3, 1, 5)", "dead": 0.1, "well": "rest"}},
    )
    found = model.evaluate(rows(p=[0.01, 0.19])).out_of_domain
    assert [item.where for item in found] == ["[transitions.well] well"]
    assert found[0].what.endswith("(-0.05 at cycle 4)")


def test_negative_rates_are_found():
    model = build(
        MODEL,
        transitions={"well": {"well": "rest", "ill": {"rate": "p"}, "dead": {"rate": "rr"}}},
    )
    outcomes = model.evaluate(rows(p=[0.1, -0.1], rr=[0.1, 0.2]))
    assert only(outcomes).where == "[transitions.well] ill"
    assert only(outcomes).what.startswith("a rate must not be negative")


def test_one_negative_rate_does_not_stop_the_matrix_exponential():
    model = build(
        MODEL,
        time={"exits": "matrix-exponential"},
        transitions={
            "well": {"ill": {"rate": "p"}, "dead": {"rate": "rr"}},
            "ill": {"dead": {"rate": 0.1}},
        },
    )
    outcomes = model.evaluate(rows(p=[0.1, -0.1, 0.2, np.nan], rr=[0.1, 0.2, 0.3, 0.4]))
    assert_array_equal(outcomes.valid, [True, False, True, False])
    alone = model.evaluate(rows(p=[0.1, 0.2], rr=[0.1, 0.3]))
    assert_allclose(outcomes.qaly[0, [0, 2]], alone.qaly[0], rtol=1e-12)


def test_utilities_above_1_are_found():
    found = only(build(MODEL).evaluate(rows(u=[0.8, 1.01])))
    assert found.where == "[states.well] utility"
    assert found.what == "a utility must not be above 1 (1.01)"


def test_parameters_keep_to_their_unit_and_range():
    model = build(
        MODEL,
        parameters={
            "p": {"fixed": 0.2, "unit": "probability"},
            "u": {"fixed": 0.9, "unit": "utility"},
            "c": {"fixed": 10.0, "range": [0, 100]},
        },
    )
    outcomes = model.evaluate(rows(p=[0.2, 1.5, 0.2], u=[1.2, 0.9, 0.9], c=[1.0, 2.0, -1.0]))
    found = {item.where: item.what for item in outcomes.out_of_domain}
    assert found["[parameters.p]"] == "a probability must lie in [0, 1] (1.5)"
    assert found["[parameters.u]"] == "a utility must not be above 1 (1.2)"
    assert found["[parameters.c]"] == "its range is 0 to 100 (-1)"


def test_the_range_holds_for_what_a_strategy_sets():
    model = build(
        MODEL,
        parameters={
            "c": {"fixed": 10.0, "range": [0, 100], "lever": True},
            "up": {"fixed": 5.0},
        },
        strategies={"now": {}, "dear": {"set": {"c": "c * up"}}},
    )
    outcomes = model.evaluate(rows(up=[5.0, 20.0]))
    assert only(outcomes).what == "its range is 0 to 100 (200)"
    assert_array_equal(outcomes.valid, [True, False])


def test_a_parameter_that_nothing_uses_is_still_judged():
    model = build(MODEL, parameters={"spare": {"fixed": 0.5, "unit": "probability"}})
    assert only(model.evaluate(rows(spare=[0.5, 2.0]))).where == "[parameters.spare]"


@pytest.mark.parametrize(
    ("place", "change"),
    [
        ("[states.well]", {"states": {"well": {"cost": "1 / (c - 10)"}}}),
        ("[states.well] on_entry", {"states": {"well": {"on_entry": {"cost": "1 / (c - 10)"}}}}),
        (
            "[transitions.well]",
            {"transitions": {"well": {"ill": {"p": 0.1, "cost": "log(c - 10)"}, "well": "rest"}}},
        ),
        (
            "[strategies.only] one_off",
            {"strategies": {"only": {"one_off": [{"cost": "1 / (c - 10)"}]}}},
        ),
    ],
)
def test_amounts_that_are_no_numbers_are_found(place, change):
    outcomes = build(MODEL, **change).evaluate(rows(c=[11.0, 10.0, 12.0]))
    assert only(outcomes).where == place
    assert only(outcomes).names == ("c",)
    assert "cost is not a number" in only(outcomes).what
    assert_array_equal(outcomes.valid, [True, False, True])


def test_what_is_not_chosen_cannot_be_wrong():
    model = build(
        MODEL,
        states={"well": {"cost": "where(c > 10, log(c - 10), 0)", "utility": "u"}},
        transitions={"well": {"ill": "where(p < 1, rescale(p, 1, 0.5), 0)", "well": "rest"}},
    )
    outcomes = model.evaluate(rows(c=[9.0, 10.0, 20.0], p=[0.1, 1.7, 0.3]))
    assert outcomes.valid.all()
    assert outcomes.out_of_domain == ()


def test_an_argument_out_of_its_domain_is_found_even_if_the_result_looks_well():
    # A negative risk ratio on a negative probability: 0.02, and nonsense.
    model = build(
        MODEL,
        transitions={"well": {"ill": "apply_rr(p, rr)", "dead": 0.1, "well": "rest"}},
    )
    outcomes = model.evaluate(rows(p=[0.1, -0.1], rr=[0.5, -0.2]))
    assert_array_equal(outcomes.valid, [True, False])


def test_tables_have_no_values_beyond_their_ends():
    table = {"by": "age", "values": [[60, 0.1], [61, 0.2], [62, 0.3]]}
    model = build(
        MODEL,
        parameters={"q": {"table": table}},
        transitions={"well": {"dead": "q", "well": "rest"}},
        states={"ill": {}},
    )
    outcomes = base(model)
    assert not outcomes.valid.any()
    found = {item.where: item for item in outcomes.out_of_domain}["[transitions.well] dead"]
    assert found.what == "a probability must lie in [0, 1] (nan at cycle 4)"
    assert found.names == ("q",)
    last = build(
        MODEL,
        parameters={"q": {"table": {**table, "beyond": "last"}}},
        transitions={"well": {"dead": "q", "well": "rest"}},
    )
    assert base(last).valid.all()


def test_a_table_that_is_not_asked_beyond_its_ends_may_be_short():
    table = {"by": "age", "values": [[60, 0.1], [61, 0.2]]}
    model = build(
        MODEL,
        parameters={"q": {"table": table, "unit": "probability"}},
        transitions={"well": {"dead": "where(age < 62, q, 0.3)", "well": "rest"}},
    )
    assert base(model).valid.all()


def test_branches_and_starts_are_guarded_too():
    model = build(
        """
        [tree.node]
        a = { p = "p" }
        b = { p = "rest" }
        [parameters]
        p = { fixed = 0.5 }
        [strategies]
        only = { enters = "node" }
        """
    )
    outcomes = model.evaluate(rows(p=[0.5, 1.25, -0.5]))
    found = {item.where: item.draws for item in outcomes.out_of_domain}
    assert found == {"[tree.node] a": 2, "[tree.node] b": 1}
    model = build(MODEL, population={"starts": {"well": "p", "ill": "rest"}})
    outcomes = model.evaluate(rows(p=[0.5, 1.25]))
    places = {item.where for item in outcomes.out_of_domain}
    assert "[population] starts well" in places
    assert_array_equal(outcomes.valid, [True, False])


def test_a_row_that_does_not_add_to_1_is_found():
    model = build(MODEL, transitions={"well": {"ill": "p", "well": "1 - p * rr"}})
    outcomes = model.evaluate(rows(p=[0.2, 0.2], rr=[1, 1.5]))
    assert only(outcomes).where == "[transitions.well]"
    assert only(outcomes).what == "the row must add to 1 (-0.1)"
