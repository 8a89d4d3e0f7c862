"""The decision tree: shares, scopes, counts, costs on the way."""

from __future__ import annotations

import numpy as np
import pytest
from model_building import base, build, rows
from numpy.testing import assert_allclose

import heco.model.tree as tree
from heco.errors import ScenarioError

SCREEN = """
[time]
discount = "none"
[parameters]
uptake = { fixed = 0.7 }
prevalence = { fixed = 0.1 }
sensitivity = { fixed = 0.8 }
specificity = { fixed = 0.9 }
c_screen = { fixed = 15 }
c_confirm = { fixed = 60 }
missed = { expr = "prevalence * (1 - sensitivity)" }
[tree.invite]
come = { p = "uptake", cost = "c_screen", to = "test", count = "screened" }
stay_away = { p = "rest" }
[tree.test]
true_positive = { p = "prevalence * sensitivity", cost = { confirm = "c_confirm" }, count = ["positive", "cases"] }
false_positive = { p = "(1 - prevalence) * (1 - specificity)", cost = { confirm = "c_confirm" }, qaly = -0.01, count = ["positive"] }
false_negative = { p = "missed", count = ["missed"] }
true_negative = { p = "rest" }
[strategies]
screen = { enters = "invite" }
"""  # noqa: E501


def test_shares_are_products_of_branches():
    outcomes = base(build(SCREEN))
    shares = {name: share[0, 0] for name, share in outcomes.shares.items()}
    expected = {"screened": 0.7, "positive": 0.7 * 0.17, "cases": 0.056, "missed": 0.014}
    assert shares == pytest.approx(expected)


def test_costs_by_category_and_qalys_on_the_way():
    outcomes = base(build(SCREEN))
    assert_allclose(outcomes.cost_by["pathway"][0, 0], 0.7 * 15)
    assert_allclose(outcomes.cost_by["confirm"][0, 0], 0.7 * 0.17 * 60)
    assert_allclose(outcomes.cost[0, 0], 0.7 * (15 + 0.17 * 60))
    assert_allclose(outcomes.qaly[0, 0], -0.7 * 0.09 * 0.01)
    assert_allclose(outcomes.by_state["cost", ""], outcomes.cost)


def test_the_published_screening_arithmetic():
    # 10,000 are eligible; uptake 0.7, prevalence 0.1, Se 0.8, Sp 0.9; 2 to invite, 15 to screen,
    # 60 to confirm: 560 true positives, 630 false positives, 350.71 per case found.
    model = build(
        SCREEN,
        population={"size": 10_000},
        strategies={"screen": {"enters": "invite", "one_off": [{"cost": 2}]}},
    )
    outcomes = base(model)
    cases = outcomes.shares["cases"][0, 0] * 10_000
    positives = outcomes.shares["positive"][0, 0] * 10_000
    assert_allclose((cases, positives - cases), (560, 630))
    assert f"{outcomes.cost[0, 0] * 10_000 / cases:.2f}" == "350.71"


SCOPES = """
[time]
discount = "none"
[parameters]
p_high = { fixed = 0.4 }
p_ill = { fixed = 0.2 }
p_ill_high = { fixed = 0.35 }
p_ill_low = { expr = "(p_ill - p_high * p_ill_high) / (1 - p_high)" }
p_well = { expr = "1 - p_ill" }
twice = { expr = "2 * p_well" }
[tree.risk]
high = { p = "p_high", set = { p_ill = "p_ill_high" }, to = "sick" }
low = { p = "rest", set = { p_ill = "p_ill_low" }, to = "sick" }
[tree.sick]
yes = { p = "p_ill", cost = "1000 * p_ill", count = "ill" }
no = { p = "p_well", cost = "twice" }
[strategies]
look = { enters = "risk" }
"""


def test_what_a_branch_sets_holds_beyond_it_and_derived_parameters_follow():
    outcomes = base(build(SCOPES))
    low = (0.2 - 0.4 * 0.35) / 0.6
    assert_allclose(outcomes.shares["ill"][0, 0], 0.2)
    ill = 0.4 * 0.35 * 350 + 0.6 * low * 1000 * low
    well = 0.4 * 0.65 * 2 * 0.65 + 0.6 * (1 - low) * 2 * (1 - low)
    assert_allclose(outcomes.cost[0, 0], ill + well)


def test_a_setting_sees_the_value_outside():
    model = build(
        SCOPES,
        tree={
            "risk": {
                "high": {"p": "p_high", "set": {"p_ill": "p_ill * 1.5"}, "to": "sick"},
                "low": {"p": "rest", "set": {"p_ill": "p_ill / 2"}, "to": "again"},
            },
            "again": {"on": {"p": 1, "set": {"p_ill": "p_ill + 0.01"}, "to": "sick"}},
        },
    )
    assert_allclose(base(model).shares["ill"][0, 0], 0.4 * 0.3 + 0.6 * 0.11)


def test_a_branch_sees_what_its_strategy_sets():
    model = build(
        SCOPES,
        parameters={"p_ill_high": {"fixed": 0.35, "lever": True}},
        strategies={"worse": {"enters": "risk", "set": {"p_ill_high": 0.5}}},
    )
    outcomes = base(model)
    # The mean prevalence is the same by construction; the high-risk group costs more.
    assert_allclose(outcomes.shares["ill"][:, 0], [0.2, 0.2])
    low = (0.2 - 0.4 * 0.5) / 0.6
    expected = 0.4 * 0.5 * 500 + 0.4 * 0.5 * 2 * 0.5 + 0.6 * (1 - low) * 2 * (1 - low)
    assert_allclose(outcomes.cost[1, 0], expected)


def test_people_are_counted_once_on_a_path_however_often_it_says_so():
    model = build(
        """
        [tree.first]
        a = { p = 0.5, to = "second", count = "seen" }
        b = { p = "rest", to = "second" }
        [tree.second]
        c = { p = 0.25, count = "seen" }
        d = { p = "rest" }
        [strategies]
        only = { enters = "first" }
        """
    )
    assert_allclose(base(model).shares["seen"][0, 0], 0.5 + 0.5 * 0.25)


def test_a_node_may_be_shared_by_branches():
    outcomes = base(
        build(
            """
            [tree.first]
            a = { p = 0.3, to = "second", cost = 1 }
            b = { p = "rest", to = "second", cost = 2 }
            [tree.second]
            c = { p = 0.5, cost = 10 }
            d = { p = "rest" }
            [strategies]
            only = { enters = "first" }
            """
        )
    )
    assert_allclose(outcomes.cost[0, 0], 0.3 + 1.4 + 5)


def test_branches_that_nobody_takes_cost_nothing_and_need_not_be_possible():
    outcomes = base(
        build(
            """
            [tree.first]
            never = { p = 0, to = "impossible", cost = 1000 }
            always = { p = "rest", cost = 3 }
            [tree.impossible]
            a = { p = "1 / 0.5 - 1.5", cost = "log(0 - 1)" }
            b = { p = "rest" }
            [strategies]
            only = { enters = "first" }
            """
        )
    )
    assert_allclose(outcomes.cost[0, 0], 3)
    assert outcomes.valid.all()


def test_leaves_that_are_states_fill_the_cohort():
    outcomes = base(
        build(
            """
            [time]
            cycle = "1 year"
            horizon = "1 year"
            cycle_counting = "start"
            [tree.found]
            yes = { p = 0.2, to = "treated" }
            no = { p = 0.3, to = "well" }
            late = { p = "rest", to = "more" }
            [tree.more]
            yes = { p = 0.4, to = "treated" }
            no = { p = "rest", to = "dead" }
            [states]
            well = { utility = 1 }
            treated = { utility = 0.5 }
            dead = { absorbing = true }
            [transitions]
            well = { well = "rest" }
            treated = { treated = "rest" }
            [strategies]
            only = { enters = "found" }
            """
        )
    )
    assert outcomes.states == ("well", "treated", "dead")
    assert_allclose(outcomes.entry[0, :, 0], [0.3, 0.2 + 0.5 * 0.4, 0.5 * 0.6])
    assert_allclose(outcomes.qaly[0, 0], 0.3 + 0.4 * 0.5)
    assert_allclose(outcomes.life_years[0, 0], 0.7)


def test_shares_vary_by_draw():
    model = build(SCREEN)
    uptake = np.array([0.0, 0.5, 1.0])
    outcomes = model.evaluate(rows(uptake=uptake))
    assert_allclose(outcomes.shares["cases"][0], uptake * 0.08)
    assert_allclose(outcomes.cost[0], uptake * (15 + 0.17 * 60))


def test_a_tree_without_end_of_paths_is_refused(monkeypatch):
    monkeypatch.setattr(tree, "MAX_PATHS", 3)
    with pytest.raises(ScenarioError, match="more than 3 paths"):
        build(SCREEN)
