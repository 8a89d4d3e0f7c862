"""[checks]: strategies may not change the population, and what must hold holds."""

from __future__ import annotations

import pytest
from model_building import base, build, rows

from heco.errors import ScenarioError

MODEL = """
[time]
cycle = "1 year"
horizon = "5 years"
[parameters]
p_ill = { fixed = 0.2, lever = true }
p_found = { fixed = 0.5, lever = true }
u_well = { fixed = 0.9 }
u_ill = { fixed = 0.6 }
[tree.people]
ill = { p = "p_ill", to = "look", count = "ill" }
well = { p = "rest", to = "healthy" }
[tree.look]
found = { p = "p_found", to = "treated", count = "found" }
missed = { p = "rest", to = "untreated" }
[states]
healthy = { utility = "u_well" }
treated = { utility = "(u_well + u_ill) / 2" }
untreated = { utility = "u_ill" }
[transitions]
healthy = { healthy = "rest" }
treated = { treated = "rest" }
untreated = { untreated = "rest" }
[strategies]
now = { enters = "people" }
better = { enters = "people", set = { p_found = 0.8 } }
"""

WORSE = {"worse": {"enters": "people", "set": {"p_ill": "p_ill + 0.1"}}}


def problems(model, draws=None):
    """Return what an evaluation is refused for."""
    with pytest.raises(ScenarioError) as caught:
        model.evaluate(draws or model.base())
    return caught.value.problems


def test_strategies_that_share_their_population_pass():
    model = build(
        MODEL,
        checks={
            "same_at_entry": [["treated", "untreated"], ["healthy"]],
            "same_across_strategies": ["share.ill", "p_ill", "u_well - u_ill", "life_years"],
            "holds": ["u_well >= u_ill", "p_found > 0 and p_found <= 1"],
        },
    )
    assert base(model).valid.all()


def test_a_strategy_that_changes_who_is_ill_is_refused():
    model = build(MODEL, checks={"same_at_entry": [["treated", "untreated"]]}, strategies=WORSE)
    (problem,) = problems(model)
    assert problem.where == "[checks] same_at_entry"
    assert problem.what == (
        "treated + untreated at the start is 0.3 of the cohort in worse but 0.2 in now: "
        "the strategies treat different populations"
    )


def test_states_that_differ_one_by_one_may_be_the_same_together():
    model = build(MODEL, checks={"same_at_entry": [["treated"]]})
    assert "treated at the start is 0.16 of the cohort in better but 0.1 in now" in (
        problems(model)[0].what
    )


def test_same_across_strategies_compares_parameters_as_the_strategies_set_them():
    model = build(MODEL, checks={"same_across_strategies": ["p_ill * 2"]}, strategies=WORSE)
    (problem,) = problems(model)
    assert problem.where == "[checks] same_across_strategies"
    assert problem.what == "p_ill * 2 is 0.6 in worse but 0.4 in now"
    assert "not who people are" in problem.hint


def test_same_across_strategies_compares_outcomes_too():
    model = build(
        MODEL, checks={"same_across_strategies": ["share.ill", "share.found"]}, strategies=WORSE
    )
    whats = [problem.what for problem in problems(model)]
    assert whats == [
        "share.ill is 0.3 in worse but 0.2 in now",
        "share.found is 0.16 in better but 0.1 in now",
        "share.found is 0.15 in worse but 0.1 in now",
    ]


def test_same_across_strategies_says_in_which_draws():
    model = build(
        MODEL,
        parameters={"more": {"fixed": 0.0}},
        checks={"same_across_strategies": ["share.ill"]},
        strategies={"worse": {"enters": "people", "set": {"p_ill": "p_ill + more"}}},
    )
    assert base(model).valid.all()
    (problem,) = problems(model, rows(more=[0, 0, 0.1, 0, 0.2]))
    assert problem.what == (
        "share.ill is 0.3 in worse but 0.2 in now in 2 of 5 draws, first in draw 3"
    )


@pytest.mark.parametrize(("gap", "differs"), [(1e-12, False), (1e-7, True)])
@pytest.mark.parametrize("size", [1.0, 1e6, 1e-6])
def test_same_means_the_same_to_nine_digits(gap, differs, size):
    model = build(
        MODEL,
        parameters={
            "budget": {"fixed": size, "lever": True},
            "c_other": {"fixed": size * (1 + gap)},
        },
        checks={"same_across_strategies": ["budget"]},
        strategies={"better": {"enters": "people", "set": {"budget": "c_other"}}},
    )
    if differs:
        assert len(problems(model)) == 1
    else:
        assert base(model).valid.all()


def test_what_is_undefined_in_all_strategies_alike_is_the_same():
    model = build(MODEL, checks={"same_across_strategies": ["share.ill / (u_well - 0.9)"]})
    assert base(model).valid.all()


def test_what_is_undefined_in_one_strategy_only_is_not_the_same():
    model = build(
        MODEL,
        checks={"same_across_strategies": ["1 / p_found"]},
        strategies={"better": {"enters": "people", "set": {"p_found": 0}}},
    )
    assert "1 / p_found is nan in better but 2 in now" in problems(model)[0].what


def broken(model, draws=None):
    """The conditions that fail: draws in which they do have left their domain."""
    outcomes = model.evaluate(draws if draws is not None else model.base())
    found = [place for place in outcomes.out_of_domain if place.where == "[checks] holds"]
    return found, outcomes.valid.tolist()


def test_a_condition_that_fails_is_shown_with_its_numbers():
    model = build(MODEL, checks={"holds": ["u_well >= u_ill"]})
    draws = rows(u_well=[0.9, 0.7, 0.5, 0.4], u_ill=[0.6, 0.8, 0.5, 0.7])
    (place,), valid = broken(model, draws)
    assert place.what == "u_well >= u_ill does not hold: u_ill = 0.8, u_well = 0.7"
    assert place.names == ("u_ill", "u_well")
    assert (place.draws, valid) == (2, [True, False, True, False])


def test_a_condition_is_judged_as_each_strategy_sets_its_parameters():
    model = build(MODEL, checks={"holds": ["p_found < 0.7", "p_ill == 0.2"]})
    (place,), _ = broken(model)
    assert place.what == "p_found < 0.7 does not hold: p_found = 0.8 (strategy better)"


def test_strategies_that_break_a_condition_alike_are_told_of_once():
    model = build(
        MODEL,
        checks={"holds": ["p_found < 0.7"]},
        strategies={"best": {"enters": "people", "set": {"p_found": 0.8}}},
    )
    (place,), _ = broken(model)
    assert place.what.endswith("p_found = 0.8 (strategy better and best)")


def test_a_condition_that_cannot_be_computed_does_not_hold():
    model = build(MODEL, checks={"holds": ["1 / (u_well - u_ill) > 0"]})
    (place,), valid = broken(model, rows(u_ill=[0.5, 0.9]))
    assert place.what.startswith("1 / (u_well - u_ill) > 0 cannot be computed")
    assert valid == [True, False]


def test_draws_that_are_left_out_anyway_are_not_judged():
    model = build(MODEL, checks={"holds": ["u_well <= 1"]})
    outcomes = model.evaluate(rows(u_well=[0.9, 1.1]))
    assert outcomes.valid.tolist() == [True, False]
    assert "[checks] holds" not in {place.where for place in outcomes.out_of_domain}


def test_all_broken_checks_are_listed_together():
    model = build(
        MODEL,
        checks={
            "same_at_entry": [["treated", "untreated"]],
            "same_across_strategies": ["p_ill"],
        },
        strategies=WORSE,
    )
    assert [problem.where for problem in problems(model)] == [
        "[checks] same_at_entry",
        "[checks] same_across_strategies",
    ]


# -- branches that set a parameter must average to its value outside --------------------------

RISK = """
[parameters]
p_high = { fixed = 0.4 }
p_ill = { fixed = 0.2 }
p_ill_high = { fixed = 0.35 }
p_ill_low = { expr = "(p_ill - p_high * p_ill_high) / (1 - p_high)" }
[tree.risk]
high = { p = "p_high", set = { p_ill = "p_ill_high" }, to = "sick" }
low = { p = "rest", set = { p_ill = "p_ill_low" }, to = "sick" }
[tree.sick]
yes = { p = "p_ill" }
no = { p = "rest" }
[checks]
coherent = ["p_ill"]
[strategies]
only = { enters = "risk" }
"""


def test_a_coherent_split_passes_in_every_draw():
    outcomes = build(RISK).evaluate(rows(p_high=[0.1, 0.5], p_ill_high=[0.3, 0.25]))
    assert outcomes.valid.all()


def test_a_split_that_changes_the_average_is_refused():
    model = build(RISK, parameters={"p_ill_low": {"fixed": 0.05}})
    (problem,) = problems(model)
    assert problem.where == "[tree.risk]"
    assert problem.what == (
        "the branches set p_ill to values that average 0.17, but outside it is 0.2 (strategy only)"
    )


def test_a_branch_that_sets_nothing_keeps_the_value_outside():
    high = {"p": "p_high", "set": {"p_ill": "p_ill_high"}, "to": "sick"}
    model = build(RISK, tree={"risk": {"high": high, "low": {"p": "rest", "to": "sick"}}})
    assert "average 0.26, but outside it is 0.2" in problems(model)[0].what


def test_a_node_is_judged_in_every_way_in_which_it_is_reached():
    model = build(
        RISK,
        tree={
            "first": {
                "a": {"p": 0.5, "set": {"p_high": 0.1}, "to": "risk"},
                "b": {"p": "rest", "to": "risk"},
            }
        },
        parameters={"p_ill_low": {"fixed": 0.1}},
        strategies={"only": {"enters": "first"}},
    )
    # By a: 0.1 x 0.35 + 0.9 x 0.1 = 0.125; by b it happens to be 0.4 x 0.35 + 0.6 x 0.1 = 0.2.
    (problem,) = problems(model)
    assert "average 0.125, but outside it is 0.2" in problem.what


def test_only_what_must_be_coherent_is_judged():
    model = build(RISK, parameters={"p_ill_low": {"fixed": 0.05}}, checks={"coherent": []})
    assert base(model).valid.all()
