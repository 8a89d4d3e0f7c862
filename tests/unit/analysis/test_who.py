"""Who is reached and who is missed: groups that add up to everybody, in any scenario."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from small_models import run, table

from heco.analysis import run_scenario
from heco.analysis.context import base_sample
from heco.model import compile_model
from heco.model.branches import first_branches
from heco.scenario.load import load, load_text

SCENARIOS = Path(__file__).parents[3] / "scenarios"
OPTIONS = {"old": ("100", "1"), "new": ("300", "1.1")}


@pytest.fixture(scope="module")
def case():
    return run_scenario(load(SCENARIOS / "targeted.toml"), draws=0)


def found(result, **what):
    return [r for r in table(result, "people_by_group") if all(r[k] == v for k, v in what.items())]


@pytest.mark.parametrize("by", ["family", "groups"])
def test_groups_add_up_to_all_who_are_counted(case, by):
    whole = {(r["strategy"], r["count"]): r["people"] for r in table(case, "people_counted")}
    assert whole
    for (strategy, name), people in whole.items():
        parts = found(case, by=by, strategy=strategy, count=name)
        assert sum(r["people"] for r in parts) == pytest.approx(people, rel=1e-9)
        assert sum(r["share"] for r in parts) == pytest.approx(1, abs=1e-12)
        if people:
            assert sum(r["of_counted"] for r in parts) == pytest.approx(1, rel=1e-9)


def test_poor_families_by_hand(case):
    value = {r["parameter"]: r["value"] for r in table(case, "inputs")}
    poor = value["births"] * value["p_poor"]
    cases = poor * value["prevalence_poor"] * value["uptake"] * value["sensitivity"]
    by_hand = {
        "invited": poor,
        "screened": poor * value["uptake"],
        "cases": cases,
        "cases_missed": poor * value["prevalence_poor"] - cases,
        "benefited": cases * value["p_start"] * value["p_response"],
        "false_positives": poor * value["uptake"]
        * (1 - value["prevalence_poor"]) * (1 - value["specificity"]),
    }  # fmt: skip
    for name, people in by_hand.items():
        (row,) = found(case, by="family", group="poor", strategy="targeted", count=name)
        assert row["people"] == pytest.approx(people, rel=1e-9)
        assert row["of_group"] == pytest.approx(people / poor, rel=1e-9)


def test_a_fifth_is_the_model_with_its_own_poverty(case):
    """The slow way: a scenario in which everybody lives in the most deprived fifth."""
    poor = next(r["value"] for r in table(case, "inputs") if r["parameter"] == "p_poor_1")
    words = 'extends = "targeted.toml"\n[parameters.p_poor]\nlabel = "x"\nunit = "probability"\n'
    words += f'fixed = {poor!r}\nsource = "invented"\n'
    alone = run_scenario(load_text(words, SCENARIOS), draws=0, only=["pathway"])
    for row in table(alone, "people_counted"):
        (mine,) = found(
            case, by="groups", group="most", strategy=row["strategy"], count=row["count"]
        )
        assert mine["people"] == pytest.approx(mine["share"] * row["people"], rel=1e-9, abs=1e-9)


def test_branches_add_up_in_every_draw():
    model = compile_model(load(SCENARIOS / "universal.toml"))
    draws = model.sample(50, 1)
    outcomes = model.evaluate(draws)
    for strategy in model.strategies:
        branches = first_branches(model, draws, strategy)
        np.testing.assert_allclose(sum(b.share for b in branches.values()), 1, rtol=1e-12)
        for name, shares in outcomes.shares.items():
            parts = [b.counted.get(name, np.zeros(50)) for b in branches.values()]
            whole = shares[outcomes.index(strategy)]
            np.testing.assert_allclose(sum(parts), whole, rtol=1e-9, atol=1e-15)


def test_branches_that_only_say_what_is_done_are_no_groups():
    assert "who" not in run(OPTIONS)


@pytest.mark.parametrize("name", ["first.toml"])
def test_other_scenarios_run_without_it(name):
    made = run_scenario(load(SCENARIOS / name), draws=0)
    assert ("who" in made) == any(t.name == "people_by_group" for t in made.tables)


def test_people_who_are_counted_at_once_are_counted_once():
    words = """
[decision]
comparator = "a"
wtp = 20_000
[time]
discount = "none"
[parameters.risk]
label = "Risk"
unit = "probability"
fixed = 0.1
source = "invented"
[parameters.lever]
label = "Lever"
fixed = 0
lever = true
source = "set by strategies"
[tree.people]
young = {label = "The young", p = 0.3, set = {risk = 0.05}, count = "seen", to = "test"}
old = {p = "rest", count = "seen", to = "test"}
[tree.test]
ill = {p = "risk", count = ["seen", "ill"], cost = 100, qaly = "1 + lever"}
well = {p = "rest", qaly = 1}
[strategies]
a = {enters = "people"}
b = {enters = "people", set = {lever = 0.1}}
"""
    made = run_scenario(load_text(words))
    (young,) = found(made, group="young", strategy="b", count="ill")
    assert (young["group_label"], young["per_10000"]) == ("The young", pytest.approx(150))
    assert young["of_group"] == pytest.approx(0.05)
    (seen,) = found(made, group="young", strategy="b", count="seen")
    assert seen["per_10000"] == pytest.approx(3_000)
    assert "people" not in seen  # no size is stated
    assert made["who"].headline == (
        "The young: 30% of all people. Under b, theirs are 18% of ill.",
    )
    model = compile_model(load_text(words))
    assert base_sample(model).outcomes.shares["seen"][0, 0] == pytest.approx(1)


def test_the_page_has_a_table_per_option(case):
    from heco.report.sections import who

    assert who.applies(case)
    views = who.context(case)["views"]
    assert [view.caption for view in views] == [
        "Targeted screening (poor families): children per year; poor families and other families",
        "Universal screening (all families): children per year; poor families and other families",
        "Targeted screening (poor families): children per year; 5 groups",
    ]
    assert len(views[0].heads) == 4
    assert len(views[2].heads) == 7
    assert not who.applies(run(OPTIONS))
