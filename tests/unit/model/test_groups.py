"""Groups: each run by itself, and everybody is their mean."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from model_building import base, build
from numpy.testing import assert_allclose

import heco
from heco.errors import ScenarioError
from heco.model.branches import first_branches
from heco.model.groups import by_group, shares
from heco.reference import tell
from heco.sampling import Draws

PEOPLE = """
[decision]
comparator = "usual"
wtp = 20000
[time]
cycle = "1 year"
horizon = "10 years"
start_age = 60
cycle_counting = "start"
discount = 0
[population]
size = 100
starts = { alive = 1 }
[groups.men]
share = 0.4
set = { p = 0.2 }
[groups.women]
label = "Women"
share = "rest"
[parameters]
p = { beta = { mean = 0.1, se = 0.01 }, unit = "probability" }
rr = { fixed = 1, lever = true }
p_now = { expr = "p * rr" }
[states]
alive = { utility = 1 }
dead = { absorbing = true, on_entry = { count = "deaths", cost = { care = 30 } } }
[transitions.alive]
dead = "p_now"
alive = "rest"
[strategies.usual]
[strategies.drug]
set = { rr = 0.5 }
one_off = [{ cost = 100 }]
[measures]
deaths = { value = "count.deaths" }
years = { value = "life_years_undiscounted.alive" }
"""


def lived(p):
    return sum((1 - p) ** n for n in range(10))


def test_everybody_is_the_mean_of_the_groups():
    outcomes = base(build(PEOPLE))
    for i, rr in enumerate((1, 0.5)):
        expected = 0.4 * lived(0.2 * rr) + 0.6 * lived(0.1 * rr)
        assert_allclose(outcomes.qaly[i, 0], expected, rtol=1e-13)
        dead = 0.4 * (1 - (1 - 0.2 * rr) ** 10) + 0.6 * (1 - (1 - 0.1 * rr) ** 10)
        assert_allclose(outcomes.events["deaths"][i, 0], dead, rtol=1e-12)
        assert_allclose(outcomes.cost[i, 0], 30 * dead + 100 * i, rtol=1e-12)
        assert_allclose(outcomes.years_in["alive"][i, 0], expected, rtol=1e-13)


def test_no_group_is_the_mean_person():
    # The mean of survivals is above the survival of the mean risk.
    mean = base(build(PEOPLE, groups={"men": {"share": 0.4, "set": {"p": 0.14}},
                                      "women": {"share": "rest", "set": {"p": 0.14}}}))  # fmt: skip
    assert base(build(PEOPLE)).qaly[0, 0] > mean.qaly[0, 0]
    assert_allclose(mean.qaly[0, 0], lived(0.14), rtol=1e-13)


def test_groups_that_are_alike_change_nothing():
    alike = {"men": {"share": 0.4}, "women": {"share": 0.6}}
    model = build(PEOPLE, groups=alike)
    draws = model.sample(100, 1)
    plain = build(dataclasses_without_groups())
    assert_allclose(model.evaluate(draws).qaly, plain.evaluate(draws).qaly, rtol=1e-14)
    assert_allclose(model.evaluate(draws).cost, plain.evaluate(draws).cost, rtol=1e-14)


def dataclasses_without_groups():
    head, _, tail = PEOPLE.partition("[groups.men]")
    return head + tail[tail.index("[parameters]") :]


def test_every_number_of_a_draw_is_mixed():
    model = build(PEOPLE)
    draws = model.sample(20, 1)
    mixed = model.evaluate(draws, trace=True, yearly=True)
    parts = by_group(model, draws, trace=True, yearly=True)
    for name in ("cost", "qaly", "life_years", "entry", "trace", "yearly_cost"):
        men, women = (getattr(parts[key], name) for key in ("men", "women"))
        assert_allclose(getattr(mixed, name), 0.4 * men + 0.6 * women, rtol=1e-13)
    for name in ("cost_by", "spend_by", "by_state", "detail", "events", "years_in"):
        found = getattr(mixed, name)
        assert found
        for key, values in found.items():
            men, women = (getattr(parts[group], name)[key] for group in ("men", "women"))
            assert_allclose(values, 0.4 * men + 0.6 * women, rtol=1e-13)
    unmixed = {"strategies", "states", "population", "valid", "out_of_domain", "noted", "tunnels"}
    arrays = {field.name for field in dataclasses.fields(mixed)} - unmixed
    assert arrays == {
        "cost", "qaly", "life_years", "cost_undiscounted", "qaly_undiscounted",
        "life_years_undiscounted", "cost_by", "spend_by", "by_state", "shares", "entry", "trace",
        "yearly_cost", "yearly_cost_by", "detail", "events", "years_in",
    }  # fmt: skip


def test_what_a_group_sets_sees_the_value_outside():
    model = build(PEOPLE, groups={"men": {"share": 0.5, "set": {"p": "2 * p"}},
                                  "women": {"share": "rest"}})  # fmt: skip
    draws = Draws(("p",), np.array([[0.05, 0.1, 0.3]]))
    expected = [(lived(2 * p) + lived(p)) / 2 for p in (0.05, 0.1, 0.3)]
    assert_allclose(model.evaluate(draws).qaly[0], expected, rtol=1e-12)


def test_shares_may_be_uncertain():
    more = {"s": {"beta": {"mean": 0.3, "se": 0.1}}}
    model = build(PEOPLE, parameters=more, groups={
        "men": {"share": "s", "set": {"p": 0.2}}, "women": {"share": "rest", "set": {"p": 0.1}}
    })  # fmt: skip
    draws = model.sample(50, 1)
    s = draws.values[draws.names.index("s")]
    assert_allclose(
        model.evaluate(draws).qaly[0], s * lived(0.2) + (1 - s) * lived(0.1), rtol=1e-12
    )
    assert_allclose(shares(model, draws)["women"], 1 - s)


def test_shares_that_are_none_leave_the_domain():
    model = build(PEOPLE, parameters={"s": {"fixed": 0.3}}, groups={
        "men": {"share": "s"}, "women": {"share": "rest"}})  # fmt: skip
    outcomes = model.evaluate(Draws(("s",), np.array([[0.3, 1.2, -0.1, 1.0]])))
    assert outcomes.valid.tolist() == [True, False, False, True]
    assert outcomes.out_of_domain[0].where == "[groups]"


def test_a_draw_that_fails_in_one_group_fails():
    model = build(PEOPLE, groups={"men": {"share": 0.5, "set": {"p": "3 * p"}},
                                  "women": {"share": "rest"}})  # fmt: skip
    outcomes = model.evaluate(Draws(("p",), np.array([[0.1, 0.4]])))
    assert outcomes.valid.tolist() == [True, False]
    assert all("in the group men" in place.where for place in outcomes.out_of_domain)


AGES = """
[time]
cycle = "1 year"
horizon = "lifetime"
start_age = 60
end_age = 80
cycle_counting = "start"
discount = 0.03
[population]
starts = { alive = 1 }
[groups]
younger = { share = 0.25, start_age = 50 }
middle = { share = 0.25 }
older = { share = "rest", start_age = 70 }
[parameters]
q = { table = { by = "age", values = [[50, 0.01], [60, 0.05], [70, 0.1], [75, 0.2]] } }
[states]
alive = { utility = "1 - 0.005 * (age - 50)", cost = 10 }
dead = { absorbing = true }
[transitions.alive]
dead = "q"
alive = "rest"
"""


def test_groups_start_at_ages_of_their_own():
    def told(start):
        left, qaly = 1.0, 0.0
        for n in range(80 - start):
            age = start + n
            qaly += left * (1 - 0.005 * (age - 50)) * 1.03**-n
            left *= 1 - (0.01 if age < 60 else 0.05 if age < 70 else 0.1 if age < 75 else 0.2)
        return qaly

    outcomes = base(build(AGES), trace=True, yearly=True)
    expected = 0.25 * told(50) + 0.25 * told(60) + 0.5 * told(70)
    assert_allclose(outcomes.qaly[0, 0], expected, rtol=1e-12)
    # The longest lifetime is that of the youngest; after ten years nobody older is followed.
    assert outcomes.trace.shape[1] == 31
    assert_allclose(outcomes.trace[0, 0].sum(), 1)
    assert_allclose(outcomes.trace[0, 11].sum(), 0.5)
    assert_allclose(outcomes.yearly_cost.sum(), outcomes.cost_undiscounted.sum(), rtol=1e-12)


@pytest.mark.parametrize("text", [PEOPLE, AGES], ids=["people", "ages"])
def test_the_reference_says_the_same(text):
    model = build(text)
    outcomes = base(model, trace=True)
    for i, strategy in enumerate(model.strategies):
        told = tell(model.scenario, strategy)
        for name in ("cost", "qaly", "life_years", "qaly_undiscounted"):
            assert_allclose(getattr(outcomes, name)[i, 0], getattr(told, name), rtol=1e-12)
        for number, row in enumerate(told.trace):
            assert_allclose(outcomes.trace[i, number, :, 0], list(row.values()), rtol=1e-12)
        for name, events in told.events.items():
            assert_allclose(outcomes.events[name][i, 0], events, rtol=1e-12)


def test_an_alternative_holds_in_every_group():
    text = (
        PEOPLE
        + """
[analysis.alternatives.worse]
label = "Worse"
set = { p = "2 * p" }
"""
    )
    groups = {"men": {"share": 0.5, "set": {"p": "p + 0.1"}}, "women": {"share": "rest"}}
    model = build(text, groups=groups)
    worse = heco.compile(model.scenario.alternatives["worse"])
    assert_allclose(base(worse).qaly[0, 0], (lived(0.3) + lived(0.2)) / 2, rtol=1e-12)
    told = tell(worse.scenario, "usual")
    assert_allclose(told.qaly, (lived(0.3) + lived(0.2)) / 2, rtol=1e-12)


TREE = """
[population]
size = 10
[groups.low]
share = 0.8
set = { prevalence = 0.1 }
[groups.high]
share = 0.2
set = { prevalence = 0.5 }
[parameters]
prevalence = { fixed = 0.3 }
[tree.t]
ill = { p = "prevalence", cost = 50, count = "cases", to = "treat" }
well = { p = "rest" }
[tree.treat]
cured = { p = 0.5, qaly = 1, count = "cured" }
lost = { p = "rest" }
[strategies.only]
enters = "t"
"""


def test_trees_have_groups_too():
    model = build(TREE)
    outcomes = base(model)
    ill = 0.8 * 0.1 + 0.2 * 0.5
    assert_allclose(outcomes.cost[0, 0], 50 * ill)
    assert_allclose(outcomes.shares["cured"][0, 0], ill / 2)
    amounts = model.amounts(model.base(), "only")
    assert_allclose(sum(v[0] for (_, o, _), v in amounts.items() if o == "cost"), 50 * ill)
    ways = first_branches(model, model.base(), "only")
    assert_allclose([ways["ill"].share[0], ways["well"].share[0]], [ill, 1 - ill])
    assert_allclose(ways["ill"].counted["cured"][0], ill / 2)


def test_what_must_hold_holds_in_every_group():
    text = PEOPLE + '[checks]\nsame_across_strategies = ["p_now"]\n'
    with pytest.raises(ScenarioError, match="in the group men"):
        base(build(text))


def test_a_run_shows_groups_that_add_up():
    model = build(PEOPLE)
    result = heco.run(model.scenario, draws=50, seed=1)
    table = next(t for r in result.results if r.analysis == "by_group" for t in r.tables)
    names = [column.name for column in table.columns]
    rows = [dict(zip(names, row, strict=True)) for row in table.rows]
    drug = [r for r in rows if r["strategy"] == "drug" and r["basis"] == "deterministic"]
    assert [r["group_label"] for r in drug] == ["men", "Women"]
    whole = [q.value for q in result.quantities
             if q.quantity == "inmb" and q.basis == "deterministic"]  # fmt: skip
    assert_allclose(sum(r["share"] * r["inmb"] for r in drug), whole[0], rtol=1e-12)
    men = {"cost": 30 * (0.8**10 - 0.9**10) + 100, "effect": lived(0.1) - lived(0.2)}
    assert_allclose(drug[0]["incremental_cost"], men["cost"], rtol=1e-12)
    assert_allclose(drug[0]["incremental_effect"], men["effect"], rtol=1e-12)
    assert_allclose(drug[0]["icer"], men["cost"] / men["effect"], rtol=1e-12)
    assert {q.quantity for q in result.quantities if q.quantity.startswith("group_")} == {
        "group_share", "group_cost", "group_qaly", "group_incremental_cost",
        "group_incremental_qaly", "group_icer", "group_inmb",
    }  # fmt: skip


def test_verification_looks_at_every_group():
    from heco.verify import verify

    found = verify(build(PEOPLE).scenario, draws=0)
    assert [check.name for check, _ in found.failed] == []
    assert len(found.having("pass")) > 15
