"""What a model can be asked beside `evaluate`: columns, parameters, measures, draws."""

from __future__ import annotations

import numpy as np
import pytest
from model_building import base, build, rows
from numpy.testing import assert_allclose, assert_array_equal

from heco.errors import ScenarioError
from heco.scenario.expressions import parse

MODEL = """
[time]
cycle = "1 year"
horizon = "4 years"
start_age = 60
discount = { cost = 0.05, qaly = 0.02 }
[population]
size = "n_people"
[parameters]
n_people = { fixed = 1000 }
p_sick = { beta = { events = 20, n = 100 } }
p = { dirichlet = { counts = { stay = 70, worse = 20, die = 10 } } }
rr = { lognormal = { median = 0.5, ci95 = [0.3, 0.8333333333333334] } }
on = { fixed = 0, lever = true }
effect = { expr = "where(on, rr, 1)" }
p_worse = { expr = "p.worse * effect" }
c_drug = { expr = "where(on, 500, 0)" }
now = { expr = "100 * (time + 1)" }
[tree.people]
sick = { p = "p_sick", to = "ill", count = "sick", cost = { found = 10 } }
well = { p = "rest", to = "fine" }
[states]
fine = { utility = 0.9 }
ill = { utility = 0.6, cost = { drug = "c_drug", visits = "now" } }
dead = { absorbing = true }
[transitions]
fine = { fine = "rest" }
ill = { ill = "rest", dead = "p.die + p_worse" }
[strategies]
usual = { enters = "people" }
drug = { enters = "people", set = { on = 1 } }
"""


@pytest.fixture(scope="module")
def model():
    return build(MODEL)


def measure(model, text, strategy, draws=None):
    draws = draws or model.base()
    return model.measure_values(draws, model.evaluate(draws), parse(text), strategy)


# -- columns and draws -------------------------------------------------------------------------


def test_columns_are_what_has_a_value_of_its_own(model):
    assert model.columns == (
        "n_people", "p_sick", "p.stay", "p.worse", "p.die", "rr", "on",
    )  # fmt: skip
    assert model.strategies == ("usual", "drug")


def test_base_rows_hold_deterministic_values(model):
    draws = model.base(3)
    assert draws.names == model.columns
    expected = [1000, 0.2, 0.7, 0.2, 0.1, 0.5, 0]
    assert_allclose(draws.values, np.repeat(np.array(expected)[:, None], 3, axis=1))


def test_parameters_that_are_not_drawn_keep_their_deterministic_value(model):
    alone = base(model)
    assert_allclose(model.evaluate(rows(rr=[0.5])).cost, alone.cost)
    several = model.evaluate(rows(rr=[0.5, 0.25]))
    assert_allclose(several.cost[:, 0], alone.cost[:, 0])


def test_a_column_that_no_parameter_has_is_refused(model):
    with pytest.raises(ScenarioError, match="no parameter is called rrr"):
        model.evaluate(rows(rrr=[1.0]))


@pytest.mark.parametrize("values", [[0.4, 0.6], [0.4, 0.4], [0.5, 0.5]])
def test_it_makes_no_difference_whether_a_column_happens_to_be_constant(model, values):
    draws = model.base(2).replace({"rr": np.array(values)})
    outcomes = model.evaluate(draws)
    for draw, value in enumerate(values):
        alone = model.evaluate(rows(rr=[value]))
        assert_allclose(outcomes.cost[:, draw], alone.cost[:, 0], rtol=1e-14)
        assert_allclose(outcomes.qaly[:, draw], alone.qaly[:, 0], rtol=1e-14)


def test_a_column_for_a_lever_is_what_strategies_start_from(model):
    everybody = model.evaluate(rows(on=[1.0]))
    assert_allclose(everybody.cost[0], everybody.cost[1])
    assert_allclose(everybody.cost[1], base(model).cost[1])


def test_a_column_for_a_derived_parameter_overrides_its_formula(model):
    outcomes = model.evaluate(rows(effect=[0.5, 1.0]))
    alone = base(model)
    assert_allclose(outcomes.qaly[0], [alone.qaly[1, 0], alone.qaly[0, 0]])
    # Whatever a strategy sets is not heard of any more: the formula is gone, in all strategies.
    assert_allclose(outcomes.qaly[0], outcomes.qaly[1])
    # Parameters derived from it follow.
    found = model.parameter_values(rows(effect=[0.5, 2.0]), ["p_worse"])
    assert_allclose(found["p_worse"], [0.1, 0.4])


def test_sampled_draws_have_all_uncertain_parameters(model):
    draws = model.sample(50, seed=4)
    assert {"p_sick", "rr", "p.stay", "p.worse", "p.die"} <= set(draws.names)
    outcomes = model.evaluate(draws)
    assert outcomes.n == 50
    assert np.unique(outcomes.cost[1]).size == 50
    again = model.evaluate(model.sample(50, seed=4))
    assert outcomes.cost.tobytes() == again.cost.tobytes()
    assert_array_equal(outcomes.population, 1000)


# -- parameters --------------------------------------------------------------------------------


def test_parameter_values_include_derived_ones_as_a_strategy_sets_them(model):
    names = ["rr", "effect", "p_worse", "p.die", "c_drug"]
    outside = model.parameter_values(model.base(), names)
    assert {name: value[0] for name, value in outside.items()} == pytest.approx(
        {"rr": 0.5, "effect": 1, "p_worse": 0.2, "p.die": 0.1, "c_drug": 0}
    )
    drug = model.parameter_values(model.base(), names, "drug")
    assert drug["p_worse"][0] == pytest.approx(0.1)
    assert drug["c_drug"][0] == 500


def test_parameter_values_are_those_of_time_0(model):
    assert model.parameter_values(model.base(2), ["now"])["now"].tolist() == [100, 100]


def test_values_that_are_not_defined_are_no_numbers(model):
    found = model.formula_values(rows(rr=[0.5, -1.0]), {"x": parse("log(rr)")})
    assert found["x"][0] == pytest.approx(np.log(0.5))
    assert np.isnan(found["x"][1])


# -- measures ----------------------------------------------------------------------------------


def test_words_for_totals(model):
    outcomes = base(model)
    for word in ("cost", "qaly", "life_years", "cost_undiscounted", "qaly_undiscounted"):
        assert measure(model, word, "drug")[0] == getattr(outcomes, word)[1, 0]


def test_words_for_people_and_money(model):
    outcomes = base(model)
    assert measure(model, "population", "usual")[0] == 1000
    assert measure(model, "share.sick", "usual")[0] == pytest.approx(0.2)
    assert measure(model, "count.sick", "usual")[0] == pytest.approx(200)
    assert measure(model, "cost.drug", "drug")[0] == outcomes.cost_by["drug"][1, 0]
    assert measure(model, "spend.drug", "drug")[0] == 1000 * outcomes.spend_by["drug"][1, 0]
    assert measure(model, "spend", "drug")[0] == 1000 * outcomes.cost_undiscounted[1, 0]
    assert measure(model, "cost.drug", "usual")[0] == 0
    assert measure(model, "cost.found", "usual")[0] == pytest.approx(2)


def test_formulas_over_outcomes_and_parameters(model):
    found = measure(model, "spend.found / count.sick * effect", "drug")[0]
    assert found == pytest.approx(10 * 0.5)
    varied = measure(model, "share.sick / p_sick + rr", "usual", rows(p_sick=[0.1, 0.3]))
    assert_allclose(varied, [1.5, 1.5])


def test_nothing_divided_by_nothing_is_no_number(model):
    found = measure(model, "cost.drug / cost.drug", "usual", rows(rr=[0.1, 0.2]))
    assert np.isnan(found).all()


def test_counts_need_a_population():
    model = build(MODEL, population={})
    plain = build(MODEL.replace('size = "n_people"', ""))
    assert measure(model, "count.sick", "usual")[0] == pytest.approx(200)
    with pytest.raises(ScenarioError, match="needs the number of people"):
        measure(plain, "count.sick", "usual")


# -- outcomes ----------------------------------------------------------------------------------


def test_outcomes_know_their_strategies_and_net_benefit(model):
    outcomes = base(model)
    assert outcomes.index("drug") == 1
    assert outcomes.n == 1
    benefit = outcomes.net_monetary_benefit(20_000)
    assert_allclose(benefit, 20_000 * outcomes.qaly - outcomes.cost)
    assert_allclose(outcomes.effect("life_years"), outcomes.life_years)
    in_years = outcomes.net_monetary_benefit(1000, "life_years")
    assert_allclose(in_years, 1000 * outcomes.life_years - outcomes.cost)


def test_detail_adds_up_to_categories_and_states(model):
    outcomes = base(model)
    for (outcome, state), total in outcomes.by_state.items():
        parts = [v for (o, _, s), v in outcomes.detail.items() if (o, s) == (outcome, state)]
        assert_allclose(sum(parts), total)
    for category, total in outcomes.cost_by.items():
        parts = [v for (o, c, _), v in outcomes.detail.items() if (o, c) == ("cost", category)]
        assert_allclose(sum(parts), total)


def test_a_tree_alone_has_no_states():
    outcomes = base(
        build(
            """
            [tree.node]
            a = { p = 0.5, cost = 3, qaly = 0.25 }
            b = { p = "rest" }
            [strategies]
            only = { enters = "node" }
            """
        ),
        trace=True,
    )
    assert outcomes.states == ()
    assert outcomes.trace is None
    assert outcomes.entry.shape == (1, 0, 1)
    assert_allclose(outcomes.cost[0, 0], 1.5)
    assert_allclose(outcomes.life_years, 0)
    assert outcomes.population is None


@pytest.mark.parametrize(
    ("horizon", "cycles"), [("lifetime", 40), ("10 cycles", 10), ("20 years", 20)]
)
def test_horizons(horizon, cycles):
    model = build(MODEL, time={"horizon": horizon})
    assert base(model, trace=True).trace.shape == (2, cycles + 1, 3, 1)


def test_a_horizon_is_a_whole_number_of_cycles():
    with pytest.raises(ScenarioError, match="whole number of cycles"):
        build(MODEL, time={"horizon": "30 months"})


def test_a_model_can_be_shown_and_compared(model):
    assert "Model(" in repr(model)
    assert "_plans" not in repr(model)


def test_the_first_years_alone_are_the_first_of_all_years():
    from pathlib import Path

    import heco

    folder = Path(__file__).parents[2] / "reference" / "briggs2006_hiv"
    model = heco.compile(heco.load(folder / "model.toml"))
    every = model.evaluate(model.base(), yearly=True).yearly_cost
    first = model.evaluate(model.base(), yearly=3).yearly_cost
    assert first.shape[1] == 3
    np.testing.assert_allclose(first, every[:, :3], rtol=1e-12)
