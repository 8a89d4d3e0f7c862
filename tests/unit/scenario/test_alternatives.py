"""Alternatives as words: what is laid over what, and where a mistake in them is found."""

import pytest

from heco.errors import ScenarioError
from heco.model import compile_model
from heco.scenario.load import load, load_text

BASE = """
[decision]
comparator = "usual"
wtp = 20_000
[time]
cycle = "1 year"
horizon = "10 years"
[parameters.p]
label = "Chance of death"
unit = "probability"
beta = {events = 3, n = 10}
source = "survey2019"
[parameters.c]
label = "Cost"
unit = "GBP"
gamma = {mean = 100, se = 10}
source = "tariff2023"
[parameters.twice]
label = "Twice the cost"
expr = "2 * c"
[parameters.given]
label = "Given"
fixed = 0
lever = true
source = "set by each strategy"
[states]
well = {utility = 0.9, cost = "twice * given"}
dead = {absorbing = true}
[transitions.well]
dead = "p"
well = "rest"
[population]
starts = {well = 1}
[strategies.usual]
label = "Usual"
[strategies.drug]
label = "Drug"
set = {given = 1}
"""


def outcomes(scenario, n=0):
    model = compile_model(scenario)
    return model.evaluate(model.sample(n, 1) if n else model.base())


def alternative(words, extra=""):
    return load_text(f"{BASE}{extra}\n[analysis.alternatives.other]\nlabel = 'Other'\n{words}")


def test_what_is_not_mentioned_stays():
    scenario = alternative("time = {discount = 'none'}")
    other = scenario.alternatives["other"]
    assert other.time.discount.qaly == 0
    assert other.time.horizon == scenario.time.horizon
    assert other.parameters == scenario.parameters
    assert scenario.time.discount.qaly == 0.035


def test_set_changes_a_value_wherever_it_is_used_and_sees_the_old_one():
    scenario = alternative("set = {c = '3 * c'}")
    here, there = outcomes(scenario), outcomes(scenario.alternatives["other"])
    assert there.cost[1, 0] == pytest.approx(3 * here.cost[1, 0])  # through `twice`, in a strategy


def test_draws_of_an_alternative_are_those_of_the_base_case():
    scenario = alternative("set = {c = '3 * c'}")
    here, there = outcomes(scenario, 50), outcomes(scenario.alternatives["other"], 50)
    assert there.cost[1] == pytest.approx(3 * here.cost[1], rel=1e-12)
    assert (there.qaly == here.qaly).all()


def test_setting_a_derived_parameter_cuts_it_from_its_inputs():
    other = alternative("set = {twice = 10}\nsource = 's'").alternatives["other"]
    model = compile_model(other)
    draws = model.base().replace({"c": 1e6})
    assert model.evaluate(draws).cost[1, 0] == pytest.approx(
        model.evaluate(model.base()).cost[1, 0]
    )


def test_a_strategy_sees_what_an_alternative_sets():
    text = BASE.replace("set = {given = 1}", "set = {given = 'p'}")
    scenario = load_text(f"{text}\n[analysis.alternatives.other]\nlabel = 'O'\nset = {{p = 0}}\n"
                         "source = 's'")  # fmt: skip
    assert outcomes(scenario.alternatives["other"]).cost[1, 0] == 0


def test_a_whole_entry_takes_the_place_of_another():
    entry = "{label = 'Cost', fixed = 7, source = 's'}"
    other = alternative(f"parameters = {{c = {entry}}}").alternatives["other"]
    assert other.parameters["c"].fixed == 7
    assert "c" not in other.distributions


def test_new_entries_may_be_used_by_set():
    entry = "{label = 'Discount', fixed = 0.5, source = 's'}"
    words = f"parameters = {{rebate = {entry}}}\nset = {{c = 'c * rebate'}}"
    scenario = alternative(words)
    here, there = outcomes(scenario), outcomes(scenario.alternatives["other"])
    assert there.cost[1, 0] == pytest.approx(0.5 * here.cost[1, 0])


def test_other_questions_are_not_asked_of_alternatives():
    words = "set = {p = 0.1}\nsource = 's'\n[analysis.tornado]\nparameters = ['p']"
    other = alternative(words).alternatives["other"]
    assert other.analysis.tornado is None
    assert other.alternatives == {}


def test_a_file_is_laid_over_as_if_it_extended_the_scenario(tmp_path):
    (tmp_path / "base.toml").write_text(
        BASE + "[analysis.alternatives.three]\nlabel = 'Three states'\nfile = 'three.toml'\n"
    )
    (tmp_path / "three.toml").write_text(
        "[states.ill]\nutility = 0.5\n[transitions.well]\nill = 0.1\ndead = 'p'\nwell = 'rest'\n"
        "[transitions.ill]\ndead = 0.5\nill = 'rest'\n"
    )
    scenario = load(tmp_path / "base.toml")
    assert list(scenario.states) == ["well", "dead"]
    assert list(scenario.alternatives["three"].states) == ["well", "dead", "ill"]
    assert set(scenario.files) == {"base.toml", "three.toml"}


def test_a_file_may_drop_and_may_extend_the_same_base(tmp_path):
    (tmp_path / "root.toml").write_text(BASE)
    (tmp_path / "child.toml").write_text(
        'extends = "root.toml"\n'
        '[analysis.alternatives.cheap]\nlabel = "Cheap"\nfile = "cheap.toml"\n'
    )
    (tmp_path / "cheap.toml").write_text(
        'extends = "root.toml"\ndrop = ["parameters.twice"]\n'
        '[states.well]\nutility = 0.9\ncost = "c * given"\n'
    )
    other = load(tmp_path / "child.toml").alternatives["cheap"]
    assert "twice" not in other.parameters


def test_a_mistake_in_the_file_is_found_there(tmp_path):
    (tmp_path / "base.toml").write_text(
        BASE + "[analysis.alternatives.odd]\nlabel = 'Odd'\nfile = 'odd.toml'\n"
    )
    (tmp_path / "odd.toml").write_text("\n[transitions.well]\ndead = 'pp'\nwell = 'rest'\n")
    with pytest.raises(ScenarioError) as caught:
        load(tmp_path / "base.toml")
    (problem,) = caught.value.problems
    assert problem.file.endswith("odd.toml")
    assert problem.line == 3
    assert "in the alternative odd" in problem.where


def test_what_is_wrong_with_the_scenario_is_said_once():
    with pytest.raises(ScenarioError) as caught:
        load_text(
            BASE.replace('dead = "p"', 'dead = "q"')
            + "[analysis.alternatives.other]\nlabel = 'Other'\ntime = {discount = 'none'}\n"
        )
    assert len(caught.value.problems) == 1


def test_all_alternatives_are_checked_at_once():
    with pytest.raises(ScenarioError) as caught:
        load_text(
            BASE + "[analysis.alternatives.a]\nlabel = 'A'\ntime = {horizon = 'long'}\n"
            "[analysis.alternatives.b]\nlabel = 'B'\nset = {nothing = 'c'}\n"
        )
    places = [problem.where for problem in caught.value.problems]
    assert places == [
        "[analysis.alternatives.a] time.horizon", "[analysis.alternatives.b] set.nothing",
    ]  # fmt: skip


def test_what_the_command_line_asks_is_checked_like_the_rest(tmp_path):
    (tmp_path / "base.toml").write_text(BASE + "[analysis]\npsa = {draws = 10, seed = 4}\n")
    path = tmp_path / "base.toml"
    asked = load(path, ask={"analysis": {"psa": {"seed": 5}}, "decision": {"wtp": [1, 2]}})
    assert (asked.analysis.psa.draws, asked.analysis.psa.seed) == (10, 5)
    assert asked.decision.wtp == (1, 2)
    precise = load(path, ask={"analysis": {"psa": {"draws": None, "precision": True}}})
    assert precise.analysis.psa.precision is not None
    with pytest.raises(ScenarioError) as caught:
        load(path, ask={"analysis": {"tornado": {"parameters": ["x"]}}})
    (problem,) = caught.value.problems
    assert problem.file == "the command line"
