"""`heco explain`: every line of the tree agrees with the model, and the leaves are sources."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

import heco
from heco.errors import ScenarioError
from heco.explain import Explainer, Step

ROOT = Path(__file__).parents[3]
TARGETED = ROOT / "scenarios" / "targeted.toml"


@pytest.fixture(scope="module")
def model():
    return heco.compile(heco.load(TARGETED))


def walk(step: Step) -> Iterator[Step]:
    yield step
    for part in step.below:
        yield from walk(part)


def find(step: Step, name: str) -> Step:
    return next(part for part in walk(step) if part.name == name)


def test_a_derived_parameter_is_followed_down_to_its_sources(model):
    step = Explainer(model).explain("response_trials")
    baseline, ratio = 34 / 60, 0.54
    odds = ratio * baseline / (1 - baseline)
    assert step.value == pytest.approx(baseline - odds / (1 + odds))
    leaves = [part for part in walk(step) if not part.below]
    assert [leaf.name for leaf in leaves] == ["baseline_risk", "or_disorganised"]
    assert all(leaf.source for leaf in leaves)


def test_the_parts_of_a_total_add_up_to_it(model):
    step = Explainer(model).explain("cost:targeted")
    assert sum(part.value for part in step.below) == pytest.approx(step.value)
    outcomes = model.evaluate(model.base())
    assert step.value == pytest.approx(outcomes.cost[outcomes.index("targeted"), 0])


def test_a_comparison_is_the_difference_of_its_parts(model):
    step = Explainer(model).explain("inmb:universal@30000")
    cost, gain = step.below
    assert step.value == pytest.approx(30_000 * gain.value - cost.value)
    for part in (cost, gain):
        mine, theirs = part.below
        assert part.value == pytest.approx(mine.value - theirs.value)


def test_a_measure_is_the_ratio_of_its_parts(model):
    step = Explainer(model).explain("cost_per_extra_case:universal")
    top, bottom = step.below
    assert step.value == pytest.approx(top.value / bottom.value)
    assert step.unit == "GBP"


def test_what_is_counted_shows_every_branch_on_the_way(model):
    step = Explainer(model).explain("share.benefited:targeted")
    names = [part.name for part in step.below]
    assert names[0] == "[tree.family] poor"
    assert names[-1] == "[tree.response] benefit"
    assert "[tree.unscreened] case" not in names


def test_a_parameter_set_by_the_strategy_is_shown_as_set(model):
    step = Explainer(model).explain("c_screen:universal")
    assert "set by strategy universal" in step.says
    assert step.value == pytest.approx(968 * 0.164)


def test_a_parameter_that_branches_set_says_so(model):
    step = Explainer(model).explain("prevalence")
    assert "prevalence_poor on [tree.family] poor" in step.says


def test_a_required_gain_is_the_cost_over_the_threshold_and_the_people(model):
    step = Explainer(model).explain("required_qaly_per_treated:targeted@20000")
    cost, people = step.below
    assert step.value == pytest.approx(cost.value / 20_000 / people.value)


def test_the_same_quantity_is_explained_once(model):
    step = Explainer(model).explain("icer:targeted")
    told = [part for part in walk(step) if part.name == "q_disorganised"]
    assert [part.seen for part in told] == [False, True]


@pytest.mark.parametrize(
    ("result", "sentence"),
    [
        ("prevalance", 'Did you mean "prevalence"?'),
        ("cost:targetted", 'Did you mean "targeted"?'),
        ("zzz", "Name a parameter, a measure, or cost, qaly, life_years"),
        ("inmb:targeted@many", "is not a number"),
        ("icer:no_screening", "compares a strategy with no_screening"),
        ("required_qaly_per_child", "required_qaly_per_treated"),
    ],
)
def test_what_cannot_be_explained_is_said(model, result, sentence):
    with pytest.raises(ScenarioError) as caught:
        Explainer(model).explain(result)
    assert sentence in str(caught.value)
