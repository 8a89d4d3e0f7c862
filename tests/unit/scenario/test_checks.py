"""The rules between entries. Their messages are tested by ``tests/cli/bad``; here is the rest:
that every rule has such a file, what only warns, and what must not be complained about."""

from pathlib import Path

import pytest

from heco.errors import ScenarioError
from heco.scenario.alternatives import alternatives
from heco.scenario.assemble import assemble
from heco.scenario.checks import RULES, check
from heco.scenario.facts import Facts
from heco.scenario.files import Shelf
from heco.scenario.load import load, load_text
from heco.scenario.merge import Merger

BAD = Path(__file__).parents[2] / "cli" / "bad"

TREE = """
[decision]
comparator = "usual"
[parameters.p]
label = "Chance"
fixed = 0.3
source = "s"
[tree.chance]
yes = {p = "p", cost = 10}
no = {p = "rest"}
[strategies.usual]
enters = "chance"
[strategies.test]
enters = "chance"
"""

COHORT = """
[decision]
comparator = "usual"
[time]
cycle = "1 year"
horizon = "10 years"
[parameters.p]
label = "Chance"
fixed = 0.3
source = "s"
[states.well]
utility = 0.9
[states.dead]
absorbing = true
[transitions.well]
dead = "p"
well = "rest"
[population]
starts = {well = 1}
[strategies.usual]
label = "Usual"
[strategies.test]
label = "Test"
"""


def draft_of(text, folder=None):
    shelf = Shelf(folder)
    draft = assemble(Merger(shelf).read_text(text))
    Facts(draft, shelf).gather()
    return draft


def found(text):
    """What the rules find: (place, first words)."""
    return [(".".join(finding.place), finding.what) for finding in check(draft_of(text))]


def places(text):
    return [place for place, _ in found(text)]


def test_the_examples_are_in_order():
    assert found(TREE) == []
    assert found(COHORT) == []


def test_every_rule_is_provoked_by_some_file():
    texts = [path.read_text(encoding="utf-8") for path in BAD.glob("*.toml")] + ODD
    silent = dict.fromkeys(RULES)
    for text in texts:
        try:
            draft = draft_of(text, BAD)
        except RecursionError:  # pragma: no cover
            continue
        merger = Merger(Shelf(BAD))
        for made in (draft, *alternatives(draft, merger, [])[0].values()):
            for rule in list(silent):
                if any(True for _ in rule(made)):
                    del silent[rule]
    assert [rule.__name__ for rule in silent] == []


def test_every_rule_says_what_it_sees():
    for rule in RULES:
        assert (rule.__doc__ or "").startswith("See that "), rule


ODD = [
    TREE + '[parameters.q]\nlabel = "Q"\nfixed = 1\nsource = "s"\n',
    TREE + "[tree.lost]\na = {p = 1}\n",
    COHORT + "[states.lost]\nabsorbing = true\n",
    TREE + "[analysis]\npsa = {draws = 10}\n",
    TREE + '[published.x]\nquantity = "icre"\nprinted = "1"\nsource = "s"\n',
    COHORT.replace('[strategies.test]\nlabel = "Test"\n', "")
    + '[checks]\nsame_at_entry = [["well"]]\n',
    TREE.replace("source", 'unit = "GBP"\nsource')
    + '[prices]\nyear = "2021/22"\nfile = "evidence/prices.csv"\nseries = "health"\n',
]


@pytest.mark.parametrize("text", ODD)
def test_what_only_warns(text):
    warned = check(draft_of(text, BAD))
    assert warned
    assert all(finding.warning for finding in warned)


def test_warnings_are_hints_for_the_reader():
    assert load_text(ODD[4]).warnings[0].endswith('Did you mean "icer"?')


def test_used_through_others_is_used():
    text = TREE.replace(
        "fixed = 0.3\nsource = \"s\"", 'expr = "q / 2"\n[parameters.q]\nlabel = "Q"\nexpr = "r"\n'
        '[parameters.r]\nlabel = "R"\nfixed = 0.3\nsource = "s"'
    )  # fmt: skip
    assert found(text) == []


def test_whole_joint_parameters_are_used_by_a_component():
    text = TREE.replace("fixed = 0.3", "dirichlet = {counts = {a = 1, b = 2}}")
    assert found(text.replace('"p"', '"p.a"')) == []
    assert places(text) == ["tree.chance.yes.p"]


def test_words_for_time_go_where_they_mean_something():
    for formula in ("state_time * p", "state_cycle * p", "cycle * p", "time * p"):
        assert found(COHORT.replace('"p"', f'"{formula}"')) == []
    assert found(COHORT.replace("utility = 0.9", 'utility = "0.9 - state_time / 100"')) == []
    for formula in ("state_time * p", "cycle * p"):
        assert places(TREE.replace('"p"', f'"{formula}"')) == ["tree.chance.yes.p"]
    assert found(TREE.replace('"p"', '"where(time < 1, p, 0)"')) == []
    timed = COHORT.replace("[states.dead]", '[states.dead]\non_entry = {cost = "p * state_time"}')
    assert places(timed) == ["states.dead.on_entry.cost"]


def test_time_reaches_through_tables_and_formulas():
    table = 'table = {by = "state_time", values = [[0, 0.1], [1, 0.2]]}'
    assert found(COHORT.replace("fixed = 0.3", table)) == []
    assert "tree.chance.yes.p" in places(TREE.replace("fixed = 0.3", table))


def test_circles_are_reported_once():
    text = "".join(
        f'[parameters.{name}]\nlabel = "L"\nexpr = "{formula}"\n'
        for name, formula in {"a": "b + c", "b": "a", "c": "c", "d": "a + 1"}.items()
    )
    circles = [what for _, what in found(TREE.replace('"p"', '"p + d"') + text)]
    assert circles == [
        "the formula goes round in a circle: a -> c -> c".replace("a -> c -> c", "c -> c"),
        "the formula goes round in a circle: a -> b -> a",
    ]


def test_shared_nodes_are_no_circle():
    text = TREE.replace('cost = 10}\nno = {p = "rest"}', 'to = "x"}\nno = {p = "rest", to = "x"}')
    text += '[tree.x]\na = {p = 0.5, to = "y"}\nb = {p = 0.5, to = "y"}\n[tree.y]\na = {p = 1}\n'
    assert found(text) == []


def test_rows():
    def row(text):
        return found(COHORT.replace('dead = "p"\nwell = "rest"', text))

    used = [("parameters.p", "no formula uses this parameter")]
    assert row('dead = {rate = "p"}\nwell = "rest"') == []
    assert row('dead = "p"\nwell = "1 - p"') == []
    assert row("dead = 0.1\nwell = 0.9") == used
    assert row("dead = 0.1\nwell = 0.8999999999999") == used  # within the one tolerance
    assert len(row("dead = 0.1\nwell = 0.899")) == 2
    assert row('dead = "1/3"\nwell = "2/3"') == used


def test_matrix_exponential_needs_no_rest():
    text = COHORT.replace('dead = "p"\nwell = "rest"', 'dead = {rate = "p"}')
    assert len(found(text)) == 1
    text = text.replace("[time]", '[time]\nexits = "matrix-exponential"')
    assert found(text) == []
    assert found(text + "[transitions.dead]\ndead = 1\n") == []
    assert found(text + '[transitions.dead]\ndead = "rest"\n') == []


def test_an_absorbing_state_may_name_itself():
    assert found(COHORT + "[transitions.dead]\ndead = 1\n") == []


def test_a_cost_and_nothing_else_is_a_strategy():
    assert found("[strategies.a]\none_off = [{cost = 1, qaly = 2}]\n") == []
    assert places('[strategies.a]\nlabel = "A"\n') == ["strategies.a"]


def test_horizons():
    def horizon(cycle, length, more=""):
        text = COHORT.replace('"1 year"', f'"{cycle}"').replace('"10 years"', f'"{length}"')
        return found(text.replace("[states.well]", f"{more}\n[states.well]"))

    assert horizon("1/52 year", "2 years") == []
    assert horizon("1 month", "1.5 years") == []
    assert horizon("1 week", "20 cycles") == []
    assert horizon("1 day", "1461 days") == []
    assert len(horizon("1 week", "1 year")) == 1
    age = COHORT.replace("[time]", "[time]\nstart_age = 60.5")
    assert found(age.replace('"10 years"', '"lifetime"')) == []


def test_a_tree_alone_needs_no_clock():
    assert found(TREE.replace("[parameters.p]", "[time]\nstart_age = 3\n[parameters.p]")) == []


def test_discount_timing_follows_every_outcome():
    text = COHORT.replace("[time]", '[time]\ndiscount_timing = "cycle-end"\nCOUNTING')
    assert found(text.replace("COUNTING", 'cycle_counting = "start"')) == []
    some = 'cycle_counting = {cost = "start"}'
    assert places(text.replace("COUNTING", some)) == ["time.discount_timing"]
    mixed = 'cycle_counting = {cost = "end", qaly = "end", life_years = "simpson"}'
    assert places(text.replace("COUNTING", mixed)) == ["time.discount_timing"]


@pytest.mark.parametrize(
    ("normal", "unit", "range_", "advice"),
    [
        ("{mean = 0.5, se = 0.1}", "probability", "", ""),
        ("{mean = 0.5, se = 0.2}", "probability", "", "beta = {mean = 0.5, se = 0.2}"),
        ("{mean = 10, se = 4}", "GBP", "range = [0, 100]", "low = 0, high = 100"),
        ("{mean = 10, se = 4}", "GBP", "", ""),
        ("{mean = 0.1, se = 1}", "log odds", "", ""),
    ],
)
def test_normals_near_a_bound(normal, unit, range_, advice):
    text = TREE.replace("fixed = 0.3", f'normal = {normal}\nunit = "{unit}"\n{range_}')
    hints = [finding.hint for finding in check(draft_of(text))]
    assert bool(hints) == bool(advice)
    assert not advice or advice in hints[0]


def test_broken_entries_provoke_nothing_else():
    """A node with an unreadable branch is not said to add up to less than 1, and so on."""
    for text in (
        TREE.replace('no = {p = "rest"}', 'no = {p = "rest", cots = 1}').replace('"p"', "0.3"),
        COHORT.replace('well = "rest"', 'well = "1 -"'),
        COHORT.replace('horizon = "10 years"', "horizon = 10"),
        COHORT.replace("utility = 0.9", "utility = [1]"),
        TREE.replace("[strategies.test]\nenters", "[strategies.test]\nenter"),
    ):
        with pytest.raises(ScenarioError) as caught:
            load_text(text)
        assert len(caught.value.problems) == 1, caught.value


@pytest.mark.parametrize(
    "name", ["rest", "min", "time", "prob", "if", "1st", "a.b", "a b", "", "é"]
)
def test_names_that_cannot_be(name):
    text = COHORT + f'[states."{name}"]\nabsorbing = true\n'
    assert any("name" in what for _, what in found(text))


@pytest.mark.parametrize("name", ["spend", "cost", "qaly", "share", "population"])
def test_outcomes_cannot_be_parameters_but_may_be_states(name):
    text = TREE + f'[parameters.{name}]\nlabel = "L"\nfixed = 1\nsource = "s"\n'
    assert any("means an outcome" in what for _, what in found(text))
    assert found(COHORT.replace("well", name)) == []


def test_shipped_scenarios_have_no_unknown_warnings():
    for path in sorted((BAD.parents[2] / "scenarios").glob("*.toml")):
        for warning in load(path).warnings:
            assert warning.startswith("[parameters."), warning
