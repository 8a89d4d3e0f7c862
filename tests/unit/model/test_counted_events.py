"""Events of the cohort, life years in a state, tables read elsewhere, utilities above 1."""

from __future__ import annotations

import numpy as np
import pytest
from model_building import base, build
from numpy.testing import assert_allclose

import heco
from heco.analysis.context import in_domain, keep
from heco.errors import ScenarioError
from heco.reference import tell
from heco.sampling import Draws
from heco.scenario.expressions import parse

STROKES = """
[time]
cycle = "1 year"
horizon = "10 years"
discount = 0.05
[population]
size = 1000
starts = { well = 1 }
[parameters]
p = { beta = { mean = 0.1, se = 0.02 } }
[states]
well = { utility = 1 }
ill = { utility = 0.5 }
dead = { absorbing = true }
[transitions.well]
ill = { p = "p", count = "strokes" }
dead = { p = 0.2, count = ["deaths", "well_deaths"] }
well = "rest"
[transitions.ill]
dead = { p = 0.5, count = "deaths" }
ill = "rest"
[measures]
strokes = { value = "1000 * share.strokes" }
all = { value = "count.strokes" }
ill = { value = "life_years_undiscounted.ill" }
ill_now = { value = "life_years.ill" }
well = { value = "life_years_undiscounted.well" }
"""


def measured(model, name, draws=None):
    draws = model.base() if draws is None else draws
    formula = model.scenario.measures[name].value
    return model.measure_values(draws, model.evaluate(draws), formula, model.strategies[0])


def test_moves_are_counted_and_never_discounted():
    # Everybody leaves `well` by one of two ways: 10 years of a geometric distribution.
    outcomes = base(build(STROKES))
    left = 1 - 0.7**10
    assert_allclose(outcomes.events["strokes"][0, 0], left * 0.1 / 0.3, rtol=1e-13)
    assert_allclose(outcomes.events["well_deaths"][0, 0], left * 0.2 / 0.3, rtol=1e-13)
    model = build(STROKES)
    died = model.evaluate(model.base(), trace=True).trace[0, -1, 2, 0]
    assert_allclose(outcomes.events["deaths"][0, 0], died, rtol=1e-13)
    assert outcomes.shares == {}


@pytest.mark.parametrize("counting", ["start", "end", "half-cycle", "life-table", "simpson"])
def test_counts_are_the_same_however_people_are_counted_within_a_cycle(counting):
    outcomes = base(build(STROKES, time={"cycle_counting": counting}))
    assert_allclose(outcomes.events["strokes"][0, 0], (1 - 0.7**10) / 3, rtol=1e-13)


def test_measures_speak_of_events_per_person_and_of_everybody():
    model = build(STROKES)
    draws = model.sample(50, 1)
    p = draws.values[draws.names.index("p")]
    expected = p / (p + 0.2) * (1 - (0.8 - p) ** 10)
    assert_allclose(measured(model, "strokes", draws), 1000 * expected, rtol=1e-12)
    assert_allclose(measured(model, "all", draws), 1000 * expected, rtol=1e-12)


def test_life_years_in_a_state():
    model = build(STROKES, time={"cycle_counting": "start"})
    years = np.arange(10)
    well = 0.7**years
    ill = 0.1 * (0.7**years - 0.5**years) / 0.2
    assert_allclose(measured(model, "well"), well.sum(), rtol=1e-12)
    assert_allclose(measured(model, "ill"), ill.sum(), rtol=1e-12)
    assert_allclose(measured(model, "ill_now"), (ill * 1.05**-years).sum(), rtol=1e-12)


def test_life_years_nobody_asks_for_are_refused_and_not_nought():
    model = build(STROKES)
    outcomes = base(model)
    assert set(outcomes.years_in) == {"ill", "well"}
    formula = parse("life_years_undiscounted.dead")
    with pytest.raises(ScenarioError, match="kept only where a formula"):
        model.measure_values(model.base(), outcomes, formula, "only")


def test_branches_and_moves_of_one_name_add_up():
    model = build(
        STROKES,
        population={"size": 100},
        tree={
            "t": {
                "at_once": {"p": 0.3, "to": "ill", "count": "strokes"},
                "not_yet": {"p": "rest", "to": "well"},
            }
        },
        strategies={"only": {"enters": "t"}},
    )
    outcomes = base(model)
    later = 0.7 * (1 - 0.7**10) / 3
    assert_allclose(outcomes.shares["strokes"][0, 0], 0.3)
    assert_allclose(outcomes.events["strokes"][0, 0], later, rtol=1e-12)
    assert_allclose(outcomes.counted()["strokes"][0, 0], 0.3 + later, rtol=1e-12)
    assert_allclose(measured(model, "all"), 100 * (0.3 + later), rtol=1e-12)


ARRIVALS = """
[time]
cycle = "1 month"
horizon = "24 months"
[population]
starts = { well = 0.75, ill = 0.25 }
[states]
well = { utility = 1 }
ill = { utility = 0.5, on_entry = { count = ["relapses", "visits"] } }
[transitions.well]
ill = { p = 0.1, count = "relapses" }
well = { p = "rest", count = "months_well" }
[transitions.ill]
well = 0.4
ill = "rest"
"""


def test_arrivals_are_counted_each_time_and_once_under_each_name():
    well = [0.75]
    for _ in range(24):
        well.append(0.9 * well[-1] + 0.4 * (1 - well[-1]))
    moves = 0.1 * sum(well[:-1])
    outcomes = base(build(ARRIVALS))
    assert_allclose(outcomes.events["visits"][0, 0], 0.25 + moves, rtol=1e-12)
    assert_allclose(outcomes.events["relapses"][0, 0], 0.25 + moves, rtol=1e-12)
    assert_allclose(outcomes.events["months_well"][0, 0], 0.9 * sum(well[:-1]), rtol=1e-12)


def test_those_who_start_there_need_not_count():
    entry = {"count": ["visits"], "at_start": False}
    outcomes = base(build(ARRIVALS, states={"ill": {"utility": 0.5, "on_entry": entry}}))
    all_of_them = base(build(ARRIVALS)).events["visits"][0, 0]
    assert_allclose(outcomes.events["visits"][0, 0], all_of_them - 0.25, rtol=1e-12)


EVERYTHING = """
[time]
cycle = "3 months"
horizon = "6 years"
start_age = 60
[population]
size = 10
starts = { well = 0.9, ill = "rest" }
[parameters]
q = { table = { by = "age", values = [[60, 0.05], [62, 0.07], [65, 0.1], [80, 0.2]] } }
km = { table = { by = "time", lookup = "linear", values = [[0, 1], [2, 0.6], [7, 0.1]] } }
later = { table = { by = "state_time", beyond = "last", values = [[0, 0.2], [1, 0.05]] } }
older = { expr = "per_cycle(at(q, age + 3))" }
[states]
well = { utility = "0.9 - at(q, 60)", cost = 10 }
ill = { utility = -0.1, cost = "100 * at(km, state_time)", on_entry = { count = "ills", cost = 5 } }
dead = { absorbing = true }
[transitions.well]
dead = { p = "older", count = "deaths" }
ill = { p = "later", count = "ills" }
well = "rest"
[transitions.ill]
dead = { p = "prob_between(km, at(km, time + cycle_length))", count = "deaths" }
well = { p = "later", qaly = -0.01, count = "cures" }
ill = "rest"
[measures]
ill = { value = "life_years_undiscounted.ill" }
"""
STEPS = [{"rate": 0.035}, {"rate": 0.02, "after": "1 year"}, {"rate": 0.0, "after": "40 months"}]


@pytest.mark.parametrize("counting", ["start", "end", "half-cycle", "life-table", "simpson"])
@pytest.mark.parametrize("rule", ["continuous-index", "annual-step", "exponential"])
def test_the_reference_says_the_same(counting, rule):
    time = {"cycle_counting": counting, "discounting": rule}
    model = build(EVERYTHING, time={**time, "discount": {"cost": STEPS, "qaly": 0.015}})
    outcomes, told = base(model), tell(model.scenario, "only")
    for name in ("cost", "qaly", "life_years"):
        for key in (name, f"{name}_undiscounted"):
            assert_allclose(getattr(outcomes, key)[0, 0], getattr(told, key), rtol=1e-11)
    assert set(outcomes.events) == set(told.events) == {"ills", "deaths", "cures"}
    for name, events in outcomes.events.items():
        assert_allclose(events[0, 0], told.events[name], rtol=1e-11)
    assert_allclose(outcomes.years_in["ill"][0, 0], told.years_in["ill"], rtol=1e-11)


# ---- Tables read elsewhere ----------------------------------------------------------------------

CURVE = """
[time]
cycle = "1 year"
horizon = "5 years"
discount = 0
cycle_counting = "end"
[population]
starts = { alive = 1 }
[parameters]
km = { table = { by = "time", values = [[0, 1], [1, 0.9], [2, 0.7], [3, 0.65], [4, 0.3], [5, 0]] } }
[states]
alive = { utility = 1 }
dead = { absorbing = true }
[transitions.alive]
dead = "prob_between(km, at(km, time + cycle_length))"
alive = "rest"
"""


def test_a_kaplan_meier_curve_needs_one_table():
    assert_allclose(base(build(CURVE)).qaly[0, 0], 0.9 + 0.7 + 0.65 + 0.3, rtol=1e-13)


def test_a_table_is_read_by_draw():
    model = build(
        CURVE,
        parameters={"lag": {"uniform": {"low": 0.0, "high": 1.0}}},
        states={"alive": {"utility": 0, "cost": "at(km, 4 * lag)"}, "dead": {"absorbing": True}},
        transitions={"alive": {"alive": 1, "dead": 0}},
    )
    draws = model.sample(200, 3)
    values = np.array([1, 0.9, 0.7, 0.65, 0.3, 0])
    expected = values[np.floor(4 * draws.values[0]).astype(int)]
    assert_allclose(model.evaluate(draws).cost[0], 5 * expected, rtol=1e-13)


@pytest.mark.parametrize(
    ("by", "where", "value"),
    [
        ("age", "at(x, 70)", lambda n: 70 + 100),
        ("age", "at(x, age + 5)", lambda n: 65 + n + 100),
        ("time", "at(x, 2 * time)", lambda n: 2 * n + 100),
        ("cycle", "at(x, cycle - 1)", lambda n: n + 100),
        ("time", "at(y, time + 1)", lambda n: 2 * (n + 1 + 100)),
        ("time", "at(z, 4)", lambda n: 2 * (5 + 100)),
        ("time", "at(x, at(x, 3) - 100)", lambda n: 3 + 100),
    ],
)
def test_whatever_is_read_elsewhere_is_as_it_is_there(by, where, value):
    model = build(
        CURVE,
        time={"start_age": 60},
        parameters={
            "x": {"expr": f"{by} + lag"},
            "y": {"expr": "2 * x"},
            "z": {"expr": f"at(y, {by} + 1)"},
            "lag": {"fixed": 100.0},
        },
        states={"alive": {"utility": 0, "cost": {"care": {"value": where, "timing": "start"}}},
                "dead": {"absorbing": True}},
        transitions={"alive": {"alive": 1, "dead": 0}},
    )  # fmt: skip
    expected = sum(value(n) for n in range(5))
    assert_allclose(base(model).cost[0, 0], expected, rtol=1e-13)
    assert_allclose(tell(model.scenario, "only").cost, expected, rtol=1e-13)
    varied = model.evaluate(Draws(("lag",), np.array([[100.0, 100.0]])))
    assert_allclose(varied.cost[0], expected, rtol=1e-13)


def test_a_lever_in_a_curve_is_that_of_the_strategy_elsewhere_too():
    model = build(
        CURVE,
        parameters={"hr": {"fixed": 1, "lever": True}, "s": {"expr": "surv_exp(time, 0.2 * hr)"}},
        transitions={"alive": {"dead": "prob_between(s, at(s, time + 1))", "alive": "rest"}},
        strategies={"usual": {}, "drug": {"set": {"hr": 0.5}}},
    )
    t = np.arange(1, 6)
    expected = [np.exp(-0.2 * t).sum(), np.exp(-0.1 * t).sum()]
    assert_allclose(base(model).qaly[:, 0], expected, rtol=1e-12)


def test_a_place_beyond_the_table_is_out_of_domain():
    model = build(CURVE, time={"horizon": "7 years"})
    outcomes = base(model)
    assert not outcomes.valid[0]
    assert any("dead" in place.where for place in outcomes.out_of_domain)


def test_a_branch_not_taken_may_lie_beyond_the_table():
    dead = "where(time < 5, prob_between(km, at(km, time + 1)), 1)"
    model = build(CURVE, time={"horizon": "7 years"}, transitions={
        "alive": {"dead": dead, "alive": "rest"}})  # fmt: skip
    km = {"by": "time", "beyond": "last",
          "values": [[0, 1], [1, 0.9], [2, 0.7], [3, 0.65], [4, 0.3], [5, 0]]}  # fmt: skip
    lasting = build(CURVE, time={"horizon": "7 years"}, parameters={"km": {"table": km}})
    assert base(model).valid[0]
    assert_allclose(base(model).qaly, base(lasting).qaly, rtol=1e-13)


def test_a_column_for_a_table_stands_for_all_of_it():
    model = build(CURVE)
    draws = Draws(("km",), np.array([[0.5, 1.0]]))
    # Survival that does not fall: nobody dies, wherever it is read.
    assert_allclose(model.evaluate(draws).qaly[0], [5.0, 5.0])


# ---- Utilities above 1, and below 0 -------------------------------------------------------------

UTILITY = """
[time]
cycle = "1 year"
horizon = "1 year"
discount = 0
cycle_counting = "start"
[population]
starts = { well = 1 }
[parameters]
u = { unit = "utility", normal = { mean = 0.8, se = 0.08 } }
[states]
well = { utility = "u" }
[transitions.well]
well = 1
"""


def test_utilities_above_one_are_refused_unless_the_author_keeps_them():
    model = build(UTILITY)
    draws = model.sample(20_000, 1)
    above = draws.values[0] > 1
    outcomes = model.evaluate(draws)
    assert np.array_equal(outcomes.valid, ~above)
    assert outcomes.noted == ()
    with pytest.raises(ScenarioError, match="utility_above_one"):
        in_domain(draws, outcomes)


def test_utilities_above_one_can_be_kept_and_are_reported():
    model = build(UTILITY, checks={"utility_above_one": "report"})
    draws = model.sample(20_000, 1)
    above = int((draws.values[0] > 1).sum())
    outcomes = model.evaluate(draws)
    assert outcomes.valid.all()
    assert outcomes.out_of_domain == ()
    assert_allclose(outcomes.qaly[0], draws.values[0], rtol=0, atol=0)  # nothing is clipped
    assert abs(outcomes.qaly.mean() - 0.8) < 0.002
    assert [place.draws for place in outcomes.noted] == [above]
    # A normal of mean 0.8 and standard error 0.08 is above 1 in 0.62% of draws.
    assert 80 < above < 170
    _, warnings = in_domain(draws, outcomes)
    assert any(f"in {above} of 20,000 draws (0.6%), kept" in warning for warning in warnings)


def test_what_is_kept_is_no_excuse_for_what_is_undefined():
    model = build(UTILITY, checks={"utility_above_one": "report"},
                  states={"well": {"utility": "1 + sqrt(u - 0.8)"}})  # fmt: skip
    draws = model.sample(2_000, 1)
    outcomes = model.evaluate(draws)
    assert np.array_equal(outcomes.valid, draws.values[0] >= 0.8)


def test_a_range_of_the_authors_still_holds():
    u = {"normal": {"mean": 0.8, "se": 0.02}, "unit": "utility", "range": [0.7, 0.9]}
    model = build(UTILITY, checks={"utility_above_one": "report"}, parameters={"u": u})
    outcomes = model.evaluate(Draws(("u",), np.array([[0.8, 0.95, 1.2]])))
    assert outcomes.valid.tolist() == [True, False, False]


@pytest.mark.parametrize("how", ["refuse", "report"])
def test_worse_than_dead_is_legal(how):
    model = build(UTILITY, checks={"utility_above_one": how})
    outcomes = model.evaluate(Draws(("u",), np.array([[-0.5, 0.2]])))
    assert outcomes.valid.all()
    assert_allclose(outcomes.qaly[0], [-0.5, 0.2])


def test_a_run_says_that_utilities_were_kept():
    model = build(UTILITY, checks={"utility_above_one": "report"})
    result = heco.run(model.scenario, draws=2_000, seed=1)
    said = [warning for warning in result.warnings if "a utility is above 1" in warning]
    assert len(said) == 1
    assert "[states.well] utility" in said[0]


def test_events_and_years_follow_the_draws_that_are_kept():
    model = build(STROKES)
    draws = model.sample(6, 1)
    outcomes = model.evaluate(draws)
    rows = np.array([True, False, True, True, False, False])
    less = keep(outcomes, rows)
    assert np.array_equal(less.events["strokes"], outcomes.events["strokes"][:, rows])
    assert np.array_equal(less.years_in["ill"], outcomes.years_in["ill"][:, rows])
